/** A draft of a policy folder from what people decided: what it protects, what it proposes, and what it would let through. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marksOf, sensitiveWord } from '../../../../src/analysis/suggest/sensitive.ts';
import { figuresOf, suggest } from '../../../../src/analysis/suggest/suggest.ts';
import type { Dossier } from '../../../../src/domain/dossier.ts';
import { loadPolicy } from '../../../../src/policy/load.ts';
import { DAY_MS, HOUR_MS } from '../../../../src/util/durations.ts';
import { openPlace, ROOT } from '../../../e2e/place.ts';
import { dossierOf, NOON, request, tempFolder } from '../../../helpers/requests.ts';
import { examples } from '../../../suite/property_runs.ts';
import { SHIPPED } from '../../policy/cases.ts';
import { SWITCHED_ON } from '../replay/past_runs.ts';

/** The draft as a folder that was loaded. */
async function drafted(dossiers: readonly Dossier[]) {
  const { text, groups } = await suggest(dossiers, 90);
  const folder = join(tempFolder(), 'draft');
  mkdirSync(folder, { recursive: true });
  cpSync(SHIPPED, folder, { recursive: true, filter: (path) => !/access\.yml$|tests/.test(path) });
  writeFileSync(join(folder, 'access.yml'), text);
  const policy = await loadPolicy(folder);
  return { text, groups, policy, figures: figuresOf(dossiers, policy, SWITCHED_ON, NOON) };
}

type Thing = { name?: string; type?: string; container?: string; tags?: readonly string[]; operation?: string };
let count = 0;
function asked(thing: Thing, status: 'Active' | 'Approved' | 'Rejected', by = 'anna.berg'): Dossier {
  const {
    name = 'box-1',
    type = 'Linux-VM',
    container = '/Estate/Sandboxes',
    tags = [],
    operation = 'AssetUnlock',
  } = thing;
  count += 1;
  const created = NOON - 3 * DAY_MS;
  const about = request({
    ...{ id: `r-${count}`, status, operation, created, approved: status === 'Approved' ? created + HOUR_MS : null },
    ...{ requestedFrom: created + 2 * HOUR_MS, requestedTo: created + (status === 'Active' ? 120 : 6) * HOUR_MS },
    asset: { id: `asset ${name}`, name },
    requestor: { id: `id of ${by}`, name: by, displayName: null },
    approvals:
      status === 'Active'
        ? []
        : [{ level: 1, user: 'team-lead', decision: status, message: null, created: created + HOUR_MS }],
  });
  return dossierOf(about, {
    asset: { id: `asset ${name}`, name, type, containerPath: container, tags },
    facts: { requestedHours: 4 },
  });
}
const people = ['anna.berg', 'ben.ott', 'cem.kaya'];
const routine = (thing: Thing, times = 6): Dossier[] =>
  Array.from({ length: times }, (_, n) => asked(thing, 'Approved', people[n % people.length]));

