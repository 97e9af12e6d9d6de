/** `policy check`: each lint finds what it is there for, and is silent about the shipped folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { LINTS } from '../../../../src/analysis/lint/lints.ts';
import { policyCheck, policyCheckText } from '../../../../src/analysis/lint/policy_check.ts';
import { TEXT_FLAG_NAMES } from '../../../../src/enrich/screening/text_flags.ts';
import { loadPolicy } from '../../../../src/policy/load.ts';
import { DAY } from '../../../e2e/place.ts';
import { NOON, rated } from '../../../helpers/requests.ts';
import { policyFolder, SHIPPED } from '../../policy/cases.ts';
import { archiveOf, pastRun, type Story, SWITCHED_ON } from '../replay/past_runs.ts';

const ACCESS = readFileSync(join(SHIPPED, 'access.yml'), 'utf8');
type Files = Readonly<Record<string, string | null>>;

async function checked(files: Files, stories: readonly Story[] = []) {
  const policy = await loadPolicy(policyFolder(files));
  const archive = await archiveOf(stories.length === 0 ? [] : [pastRun(policy, stories)]);
  const result = await policyCheck({
    ...{ policy, archive, settings: SWITCHED_ON, textFlags: TEXT_FLAG_NAMES, now: NOON + DAY },
  });
  const found = (check: keyof typeof LINTS) => result.findings.filter((one) => one.check === check);
  return { result, found, messages: (check: keyof typeof LINTS) => found(check).map(({ message }) => message) };
}
const edited = (from: string, to: string): Files => {
  expect(ACCESS).toContain(from);
  return { 'access.yml': ACCESS.replace(from, to) };
};
const extra = (text: string): Files => ({ 'extra.cedar': text });
const levels = ({ result }: Awaited<ReturnType<typeof checked>>) => new Set(result.findings.map(({ level }) => level));

test('the shipped folder has no errors and no warnings, and every one of its policies is reached', async () => {
  const shipped = await checked({});
  expect([...levels(shipped)]).toEqual(['note']);
  expect(shipped.messages('no-archive')).toHaveLength(1);
  expect(policyCheckText(shipped.result)).toMatch(/✓ no errors, no warnings\n$/);
});

describe('what access.yml says about nothing', () => {
  const access = (text: string): Files => ({ 'access.yml': text });
  const ROW = '{ when: { container: /Test/** }, entitlement: test:read, classes: [test] }';

  test('nothing at all is mapped', async () => {
    const bare = await checked(access('privileged: ["*:admin"]\n'));
    expect(bare.messages('nothing-mapped')).toEqual([expect.stringContaining('entitlement: staging:read }')]);
    expect(bare.messages('roles-without-people')).toEqual([]);
  });

  test('a role that nobody has, or that has what no row gives', async () => {
    const roles = 'roles: { developer: { standard: [test:read, tset:read] }, tester: { standard: ["test:*"] } }';
    const listed = `identities: { people: [{ user: ann, roles: [developer], manager: ann2 }] }`;
    const found = await checked(access(`${roles}\n${listed}\nclasses: { test: { about: x } }\nmapping: [${ROW}]\n`));
    expect(found.messages('roles-without-people')).toEqual(['nobody among the identities has the role `tester`']);
    expect(found.messages('role-unmapped')).toEqual([
      'no row of the mapping gives tset:read, which is standard for the role `developer`',
    ]);
    expect(found.found('role-unmapped')[0]).toMatchObject({ level: 'warning', place: { line: 1 } });
  });

  test('a conflict that can never be, and one that people outside the vault can be in', async () => {
    const rules = '[[test:read, pay:approve], [test:read, audit:read], { of: ["test:*", a:b, c:d], at_most: 2 }]';
    const listed = 'identities: { people: [{ user: ann, entitlements: [audit:read, a:b] }] }';
    const found = await checked(
      access(`sod_conflicts: ${rules}\n${listed}\nclasses: { test: { about: x } }\nmapping: [${ROW}]\n`),
    );
    expect(found.messages('duty-unmapped')).toEqual([
      '`test:read + pay:approve` protects nothing: no row of the mapping gives pay:approve, and nobody holds it',
      '`at most 2 of test:* + a:b + c:d` protects nothing: no row of the mapping gives c:d, and nobody holds it',
    ]);
  });

  test('a floor that never counts', async () => {
    const classes = 'classes: { test: { about: x, floor_privileged: high }, other: { about: x, floor: medium } }';
    const found = await checked(access(`${classes}\nprivileged: ["*:admin"]\nmapping: [${ROW}]\n`));
    expect(found.messages('floor-unmapped')).toEqual([
      '`floor_privileged` of `test` never counts: no row of the mapping gives an entitlement that fits `privileged`',
      'the floor of `other` never counts: no row of the mapping gives that class',
    ]);
    expect(found.messages('privileged-unmapped')).toEqual([
      '1 pattern under `privileged` without a row that gives it: *:admin',
    ]);
  });

  test('an annotation that is nearly one of ours', async () => {
    const policy = '@id("mine") @says("a") @nxet("ask") @reviewed("2026") forbid (principal, action, resource);';
    expect((await checked(extra(policy))).messages('unread-annotation')).toEqual([
      '`@nxet` of `mine` is read by nobody; did you mean `@next`?',
    ]);
  });
});

describe('errors: what no folder may allow', () => {
  test('a permit that reaches what only people may do', async () => {
    const open = await checked({ 'entitlements.cedar': null });
    expect(open.messages('opens-the-gate')).toEqual(
      expect.arrayContaining([
        expect.stringContaining(
          '`approve-low-risk` lets the agent approve access of the class production (never_auto)',
        ),
        '`approve-low-risk` lets the agent approve a privileged entitlement',
      ]),
    );
    expect(open.found('opens-the-gate')[0]).toMatchObject({ level: 'error', place: { line: expect.any(Number) } });
    expect(policyCheckText(open.result)).toMatch(/✗ \d+ errors/);
  });

  test('conflicting duties and emergency access too', async () => {
    expect((await checked({ 'people.cedar': null })).messages('opens-the-gate')).toContain(
      '`approve-low-risk` lets the agent approve what conflicts with what the person holds',
    );
    expect((await checked({ 'break_glass.cedar': null })).messages('opens-the-gate')).toContain(
      '`close-stale` lets the agent decide on emergency access',
    );
  });

  test('a policy that fails on some request', async () => {
    const failing = await checked(
      extra(
        '@id("adds-up") @says("x") forbid (principal, action == Action::"approve", resource) when { context.requestsInHour * 9223372036854775807 > 0 };\n',
      ),
    );
    expect(failing.messages('policy-fails').join()).toMatch(/`adds-up` failed: .*overflow/);
  });
});

describe('rules', () => {
  test('a permit that is always outweighed is unreachable, with what outweighs it', async () => {
    const { messages } = await checked(
      extra(
        '@id("allow-privileged") @says("x") permit (principal, action == Action::"approve", resource) when { context.privileged };\n',
      ),
    );
    expect(messages('unreachable')).toEqual([
      expect.stringMatching(
        /^`allow-privileged` seems never to decide anything: whenever it fits, .*`no-approval-privileged`.* outweighs it$/,
      ),
    ]);
  });

  test('the policy about conflicts is none of them where the folder names no conflict', async () => {
    const { messages } = await checked({
      'access.yml': 'roles: { engineer: { standard: [repo:read] } }\nprivileged: []\n',
    });
    expect(messages('unreachable')).toEqual([]);
  });

  test('one whose conditions contradict each other is unreachable', async () => {
    const { found } = await checked(
      extra(
        '\n@id("impossible") @says("x") permit (principal, action == Action::"close", resource) when { context.requestsInHour > 9 && context.requestsInHour < 4 };\n',
      ),
    );
    expect(found('unreachable')).toMatchObject([
      { level: 'warning', message: expect.stringContaining('made-up requests fits it'), place: { line: 2 } },
    ]);
  });

  test('a special one is not: it is tried with its own words', async () => {
    const { messages } = await checked(
      extra(
        '@id("special") @says("x") forbid (principal, action == Action::"approve", resource) when { resource has operation && resource.operation == "AssetRotate" && resource has container && resource.container like "/Apps/*" && resource has windowHours && resource.windowHours > 37 };\n',
      ),
    );
    expect(messages('unreachable')).toEqual([]);
  });

  test('one that would approve most of what is asked is over-broad, with the share', async () => {
    const low = Array.from({ length: 18 }, (_, n) => ({ id: `low-${n}`, by: `p${n}` }));
    const rest = Array.from({ length: 6 }, (_, n) => ({ id: `m-${n}`, by: `p${n}`, assessment: rated('medium') }));
    const { messages } = await checked({}, [...low, ...rest]);
    expect(messages('over-broad')).toEqual([
      '`approve-low-risk` would have approved 75 % of the Active requests of the last 60 days (18 of 24)',
    ]);
    const few = await checked({}, [
      ...low.slice(0, 4),
      ...rest,
      ...rest.map((one) => ({ ...one, id: `x${one.id}` })),
      ...rest.map((one) => ({ ...one, id: `y${one.id}` })),
    ]);
    expect(few.messages('over-broad')).toEqual([]);
    expect(few.messages('share-of-approvals')).toEqual([expect.stringContaining('18 %')]);
  });

  test('an action that nothing permits is said', async () => {
    expect((await checked({ 'close.cedar': null })).messages('nothing-permits')).toEqual([
      'no policy permits `close`, so its switch changes nothing',
    ]);
  });
});

describe('access.yml', () => {
  test('a class without an owner', async () => {
    const { found } = await checked(edited('    owner: helpdesk-lead\n', ''));
    expect(found('class-without-owner')).toMatchObject([
      { level: 'warning', message: expect.stringContaining('`workstation`') },
    ]);
  });

  test('a never_auto class that no row gives', async () => {
    const files = edited('classes: [vault-and-agent]', 'classes: [admin]')['access.yml'] ?? '';
    const { messages } = await checked({
      'access.yml': files.replaceAll('classes: [vault-and-agent]', 'classes: [admin]'),
    });
    expect(messages('never-auto-unmapped')).toEqual([expect.stringContaining('`vault-and-agent` is never_auto')]);
  });

  test('exceptions that are over and that end soon', async () => {
    const one = (id: string, until: string) =>
      `  - { id: ${id}, user: jdoe, entitlement: "test:read", until: ${until}, owner: mharper, reason: because }\n`;
    const list = `exceptions:\n${one('past', '2026-11-19')}${one('soon', '2026-11-30')}${one('later', '2027-11-30')}`;
    const { messages } = await checked(edited('exceptions: []', list));
    expect(messages('exception-expired')).toEqual([expect.stringMatching(/`past` ended on 2026-11-19.*mharper/)]);
    expect(messages('exception-ends-soon')).toEqual([expect.stringMatching(/`soon` ends on 2026-11-30/)]);
  });

  test('identities without a manager, with an unknown one, or their own', async () => {
    const people =
      '{ user: boss, manager: CORP\\boss }, { user: jdoe, manager: boss }, { user: lost, manager: gone }, { user: too, manager: gone }, { user: alone }';
    const { messages } = await checked(edited('identities: {}', `identities: { people: [${people}] }`));
    expect(messages('manager-unknown')).toEqual([
      '`boss` is their own manager',
      '`gone`, the manager of `lost` and 1 more, is not among the identities',
      '`alone` has no manager: held requests are sent to "manager"',
    ]);
  });

  test('rows that give an entitlement and name no operation, in one finding', async () => {
    const one = await checked(edited('{ container: /Test/**, operation: AssetView }', '{ container: /Test/** }'));
    expect(one.messages('row-without-operation')).toEqual([
      expect.stringMatching(/^one row of the mapping gives an entitlement without naming an `operation`: lines \d+ /),
    ]);
    expect(one.found('row-without-operation')[0]).toMatchObject({ level: 'warning' });
    const all = await checked({ 'access.yml': ACCESS.replaceAll(', operation: "*" }', ' }') });
    expect(all.messages('row-without-operation')).toEqual([expect.stringMatching(/^18 rows of the mapping give/)]);
  });

  test('rows that give different entitlements for one request', async () => {
    const two = await checked(
      edited(
        '  - when: { entity_type: Space',
        '  - when: { asset_type: "*Server", operation: AssetView }\n    entitlement: server:read\n  - when: { entity_type: Space',
      ),
    );
    const given = ['vendor:create', 'payment:create', 'payment:approve', 'workstation:read', 'test:read'];
    expect(two.messages('rows-ambiguous')).toEqual(
      given.map((one) =>
        expect.stringMatching(
          new RegExp(`^\`${one}\` of this row and \`server:read\` of lines \\d+ can fit one request`),
        ),
      ),
    );
    expect(two.found('rows-ambiguous')[0]).toMatchObject({ level: 'warning', place: { line: expect.any(Number) } });
    const general = await checked(
      edited(
        '{ container: /Test/**, operation: "{AssetUnlock,AssetConnect}" }',
        '{ container: /Test/**, operation: "*" }',
      ),
    );
    expect(general.messages('rows-ambiguous')).toEqual([
      expect.stringContaining('`test:operate` of this row and `test:admin`'),
    ]);
  });

  test('where people decide anyway, such rows are a note', async () => {
    const { messages } = await checked({ 'access.yml': ACCESS.replaceAll('    over: ["*:*"]\n', '') });
    expect(messages('rows-ambiguous')).toEqual([]);
    expect(messages('rows-ambiguous-anyway')).toEqual([expect.stringContaining('people decide on anyway: lines')]);
  });

  test('requests of archived runs that were ambiguous are counted', async () => {
    const two = edited(
      '  - when: { entity_type: Space',
      '  - when: { asset_type: "*", operation: AssetView }\n    entitlement: any:read\n  - when: { entity_type: Space',
    );
    const stories: Story[] = Array.from({ length: 3 }, (_, at) => ({
      ...{ id: `r${at}`, container: '/Test', type: 'Server', operation: 'AssetView' },
      assessment: rated('low'),
    }));
    expect((await checked(two, stories)).messages('requests-ambiguous')).toEqual([
      expect.stringMatching(/^3 requests of the last 60 days could be any of test:read, any:read/),
    ]);
  });

  test('rows of the mapping that fit nothing, once there is enough to tell', async () => {
    const stories = Array.from({ length: 25 }, (_, n) => ({ id: `r${n}`, container: '/Test' }));
    const { messages } = await checked({}, stories);
    expect(messages('row-never-fits')).toEqual([
      expect.stringMatching(/rows of the mapping fit no request of the last 60 days: lines \d+/),
    ]);
    expect((await checked({}, stories.slice(0, 5))).messages('row-never-fits')).toEqual([]);
  });
});

test('facts that no policy reads are a note; one that is read is not among them', async () => {
  const before = (await checked({})).messages('never-read').join();
  expect(before).toContain('context.offHours');
  const after = (
    await checked(
      extra(
        '@id("nights") @says("x") forbid (principal, action == Action::"approve", resource) when { context.offHours };\n',
      ),
    )
  )
    .messages('never-read')
    .join();
  expect(after).not.toContain('context.offHours');
  expect(after).toContain('resource.exclusive');
});

test('the page is no wider than 100 columns, and the same folder always gives the same findings', async () => {
  const one = await checked({ 'entitlements.cedar': null });
  const text = policyCheckText(one.result);
  expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  const two = await checked({ 'entitlements.cedar': null });
  const said = ({ result }: typeof one) => result.findings.map(({ level, check, message }) => [level, check, message]);
  expect(said(two)).toEqual(said(one));
});
