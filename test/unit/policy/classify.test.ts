import { describe, expect, test } from 'vitest';
import type { AccessContext } from '../../../src/domain/access_context.ts';
import type { AccessRequest, Approval } from '../../../src/domain/access_request.ts';
import type { Dossier } from '../../../src/domain/dossier.ts';
import { readAccess } from '../../../src/policy/access_file.ts';
import type { AccessModel } from '../../../src/policy/access_model.ts';
import { classify } from '../../../src/policy/classify.ts';
import { UNREAD } from '../../../src/policy/conflicts.ts';
import { wordPattern } from '../../../src/policy/pattern.ts';
import { DAY_MS, HOUR_MS } from '../../../src/util/durations.ts';
import { granted, NOON } from '../../helpers/requests.ts';
import { SPELLINGS } from '../../helpers/spellings.ts';
import { dossier } from './cases.ts';

const ACCESS = `
version: 1
classes:
  tier-0: { about: rules the rest, owner: tier-lead, max_hours: 2 }
  production: { about: live, owner: CORP\\olga, max_hours: 8, floor: medium, floor_privileged: high }
  repo: { about: code, owner: repo-lead }
  finance: { about: paying, owner: fin-lead, floor: medium }
  firecall: { about: emergencies, break_glass: true }
never_auto: [tier-0, production]
privileged: ["*:admin", "prod:*"]
roles:
  developer: { standard: ["repo:{read,write}"] }
  buyer: { standard: ["vendor:*"] }
sod_conflicts:
  - [vendor:create, payment:approve]
  - ["*:admin", audit:read]
mapping:
  - { when: { container: "/Tier 0/**" }, entitlement: directory:admin, classes: [tier-0], reach: domain }
  - { when: { tag: "Environment :: Production" }, classes: [production] }
  - { when: { tag: "Reach :: Site" }, reach: site }
  - { when: { tag: "Reach :: Host" }, reach: host }
  - { when: { container: /Production/**, operation: AssetView }, entitlement: prod:read, classes: [production] }
  - { when: { tag: Repository, operation: AssetView }, entitlement: repo:read, classes: [repo] }
  - { when: { tag: Repository }, entitlement: repo:write, classes: [repo] }
  - { when: { asset: "vendors-*" }, entitlement: vendor:create, classes: [finance] }
  - { when: { asset: "payments-*" }, entitlement: payment:approve, classes: [finance] }
  - { when: { asset_type: Fire Call }, classes: [firecall] }
  - { when: { operation: AssetEdit }, entitlement: record:admin, classes: [repo] }
approvals:
  repo: [manager]
  finance: [owner, manager]
break_glass: { forms: ["*emergency*"], tags: ["* :: Break Glass"], assets: ["red-*"] }
identities:
  people:
    - { user: anna.berg, roles: [developer], department: R&D, manager: CORP\\boss }
    - { user: CORP\\twin, roles: [developer] }
    - { user: LAB\\twin, roles: [buyer] }
    - { user: paul, entitlements: [vendor:create, audit:read] }
exceptions:
  - { id: holiday, user: anna.berg, entitlement: "vendor:*", until: 2026-11-20, owner: boss, reason: stands in for Bea }
`;
const read = readAccess('access.yml', ACCESS, () => null);
if (!('model' in read)) throw new Error(JSON.stringify(read.findings));
const MODEL: AccessModel = read.model;

const accessContexts = (dossiers: readonly Dossier[], now = NOON) => classify(dossiers, now, MODEL);
const accessContext = (one: Dossier, now = NOON, others: readonly Dossier[] = []): AccessContext => {
  const found = accessContexts([one, ...others], now).get(one.request.id);
  if (found === undefined) throw new Error('the request has no access context');
  return found;
};
const by = (name: string | null, id: string | null = null) => ({ id, name, displayName: null });
const vendors = (part: Partial<AccessRequest> = {}) =>
  dossier({ asset: { id: 'v', name: 'vendors-eu' }, request: part });