describe('what is proposed', () => {
  test('a row for what people approve as a rule, with owner, hours and counts, recommended and not enforced', async () => {
    const { text, policy, figures } = await drafted([...routine({}), asked({}, 'Active')]);
    expect(text).toContain(
      '- when: { container: "/Estate/Sandboxes", asset_type: "Linux-VM", operation: "AssetUnlock" }',
    );
    expect(text).toContain('# 7 requests of 3 people: people approved 6 (team-lead 6) and refused 0; 1 waits');
    const drafted1 = policy.access.classes.get('estate-sandboxes');
    expect(drafted1).toMatchObject({ mode: 'recommend', owner: 'team-lead', maxHours: 4 });
    expect([...policy.access.classes.values()].filter(({ mode }) => mode === 'enforce')).toEqual([]);
    expect(figures).toMatchObject({ waiting: 1, decidedToo: 6, agreed: 6, sensitive: [] });
  });

  test.each<[string, readonly Dossier[], string]>([
    ['few approvals', routine({}, 3), 'people approved only 3'],
    ['many refusals', [...routine({}, 8), asked({}, 'Rejected'), asked({}, 'Rejected')], 'people refused 2 of 10'],
    ['one person', Array.from({ length: 6 }, () => asked({}, 'Approved')), 'only one person asks for it'],
    ['changes', routine({ operation: 'SecretRotate' }), 'it changes records of the vault'],
    ['unknown letters', routine({ container: '/Estate/Песочница' }), 'written in letters'],
    ['names that no pattern can give', routine({ container: '/Estate/{a,b}' }), 'a pattern cannot name it exactly'],
  ])('nothing where there are %s, and it says so', async (_what, dossiers, why) => {
    const { text, figures } = await drafted(dossiers);
    expect(text).toContain(why);
    expect(text).not.toContain('mode: recommend');
    expect(figures.approves).toEqual([]);
  });

  test('a marked asset beside others is protected by a row of its own, and the others are proposed', async () => {
    const dossiers = [
      ...routine({}),
      ...routine({ name: 'payroll-db' }),
      asked({ name: 'payroll-db' }, 'Active'),
      asked({}, 'Active'),
    ];
    const { text, figures } = await drafted(dossiers);
    expect(text).toContain('- { when: { asset: "payroll-db" }, classes: [money-and-business] }');
    expect(text).toContain('sensitive: `payroll`');
    const byId = new Map(dossiers.map(({ request, asset }) => [request.id, asset?.name]));
    expect(new Set(figures.approves.map((id) => byId.get(id)))).toEqual(new Set(['box-1']));
  });

  test('the same window gives the same text, and what a folder maps is not proposed again', async () => {
    const dossiers = [...routine({}), ...routine({ container: '/Estate/Kiosks', type: 'Terminal' })];
    const first = await drafted(dossiers);
    expect((await suggest(dossiers, 90)).text).toBe(first.text);
    expect((await suggest(dossiers, 90, { known: first.policy })).groups.filter(({ not }) => not === null)).toEqual([]);
  });

  test('nothing of a vault ends a comment or a text of the draft', async () => {
    const nasty = 'x"\n  - when: { operation: "*" }\n    entitlement: a:b #';
    const { policy } = await drafted([
      ...routine({ container: `/Estate/${nasty}` }),
      ...routine({ name: nasty, type: nasty }),
    ]);
    expect(policy.access.mapping.filter(({ when }) => when.operation?.text === '*')).toEqual([]);
  });
});

describe('a mark is found', () => {
  test.each([
    ...[
      'DC01',
      'dc-chu-02',
      'PRD-SAP-01',
      'sapprod3',
      'payrollDb',
      'LohnDB',
      'Gehaltsabrechnung',
      'rootCA',
      'krbtgt',
      'vault01',
      'FW-Firewall',
    ],
    ...[
      'env=production',
      'Environment: PRODUKTION',
      'Classification :: Restricted',
      'tier-0',
      'Tier 0',
      'krit/hoch',
      'daten=personenbezogen',
    ],
    ...[
      'Nómina',
      'NOMINA',
      'Contrôleur de domaine',
      'sauvegarde',
      'Sécurité',
      'Notfallkonto',
      'Domainadmin',
      'Zahlungsverkehr',
      'ESXi host',
    ],
  ])('in %s', (text) => {
    const { asset } = asked({ tags: [text] }, 'Active');
    expect(marksOf({ ...asked({ tags: [text] }, 'Active'), asset })).not.toEqual([]);
  });

  test.each([
    'Zentrale Dienste',
    'box-101',
    'kiosk-chu-1',
    'Dashboards',
    'env=dev',
    'krit/gering',
    'criticality: low',
    'Lernplattform',
  ])('and none in %s', (text) => {
    expect(marksOf(asked({ tags: [text] }, 'Active'))).toEqual([]);
  });

  test('whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('payroll', 'Produktion', 'sauvegarde', 'Passwort', 'firewall', 'nómina'),
        fc.constantFrom('-', '_', '.', ' ', '/', ''),
        fc.stringMatching(/^[a-z]{0,6}$/),
        fc.nat(99),
        (word, sign, other, number) => {
          for (const text of [
            `${other}${sign}${word}`,
            `${word}${sign}${number}`,
            `${word.toUpperCase()}${sign}${other}`,
          ])
            expect(sensitiveWord(text), text).not.toBeNull();
        },
      ),
      { numRuns: examples(200) },
    );
  });
});

