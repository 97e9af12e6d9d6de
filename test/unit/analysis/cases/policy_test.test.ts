/** `policy test`: the shipped cases hold, a broken policy fails them, and a mistyped case is refused with its place. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { policyTest, policyTestText } from '../../../../src/analysis/cases/policy_test.ts';
import { caseFiles } from '../../../../src/analysis/cases/read_cases.ts';
import { loadPolicy } from '../../../../src/policy/load.ts';
import { ConfigError } from '../../../../src/util/errors.ts';
import { tempFolder } from '../../../helpers/requests.ts';
import { policyFolder, SHIPPED } from '../../policy/cases.ts';

const shipped = await loadPolicy(SHIPPED);
const results = await policyTest(shipped, await caseFiles(SHIPPED));

describe('the cases beside the shipped policies', () => {
  test.each(results.results)('$name', ({ differences }) => {
    expect(differences).toEqual([]);
  });

  test('every shipped policy has a case, and the page says that all is well', () => {
    expect(results.untested).toEqual([]);
    expect(policyTestText(results)).toMatch(/^✓ \d+ cases, all as expected/m);
  });

  test.each(shipped.policies)('without $id at least one case fails', async ({ id, place, text }) => {
    const source = readFileSync(place.file, 'utf8');
    const name = place.file.slice(place.file.lastIndexOf('/') + 1);
    const policy = await loadPolicy(policyFolder({ [name]: source.replace(text, '') }));
    expect(policy.policies.some((one) => one.id === id)).toBe(false);
    // Cases that name the policy would be refused for the name alone; what counts is that the verdict falls otherwise.
    const [before, after] = [results.results, await withoutBasis(policy)];
    const fallen = after.filter(({ decision }, at) => decision.verdict !== before[at]?.decision.verdict);
    const basis = after.filter(({ decision }, at) => `${decision.basis}` !== `${before[at]?.decision.basis}`);
    expect(fallen.length + basis.length).toBeGreaterThan(0);
  });

  async function withoutBasis(policy: typeof shipped) {
    const folder = tempFolder();
    const files = (await caseFiles(SHIPPED)).map((file, at) => {
      const copy = join(folder, `${at}.yml`);
      writeFileSync(
        copy,
        readFileSync(file, 'utf8')
          .replace(/^\s*basis: \[.*\]$/gm, '')
          .replace(/,? basis: \[[^\]]*\]/g, ''),
      );
      return copy;
    });
    return (await policyTest(policy, files)).results;
  }
});

const fileOf = (text: string): string => {
  const file = join(tempFolder(), 'cases.yml');
  writeFileSync(file, text);
  return file;
};
const caseText = (given: string, expected: string, more = ''): string =>
  `version: 1\n${more}cases:\n  - name: a case\n    given: { ${given} }\n    expect: { ${expected} }\n`;
const one = (...parts: Parameters<typeof caseText>): string => fileOf(caseText(...parts));
const outcome = async (file: string) => (await policyTest(shipped, [file])).results[0];

test('what a case leaves out stands in nobody’s way', async () => {
  expect(await outcome(one('', 'verdict: approve'))).toMatchObject({
    differences: [],
    decision: { basis: ['approve-low-risk'] },
  });
});

test('a case that fails says what differed, where it stands and why', async () => {
  const file = one(
    'risk: medium',
    'verdict: approve, basis: [approve-low-risk], risk: low, next: observe, to: nobody, says: [never said]',
  );
  const result = await policyTest(shipped, [file]);
  expect(result.results[0]?.differences).toEqual([
    'verdict: expected approve, got hold',
    'basis: expected approve-low-risk, got none',
    'risk: expected low, got medium',
    'next: expected observe, got escalate',
    expect.stringMatching(/^to: expected nobody, got /),
    'says: `never said` stands in no reason and not in the next step',
  ]);
  const text = policyTestText(result);
  expect(text).toMatch(/cases\.yml:3:11\)/);
  expect(text).toMatch(/✗ 1 of one case failed|✗ 1 of 1 cases failed/);
});

test('roles of a file stand beside those of access.yml, for its cases only', async () => {
  const roles = 'roles: { tester: { standard: ["test:*"] } }\n';
  const given = 'roles: [tester], entitlement: "test:operate"';
  expect(await outcome(one(given, 'verdict: approve', roles))).toMatchObject({ differences: [] });
  const other = 'roles: [tester], entitlement: "billing:read"';
  expect(await outcome(one(other, 'verdict: hold, basis: [no-approval-out-of-role]', roles))).toMatchObject({
    differences: [],
  });
});

describe('a mistake in a case is refused with its place', () => {
  const complaints = async (file: string): Promise<string> => {
    const error = await policyTest(shipped, [file]).then(
      () => expect.unreachable('the file was taken'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ message }) => message.slice(message.lastIndexOf('cases.yml'))).join('\n');
  };
  test.each([
    [
      'a mistyped fact',
      caseText('staus: Active', 'verdict: hold'),
      /^cases\.yml:4:14: unknown key `staus`.*did you mean `status`/,
    ],
    [
      'a mistyped value',
      caseText('risk: lo', 'verdict: hold'),
      /^cases\.yml:4:20: `lo` is not allowed.*did you mean `low`/,
    ],
    [
      'a mistyped verdict',
      caseText('', 'verdict: aprove'),
      /^cases\.yml:5:24: `aprove` is not allowed.*did you mean `approve`/,
    ],
    [
      'a mistyped policy',
      caseText('', 'verdict: hold, basis: [approve-low-risc]'),
      /there is no policy `approve-low-risc`; did you mean `approve-low-risk`/,
    ],
    [
      'an unknown class',
      caseText('classes: [prodction]', 'verdict: hold'),
      /unknown class `prodction`.*did you mean `production`/,
    ],
    ['an unknown role', caseText('roles: [boss]', 'verdict: hold'), /unknown role `boss`/],
    [
      'a mistyped key of the asset',
      caseText('asset: { containr: /Test }', 'verdict: hold'),
      /unknown key `containr`.*did you mean `container`/,
    ],
    [
      'an asset beside its entitlement',
      caseText('asset: unread, entitlement: "a:b"', 'verdict: hold'),
      /the mapping says what it is about/,
    ],
    ['no expectation', 'version: 1\ncases:\n  - name: x\n', /`expect` is missing/],
    ['no cases', 'version: 1\ncases: []\n', /a file without cases proves nothing/],
    [
      'two cases of one name',
      'version: 1\ncases:\n  - { name: x, expect: { verdict: approve } }\n  - { name: x, expect: { verdict: approve } }\n',
      /^cases\.yml:4:13: a case of this name/,
    ],
    ['broken YAML', 'version: 1\ncases: [\n', /^cases\.yml:\d+:\d+: /],
  ])('%s', async (_name, text, words) => {
    expect(await complaints(fileOf(text))).toMatch(words);
  });

  test('all of them at once', async () => {
    expect((await complaints(one('staus: x, risk: lo', 'verdict: aprove'))).split('\n')).toHaveLength(3);
  });

  test('a folder without cases, and a file that is not there', async () => {
    await expect(caseFiles(tempFolder())).rejects.toThrow(/holds no cases/);
    await expect(policyTest(shipped, ['/nowhere.yml'])).rejects.toThrow(/cannot be read: ENOENT/);
  });
});

test.each([
  ['ticket: fits', 'approve'],
  ['ticket: closed', 'hold'],
  ['ticket: of-another-person', 'hold'],
  ['ticket: not-found', 'hold'],
  ['ticket: unknown', 'hold'],
  ['', 'hold'],
])('where a policy requires an own open ticket, { %s } is decided as %s', async (given, verdict) => {
  const needsTicket = `@id("needs-a-ticket") @says("no open ticket of theirs")
    forbid (principal, action == Action::"approve", resource)
    unless {
      context has ticketOpen && context.ticketOpen &&
      context has ticketNamesRequestor && context.ticketNamesRequestor
    };`;
  const policy = await loadPolicy(policyFolder({ 'tickets.cedar': needsTicket }));
  const { results } = await policyTest(policy, [one(given, `verdict: ${verdict}`)]);
  expect(results.map(({ differences }) => differences)).toEqual([[]]);
});