const payments = (part: Partial<AccessRequest> = {}) =>
  dossier({ asset: { id: 'p', name: 'payments-eu' }, request: part });
const repo = (part: Partial<AccessRequest> = {}) =>
  dossier({ asset: { tags: ['Repository'] }, request: { operation: 'AssetView', ...part } });
const signed = (user: string | null, decision = 'Approved'): Approval => ({
  level: 1,
  user,
  decision,
  message: null,
  created: NOON,
});

describe('a tag, a type, a name or a container in another spelling', () => {
  const tagged = (tag: string, ...more: string[]) => accessContext(dossier({ asset: { tags: [tag, ...more] } }));

  test.each([
    'Reach:: Site',
    'Reach::Site',
    'Reach  ::\u00a0Site',
    ' Reach :: Site\t',
    'Ｒeach :: Site',
    'Re\u200bach :: Site',
  ])('a reach counts in any: %j', (tag) => expect(tagged(tag)).toMatchObject({ reach: 'site' }));

  test.each(['Environment::Production', 'environment ::  PRODUCTION', 'Environment\u00a0:: Production'])(
    'so does a class: %j',
    (tag) => expect(tagged(tag)).toMatchObject({ classes: ['production'], neverAuto: ['production'] }),
  );

  test('emergency access is seen in any', () => {
    expect(tagged('Fire::Break\u00a0Glass').breakGlass).toBe(true);
    expect(accessContext(dossier({ asset: { name: '\u200bred-7' } })).breakGlass).toBe(true);
    expect(accessContext(dossier({ asset: { type: 'Fire  Call' } })).breakGlass).toBe(true);
  });

  test('but none gives an entitlement: it is unknown, or ambiguous beside a plain one', () => {
    const asked = { operation: 'AssetView' };
    const spelled = accessContext(dossier({ asset: { tags: ['Re\u200bpository'] }, request: asked }));
    expect(spelled).toMatchObject({ entitlement: null, classes: ['repo'], ambiguous: ['repo:read'] });
    const beside = accessContext(
      dossier({ asset: { tags: ['Repository'], containerPath: '/Prod\u200buction/Web' }, request: asked }),
    );
    expect(beside).toMatchObject({ entitlement: 'repo:read', ambiguous: ['repo:read', 'prod:read'] });
    expect(beside.neverAuto).toEqual(['production']);
  });

  test('how the path of a container is written makes no difference to what it gives', () => {
    const paths = ['/Production/Web', 'Root Container / Production / Web', 'production/web/', '/Production /Web'];
    const given = paths.map((containerPath) =>
      accessContext(dossier({ asset: { tags: [], containerPath }, request: { operation: 'AssetView' } })),
    );
    for (const one of given) expect(one).toMatchObject({ entitlement: 'prod:read', neverAuto: ['production'] });
  });

  test('an id in other letters or with blanks is the same id where duties are in conflict', () => {
    const held = payments({ ...granted(), id: 'held', requestor: by('ann', 'ID-7'), requestedTo: null });
    for (const id of ['id-7', ' ID-7\u00a0'])
      expect(accessContext(vendors({ requestor: by('renamed', id) }), NOON, [held]).sodConflicts).toHaveLength(1);
    expect(accessContext(vendors({ requestor: by('other', 'id-8') }), NOON, [held]).sodConflicts).toEqual([]);
  });

  test('and it is held against the person who holds it', () => {
    const spelled = dossier({
      asset: { id: 'p2', name: '\u200bpayments-eu' },
      request: { ...granted(), id: 'held', requestor: by('z'), requestedTo: null },
    });
    expect(accessContext(vendors({ requestor: by('z') }), NOON, [spelled]).sodConflicts).toHaveLength(1);
  });
});