/** Ways to mark something, in the words of people who run such places. */
const MARKS: readonly Thing[] = [
  ...[
    'env=production',
    'stage:prod',
    'Umgebung: Produktion',
    'tier=0',
    'schutzbedarf=hoch',
    'data:confidential',
    'daten/vertraulich',
  ].map((tag) => ({ tags: [tag] })),
  ...[
    '/Estate/Production/Web',
    '/Werk/Leitstand',
    '/Estate/Finanzbuchhaltung',
    '/Estate/HR',
    '/Zentrale/Sicherheit',
    '/Estate/Backup',
  ].map((container) => ({ container })),
  ...[
    'Domain Controller',
    'Domänencontroller',
    'Firewall',
    'Backup appliance',
    'Hypervisor',
    'Zertifikatsdienst',
    'SCADA gateway',
  ].map((type) => ({ type })),
  ...[
    'dc02',
    'payroll-db-1',
    'lohn-01',
    'vault-2',
    'sap-prd-3',
    'root-ca',
    'patientenakte-1',
    'admin-jump',
    'notfall-konto',
  ].map((name) => ({
    name,
  })),
];

test('whatever the estate, nothing that is marked would be approved, with every class enforced and a model that says low', async () => {
  const thing = fc.oneof(
    fc.constantFrom<Thing>(
      { container: '/Estate/Sandboxes' },
      { container: '/Estate/Kiosks', type: 'Terminal' },
      { container: '/Estate/Schulung', type: 'Web application' },
    ),
    fc.constantFrom(...MARKS),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(thing, fc.integer({ min: 1, max: 9 }), fc.boolean()), { minLength: 1, maxLength: 12 }),
      async (things) => {
        const dossiers = things.flatMap(([one, times, waits]) => [
          ...routine(one, times),
          ...(waits ? [asked(one, 'Active')] : []),
        ]);
        const { figures } = await drafted(dossiers);
        const byId = new Map(dossiers.map((dossier) => [dossier.request.id, dossier]));
        for (const id of figures.approves) {
          const { asset } = byId.get(id) as Dossier;
          const its = ({ name, type, container, tags = [] }: Thing) =>
            [name === asset?.name, type === asset?.type, container === asset?.containerPath].some(Boolean) ||
            tags.some((tag) => asset?.tags.includes(tag) === true);
          expect(MARKS.filter(its), JSON.stringify(asset)).toEqual([]);
        }
      },
    ),
    { numRuns: examples(15) },
  );
});

test('on the second estate it approves half of what people approve, and nothing that is marked there', async () => {
  const folders = { PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: SHIPPED, HEALTH_PORT: '0' };
  await using place = await openPlace({ estate: 'other', data: 'realistic', requests: 400, malformed: 0 }, folders);
  const { record } = await place.run({
    settings: { REQUEST_LOOKBACK_DAYS: '90', DEEP_ANALYSIS: 'true' },
    dryRun: true,
  });
  const dossiers = record.reviewed.map(({ dossier }) => dossier);
  const { figures } = await drafted(dossiers);
  expect(figures.agreed / figures.approvedByPeople).toBeGreaterThan(0.5);
  expect(figures.agreed / figures.decidedToo).toBeGreaterThan(0.95);
  const assetOf = new Map(dossiers.map(({ request: { id, asset } }) => [id, asset?.id ?? '']));
  expect(figures.approves.length).toBeGreaterThan(50);
  const isMarked = (id: string) => place.sim.estate.sensitive.has(assetOf.get(id) ?? '');
  const wrong = figures.approves.filter(isMarked);
  expect(dossiers.filter(({ request: { id } }) => wrong.includes(id)).map(({ asset }) => asset)).toEqual([]);
});

test('what differs from its neighbours by a tag or a name that no list knows is protected, and asked about', async () => {
  const boxes = ['box-1', 'box-2', 'box-3', 'box-4', 'box-5', 'box-6', 'box-7', 'box-8'];
  const tags = (name: string) => (name === 'box-7' ? ['env=dev', 'qx9'] : ['env=dev']);
  const dossiers = boxes.flatMap((name) => routine({ name, tags: tags(name) }, 3));
  dossiers.push(
    ...routine({ name: 'zugspitze', tags: ['env=dev'] }, 3),
    asked({ name: 'box-8', tags: ['env=dev'] }, 'Active'),
  );
  const { text, figures } = await drafted(dossiers);
  expect(text).toContain('- { when: { tag: "qx9" }, classes: [unclear] } # on 1 of 9 alike: what does it mean?');
  expect(text).toContain('- { when: { asset: "zugspitze" }, classes: [unclear] }');
  const byId = new Map(dossiers.map(({ request, asset }) => [request.id, asset?.name]));
  expect(new Set(figures.approves.map((id) => byId.get(id)))).toEqual(
    new Set(boxes.filter((name) => name !== 'box-7')),
  );
});