describe('how much harm it could do', () => {
  const production = (part: Parameters<typeof dossier>[0] = {}) =>
    dossier({ ...part, asset: { tags: ['Environment :: Production', 'Repository'], ...part.asset } });

  test('a class gives the least risk, and more for what is privileged', () => {
    expect(accessContext(production()).classFloor).toBe('medium');
    const privileged = production({ asset: { containerPath: '/Production' }, request: { operation: 'AssetView' } });
    expect(accessContext(privileged)).toMatchObject({ entitlement: 'prod:read', privileged: true, classFloor: 'high' });
  });

  test('a class with one floor keeps it for what is privileged, and no class gives none', () => {
    expect(accessContext(vendors()).classFloor).toBe('medium');
    const edit = dossier({ asset: { name: 'plain' }, request: { operation: 'AssetEdit' } });
    expect(accessContext(edit)).toMatchObject({ privileged: true, classFloor: 'low' });
    expect(accessContext(dossier()).classFloor).toBe('low');
  });

  test('the highest of several classes counts', () => {
    const both = production({ asset: { containerPath: '/Tier 0' }, request: { operation: 'AssetView' } });
    expect(accessContext(both)).toMatchObject({ classes: ['production', 'repo', 'tier-0'], classFloor: 'high' });
  });

  test('the widest reach of all fitting rows counts, wherever the row stands', () => {
    expect(accessContext(dossier()).reach).toBeNull();
    expect(accessContext(dossier({ asset: { tags: ['Reach :: Host'] } })).reach).toBe('host');
    expect(accessContext(dossier({ asset: { tags: ['Reach :: Host', 'Reach :: Site'] } })).reach).toBe('site');
    const tier0 = dossier({ asset: { tags: ['Reach :: Host', 'Reach :: Site'], containerPath: '/Tier 0' } });
    expect(accessContext(tier0).reach).toBe('domain');
  });

  test('a row that gives the reach alone does not make an asset known', () => {
    const site = accessContext(dossier({ asset: { tags: ['Reach :: Site'] }, request: { operation: 'AssetView' } }));
    expect(site).toMatchObject({ reach: 'site', assetKnown: false, operationKnown: false, entitlement: null });
  });
});

describe('what a request is about', () => {
  test('the first row with an entitlement gives it, the classes of all rows add up', () => {
    const both = dossier({
      asset: { tags: ['Repository', 'Environment :: Production'], containerPath: '/Tier 0/Git' },
    });
    expect(accessContext(both)).toMatchObject({
      ...{
        entitlement: 'directory:admin',
        classes: ['production', 'repo', 'tier-0'],
        neverAuto: ['production', 'tier-0'],
      },
      ...{ privileged: true, assetKnown: true, maxHours: 2, owner: 'tier-lead' },
    });
  });

  test('a row without an entitlement adds its class and lets a later row name the entitlement', () => {
    const tagged = dossier({
      asset: { tags: ['Environment :: Production', 'Repository'] },
      request: { operation: 'AssetView' },
    });
    expect(accessContext(tagged)).toMatchObject({
      entitlement: 'repo:read',
      neverAuto: ['production'],
      owner: 'CORP\\olga',
      maxHours: 8,
    });
  });

  test('every pattern of a row has to fit', () => {
    expect(accessContext(repo()).entitlement).toBe('repo:read');
    expect(accessContext(repo({ operation: 'AssetUnlock' })).entitlement).toBe('repo:write');
    expect(accessContext(repo({ operation: null })).entitlement).toBe('repo:write');
  });

  test.each<[string, Dossier]>([
    ['it points at no asset', dossier({ asset: null, request: { asset: null } })],
    ['its asset was not read', dossier({ asset: null })],
    [
      'its container was not read',
      dossier({ asset: { tags: ['Repository'] }, gaps: [{ what: 'container', why: 'refused' }] }),
    ],
    ['the type is unknown', dossier({ asset: { tags: ['Repository'], type: null } })],
    ['the path is unknown', dossier({ asset: { tags: ['Repository'], containerPath: null } })],
    [
      'another asset was read than the one that was named',
      dossier({ asset: { tags: ['Repository'] }, request: { asset: { id: 'other', name: null } } }),
    ],
    ['no row knows such an asset', dossier({ asset: { type: 'Toaster', tags: [] } })],
    [
      'the only row that fits is about the operation',
      dossier({ asset: { tags: [] }, request: { operation: 'AssetEdit' } }),
    ],
  ])('the asset is not known when %s', (_, one) => {
    expect(accessContext(one).assetKnown).toBe(false);
  });

  test('what the request calls its asset does not count, the record of the vault does', () => {
    const liar = dossier({
      asset: { name: 'dc-01', tags: [] },
      request: { asset: { id: 'asset-7', name: 'vendors-eu' } },
    });
    expect(accessContext(liar)).toMatchObject({ entitlement: null, classes: [], assetKnown: false });
  });
});

describe('which operation is asked for', () => {
  const known = (operation: string | null, containerPath = '/Production/x', tags: readonly string[] = []) =>
    accessContext(dossier({ asset: { containerPath, tags }, request: { operation } })).operationKnown;

  test.each(['AssetView', 'ASSETVIEW', 'AssetUnlock', 'AssetConnect', 'AssetEdit'])(
    'the contract knows %s, wherever a row leaves it open',
    (operation) => {
      expect(known(operation, '/Tier 0/x')).toBe(true);
    },
  );

  test.each(['AssetWipe', 'AssetView2', 'View', 'Asset View', 'AssetView\u200b', 'АssetView', '*', ''])(
    'nobody knows %j, also where a row leaves it open',
    (operation) => {
      expect(known(operation, '/Tier 0/x')).toBe(false);
    },
  );

  test('an operation that is not given is unknown', () => {
    expect(known(null, '/Tier 0/x')).toBe(false);
  });

  test('nothing is known where no row fits', () => {
    expect(known('AssetView', '/elsewhere')).toBe(false);
  });

  test.each([
    ['AssetWipe', true],
    ['Asset{Wipe,View}', true],
    ['*Wipe', true],
    ['*', false],
    ['**', false],
    ['?*', false],
  ])('a row that fits names it by the pattern %s: %j', (pattern, names) => {
    const text = `version: 1\nmapping:\n  - { when: { container: /x, operation: "${pattern}" }, entitlement: x:y }\n`;
    const file = readAccess('access.yml', text, () => null);
    if (!('model' in file)) throw new Error(JSON.stringify(file.findings));
    const asked = dossier({ asset: { containerPath: '/x' }, request: { operation: 'AssetWipe' } });
    expect(classify([asked], NOON, file.model).get(asked.request.id)?.operationKnown).toBe(names);
  });

  test('"*" is any, also one that is not given: the classes of such a row are not lost', () => {
    const text = 'version: 1\nmapping:\n  - { when: { container: /x, operation: "*" }, entitlement: x:y }\n';
    const file = readAccess('access.yml', text, () => null);
    if (!('model' in file)) throw new Error(JSON.stringify(file.findings));
    const asked = dossier({ asset: { containerPath: '/x' }, request: { operation: null } });
    expect(classify([asked], NOON, file.model).get(asked.request.id)).toMatchObject({
      ...{ entitlement: 'x:y', operationKnown: false },
    });
  });
});

describe('rows that contradict each other', () => {
  const both = { id: 'v', name: 'vendors-eu', tags: ['Repository'] };

  test('are named with their entitlements; the first one still counts for everything else', () => {
    expect(accessContext(dossier({ asset: both, request: { operation: 'AssetUnlock' } }))).toMatchObject({
      entitlement: 'repo:write',
      ambiguous: ['repo:write', 'vendor:create'],
      classes: ['finance', 'repo'],
    });
    expect(accessContext(repo()).ambiguous).toEqual([]);
  });

  test('each of the entitlements counts as held', () => {
    const held = dossier({
      asset: both,
      request: { id: 'other', status: 'Approved', operation: 'AssetUnlock', requestor: by('zoe') },
    });
    expect(accessContext(payments({ requestor: by('zoe') }), NOON, [held]).sodConflicts).toMatchObject([
      { held: 'vendor:create', source: { id: 'other' } },
    ]);
  });
});