describe('with identities', () => {
  const user = (name: string, ...roles: string[]) => ({
    ...{ user: name, roles, department: null, manager: null, entitlements: [] },
    place: { file: 'people.csv', line: 1, column: 1 },
  });
  const identities = [
    ...['anna.berg', 'ben.ott', 'cem.kaya', 'dora.lutz'].map((name) => user(name, 'developer')),
    ...['eva.frei', 'finn.gut', 'gina.hug', 'hans.imhof'].map((name) => user(name, 'teller')),
    user('ivo.jost', 'auditor'),
  ];
  const uses = (names: readonly string[], thing: Thing) =>
    names.flatMap((name) => [asked(thing, 'Approved', name), asked(thing, 'Approved', name)]);
  const window = [
    ...uses(['anna.berg', 'ben.ott', 'cem.kaya', 'dora.lutz'], { container: '/Estate/Sandboxes' }),
    ...uses(['anna.berg', 'ben.ott', 'cem.kaya'], { container: '/Estate/Builds' }),
    ...uses(['eva.frei', 'finn.gut', 'gina.hug', 'hans.imhof'], { container: '/Estate/Counter' }),
  ];
  const draft = async () => (await suggest(window, 90, { people: { identities, identitiesFile: 'people.csv' } })).text;

  test('what four fifths of a role were granted is asked about as its standard, and what is less usual is not', async () => {
    const text = await draft();
    expect(text).toContain('#   developer: # 4 people of it were granted something');
    expect(text).toContain('#       - estate-sandboxes:operate # 4 of 4: standard for this role?');
    expect(text, '3 of 4').not.toContain('#       - estate-builds:operate');
    expect(text).toContain('#   auditor: { standard: [] } # nobody of it was granted anything');
  });

  test('what nobody holds together although many could is asked about as duties that are apart', async () => {
    const many = Array.from({ length: 8 }, (_, n) => [user(`one${n}`, 'a'), user(`two${n}`, 'b')]).flat();
    const apart = [
      ...uses(
        many.filter(({ roles }) => roles[0] === 'a').map((one) => one.user),
        { container: '/Estate/Orders' },
      ),
      ...uses(
        many.filter(({ roles }) => roles[0] === 'b').map((one) => one.user),
        { container: '/Estate/Receipts' },
      ),
    ];
    const { text } = await suggest(apart, 90, { people: { identities: many, identitiesFile: null } });
    expect(text).toContain(
      '#   - [estate-orders:operate, estate-receipts:operate] # 8 and 8 people, nobody both: are these duties apart?',
    );
    expect(await draft(), 'too few to tell').not.toContain('sod_conflicts');
  });

  test('the answers are taken out of the comment, and the folder loads', async () => {
    const folder = join(tempFolder(), 'answered');
    mkdirSync(folder, { recursive: true });
    cpSync(SHIPPED, folder, { recursive: true, filter: (path) => !/access\.yml$|tests/.test(path) });
    const csv = ['user,roles', ...identities.map((one) => `${one.user},${one.roles.join(' ')}`)].join('\n');
    writeFileSync(join(folder, 'people.csv'), `${csv}\n`);
    const text = (await draft()).replaceAll(/^# ((?:identities|roles|sod_conflicts):| +\S)/gm, '$1');
    writeFileSync(join(folder, 'access.yml'), text);
    const { access } = await loadPolicy(folder);
    expect([...access.roles.keys()]).toEqual(['auditor', 'developer', 'teller']);
    expect(access.identities).toHaveLength(9);
  });
});

test('who decided most of what is protected owns it, so that somebody is asked', async () => {
  const { policy, text } = await drafted([...routine({}), ...routine({ tags: ['Tier 0'] })]);
  const kinds = [...policy.access.classes.values()].filter(({ mode }) => mode === 'observe');
  expect(kinds.length).toBeGreaterThan(5);
  expect(new Set(kinds.map(({ owner }) => owner))).toEqual(new Set(['team-lead']));
  expect(text).toContain('owner: "team-lead" # decided 6 of them');
  expect(text).toContain('owner: "team-lead" # decided most of what is protected: is it theirs?');
});