describe('who asks', () => {
  test.each([
    ['their own name', by('anna.berg'), true],
    ['another case and a domain', by('CORP\\Anna.Berg'), true],
    ['an address', by('anna.berg@corp.example'), true],
    ['a display name when there is no other', { id: 'x', name: null, displayName: 'anna.berg' }, true],
    ['a display name beside another account', { id: 'x', name: 'eve', displayName: 'anna.berg' }, false],
    ['an id that looks like the name', by(null, 'anna.berg'), false],
    ['nobody', by(null), false],
  ])('is found by %s', (_, requestor, known) => {
    expect(accessContext(repo({ requestor })).person.known).toBe(known);
  });

  test('someone who could be two of the listed is nobody, and in a domain it is the one of that domain', () => {
    expect(accessContext(repo({ requestor: by('twin') })).person).toMatchObject({ known: false, roles: [] });
    expect(accessContext(repo({ requestor: by('CORP\\twin') })).person.roles).toEqual(['developer']);
    expect(accessContext(repo({ requestor: by('lab\\Twin') })).person.roles).toEqual(['buyer']);
    expect(accessContext(repo({ requestor: by('HOME\\twin') })).person.known).toBe(false);
  });

  test.each(['anna.bеrg', 'anna\u200b.berg', 'ａnna.berg', 'anna-berg'])(
    'an account that only looks like a listed one, %j, has none of its roles, and that is said',
    (name) => {
      const { person } = accessContext(repo({ requestor: by(name) }));
      expect(person).toMatchObject({ known: false, roles: [], like: ['anna.berg'] });
    },
  );

  test('in role is what is standard for one of their roles', () => {
    const anna = by('anna.berg');
    expect(accessContext(repo({ requestor: anna })).inRole).toBe(true);
    expect(accessContext(payments({ requestor: anna })).inRole).toBe(false);
    expect(accessContext(repo({ requestor: by('stranger') })).inRole).toBe(false);
    expect(accessContext(repo()).rolesDefined).toBe(true);
  });

  test('an exception stands for a role until the end of its day, for that person alone', () => {
    const end = Date.UTC(2026, 10, 21);
    expect(accessContext(vendors({ requestor: by('anna.berg') }), end - 1).inRole).toBe(true);
    expect(accessContext(vendors({ requestor: by('anna.berg') }), end).inRole).toBe(false);
    expect(accessContext(vendors({ requestor: by('bea') }), end - 1).inRole).toBe(false);
    expect(accessContext(payments({ requestor: by('anna.berg') }), end - 1).inRole).toBe(false);
  });

  test('an exception loosens nothing but the role', () => {
    const model = {
      ...MODEL,
      exceptions: MODEL.exceptions.map((e) => ({ ...e, entitlement: wordPattern('*:*') })),
    };
    const dc = dossier({ asset: { containerPath: '/Tier 0' }, request: { requestor: by('anna.berg') } });
    const [with_, without] = [model, { ...MODEL, exceptions: [] }].map((m) => classify([dc], NOON, m).get('req-1'));
    expect(with_).toEqual({ ...without, inRole: true });
  });
});

describe('separation of duties', () => {
  const anna = by('CORP\\anna.berg', 'u-17');
  const asks = payments({ id: 'asked', requestor: anna });

  test('against access that is granted and not over', () => {
    const held = vendors({ ...granted(), id: 'held', requestor: anna, requestedTo: NOON + HOUR_MS });
    expect(accessContext(asks, NOON, [held]).sodConflicts).toEqual([
      {
        pair: 'vendor:create + payment:approve',
        asked: 'payment:approve',
        held: 'vendor:create',
        source: { kind: 'request', id: 'held' },
      },
    ]);
  });

  test('either way round', () => {
    const held = payments({ ...granted(), id: 'held', requestor: anna, requestedTo: null });
    expect(accessContext(vendors({ id: 'asked', requestor: anna }), NOON, [held]).sodConflicts).toMatchObject([
      { asked: 'vendor:create', held: 'payment:approve', source: { id: 'held' } },
    ]);
  });

  test.each<[string, Partial<AccessRequest>, number]>([
    ['over', { status: 'Approved', requestedTo: NOON }, 0],
    ['without an end', { status: 'Approved', requestedTo: null }, 1],
    ['completed', { status: 'Completed' }, 0],
    ['rejected', { status: 'Rejected' }, 0],
    ['waiting, like this one: both might be granted in one run', { status: 'Active' }, 1],
    ["somebody else's", { status: 'Approved', requestor: by('bob', 'u-99') }, 0],
    ['of the same id under another name', { status: 'Approved', requestor: by('renamed', 'u-17') }, 1],
    ['of the same name in another domain', { status: 'Approved', requestor: by('anna.berg@lab', 'u-55') }, 1],
    ['of nobody', { status: 'Approved', requestor: by(null) }, 0],
  ])('a request that is %s', (_, part, conflicts) => {
    const other = vendors({ id: 'other', requestor: anna, requestedTo: NOON + DAY_MS, ...part });
    expect(accessContext(asks, NOON, [other]).sodConflicts).toHaveLength(conflicts);
  });

  test('of many requests by which the same is held the first few are named, and no entitlement is overlooked', () => {
    const services = Array.from({ length: 40 }, (_, i) =>
      repo({ ...granted(), id: `repo-${i}`, requestor: anna, requestedTo: null }),
    );
    const held = Array.from({ length: 40 }, (_, i) =>
      vendors({ ...granted(), id: `held-${i}`, requestor: anna, requestedTo: null }),
    );
    const found = accessContext(asks, NOON, [...services, ...held]).sodConflicts;
    expect(found.map(({ source }) => source)).toEqual(
      Array.from({ length: 10 }, (_, i) => ({ kind: 'request', id: `held-${i}` })),
    );
  });

  test('a request is never in conflict with itself, and the same thing twice is no conflict', () => {
    expect(accessContext(vendors({ requestor: anna, status: 'Approved' })).sodConflicts).toEqual([]);
    const admins = ['a', 'b'].map((id) =>
      dossier({ asset: { containerPath: '/Tier 0' }, request: { id, requestor: anna } }),
    );
    expect([...accessContexts(admins).values()].flatMap(({ sodConflicts }) => sodConflicts)).toEqual([]);
  });

  test('against what the identities list', () => {
    expect(accessContext(payments({ requestor: by('CORP\\paul') })).sodConflicts).toMatchObject([
      { held: 'vendor:create', source: { kind: 'identity' } },
    ]);
  });

  test('against something held whose facts could not be read: nobody can say that it is harmless', () => {
    const unread = dossier({
      asset: null,
      request: { id: 'unread', status: 'Approved', requestor: anna, requestedTo: null },
    });
    expect(accessContext(asks, NOON, [unread]).sodConflicts).toMatchObject([
      { held: UNREAD, source: { id: 'unread' } },
    ]);
    expect(accessContext(repo({ id: 'r', requestor: anna }), NOON, [unread]).sodConflicts).toEqual([]);
    const space = dossier({
      asset: null,
      request: { id: 's', status: 'Approved', requestor: anna, asset: null, requestedTo: null },
    });
    expect(accessContext(asks, NOON, [space]).sodConflicts).toEqual([]);
  });
});

describe('approvals are those on record', () => {
  const anna = by('CORP\\anna.berg', 'u-17');
  const check = (approvals: readonly Approval[], one = repo) =>
    accessContext(one({ requestor: anna, approvals })).approvals;

  test.each<[string, readonly Approval[], boolean]>([
    ['nobody signed', [], false],
    ['the manager signed', [signed('boss')], true],
    ['the manager signed, spelled otherwise', [signed('Boss@corp.example', 'approved')], true],
    ['a namesake of another domain signed', [signed('LAB\\boss')], false],
    ['somebody else signed', [signed('bob')], false],
    ['the manager refused', [signed('boss', 'Rejected')], false],
    ['the manager signed once and refused once', [signed('boss'), signed('boss', 'Rejected')], false],
    ['an approval without a name', [signed(null)], false],
  ])('%s', (_, approvals, given) => {
    expect(check(approvals)).toMatchObject({ required: ['manager'], missing: given ? [] : ['manager'] });
  });

  const by1 = (user: string, decision = 'Approved') => ({ level: 1, user, decision, message: null, created: NOON });
  const approvalsOf = (requestor: AccessRequest['requestor'], approvals: AccessRequest['approvals']) =>
    accessContext(repo({ requestor, approvals })).approvals;

  test.each(SPELLINGS('anna.berg'))("one's own, signed as %j, is still the only one, and no manager's", (spelling) => {
    expect(approvalsOf(by('anna.berg'), [by1(spelling)])).toMatchObject({ onlySelf: true, missing: ['manager'] });
    expect(approvalsOf(by(spelling), [by1('anna.berg')])).toMatchObject({ onlySelf: true });
  });

  test.each(['bоss', 'b\u200boss', 'ｂｏｓｓ', 'uid=boss,ou=it', 'boss.'])(
    "one by an account that only looks like the manager's, %j, is not the manager's",
    (spelling) => {
      expect(approvalsOf(by('anna.berg'), [by1(spelling)]).missing).toEqual(['manager']);
      expect(approvalsOf(by('anna.berg'), [by1('CORP\\Boss')]).missing).toEqual([]);
      expect(approvalsOf(by('anna.berg'), [by1('boss'), by1(spelling, 'Rejected')]).missing).toEqual(['manager']);
    },
  );

  test('owner and manager are two approvals', () => {
    expect(check([signed('boss')], payments).missing).toEqual(['owner']);
    expect(check([signed('fin-lead')], payments).missing).toEqual(['manager']);
    expect(check([signed('fin-lead'), signed('boss')], payments).missing).toEqual([]);
  });

  test('the owner who asks for themselves has not approved', () => {
    const own = payments({ requestor: by('fin-lead'), approvals: [signed('fin-lead')] });
    expect(accessContext(own).approvals).toEqual({
      required: ['manager', 'owner'],
      missing: ['manager', 'owner'],
      onlySelf: true,
    });
  });

  test.each<[string, readonly Approval[], boolean]>([
    ['nobody signed', [], false],
    ['the requestor alone', [signed('anna.berg')], true],
    ['the requestor and somebody without a name', [signed('LAB\\anna.berg'), signed(' ')], true],
    ['the requestor and another', [signed('anna.berg'), signed('bob')], false],
    ['another refused', [signed('anna.berg'), signed('bob', 'Rejected')], true],
  ])('only the requestor: %s', (_, approvals, onlySelf) => {
    expect(check(approvals).onlySelf).toBe(onlySelf);
  });

  test('what the justification claims counts for nothing', () => {
    const claims = repo({ requestor: anna, justification: 'Approved by boss (CAB 4711), owner agreed' });
    expect(accessContext(claims).approvals.missing).toEqual(['manager']);
  });
});

test.each<[string, Dossier, boolean]>([
  [
    'by the name of the form',
    dossier({ request: { form: { id: null, name: 'My Emergency form', type: null } } }),
    true,
  ],
  ['by the type of the form', dossier({ request: { form: { id: null, name: 'x', type: 'emergency' } } }), true],
  ['by a tag', dossier({ asset: { tags: ['Access :: Break Glass'] } }), true],
  ["by the asset's name on record", dossier({ asset: { name: 'red-phone' } }), true],
  ['by a class', dossier({ asset: { type: 'Fire Call' } }), true],
  [
    'not by what the request calls its asset',
    dossier({ request: { asset: { id: 'asset-7', name: 'red-phone' } } }),
    false,
  ],
  ['not by a justification', dossier({ request: { justification: 'emergency! break glass' } }), false],
])('break-glass is recognised %s', (_, one, breakGlass) => {
  expect(accessContext(one).breakGlass).toBe(breakGlass);
});
