/** Who asks and what is asked, where the vault's records can be read in more than one way. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SPELLINGS } from '../helpers/spellings.ts';
import { openPlace, type Place, type Ran, ROOT } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const DEEP = { DEEP_ANALYSIS: 'true' };
const AGENT = 'svc-portcullis';

const reviewed = ({ record }: Ran, id: string) => {
  const found = record.reviewed.find(({ dossier }) => dossier.request.id === id);
  if (found === undefined) throw new Error(`${id} was not reviewed`);
  return found;
};

describe.concurrent("the agent's account under another spelling", () => {
  test('is neither approved nor rejected nor closed, and security is asked', async () => {
    await using place = await openPlace(tagged, DEEP);
    place.request('a low one', 'low');
    const old = { created: place.now() - 13 * 86_400_000, approved: place.now() - 12 * 86_400_000 };
    const spellings = SPELLINGS(AGENT);
    const ids = spellings.flatMap((name, at) => {
      const requestor = { id: `u-${at}`, name, displayName: 'A service' };
      return [
        place.request(`low, ${name}`, 'low', { requestor }),
        place.request(`critical, ${name}`, 'critical', { requestor }),
        place.request(`granted, ${name}`, 'low', { requestor, status: 'Approved', ...old }),
      ].map(({ id }) => id);
    });
    const shown = place.request('low, by display name', 'low', {
      requestor: { id: 'u-x', name: 'jdoe', displayName: AGENT },
    });
    const like = place.request('low, of a person', 'low', {
      requestor: { id: 'u-y', name: 'portcullis-admin', displayName: 'Portcullis Admin' },
    });
    const ran = await place.run();
    expect(place.acts().sort()).toEqual(['approve a low one', 'approve low, of a person']);
    for (const id of [...ids, shown.id]) {
      const { decision, dossier } = reviewed(ran, id);
      expect([decision.verdict, dossier.facts.own, dossier.facts.mayBeOwn]).toEqual(['hold', false, true]);
      if (dossier.request.status !== 'Active') continue;
      expect(decision.next).toMatchObject({
        to: 'security',
        finding: expect.stringContaining('under another spelling'),
      });
      expect(decision.needsPerson).toBe(true);
    }
    expect(reviewed(ran, like.id).dossier.facts.mayBeOwn).toBe(false);
    expect(ran.report).toContain("may be the agent's own account");
  });

  test('or its id under another name, is left to a person as well', async () => {
    await using place = await openPlace(tagged, DEEP);
    place.request('a low one', 'low');
    const { agent } = place.sim.vault;
    place.request("the agent's own", 'low', { requestor: agent });
    const id = agent.id.toUpperCase();
    const renamed = ['low', 'critical'].map((risk) =>
      place.request(`${risk}, renamed`, risk, { requestor: { id, name: 'jdoe', displayName: 'Jane Doe' } }),
    );
    const ran = await place.run();
    expect(place.acts()).toEqual(['approve a low one']);
    for (const one of renamed) {
      expect(reviewed(ran, one.id)).toMatchObject({
        dossier: { facts: { own: false, mayBeOwn: true } },
        decision: { verdict: 'hold', next: { to: 'security' } },
      });
    }
  });

  test('is not needed for the account itself, which is left to somebody else', async () => {
    await using place = await openPlace(tagged, DEEP);
    const own = place.request("the agent's own", 'low', { requestor: place.sim.vault.agent });
    const ran = await place.run();
    expect(place.acts()).toEqual([]);
    expect(reviewed(ran, own.id)).toMatchObject({
      dossier: { facts: { own: true, mayBeOwn: false } },
      decision: { verdict: 'hold', next: { to: 'another authorizer' } },
    });
  });
});

describe.concurrent('ids and statuses', () => {
  test('ids that differ in blanks or composition are never one: what is no plain id is counted and shown', async () => {
    await using place = await openPlace(tagged, DEEP);
    const plain = ['req-100', 'réq-200', 'req-1', 'REQ-1', 'req 7'];
    const odd = [
      'req-100 ',
      ' req-100',
      're\u0301q-200',
      'req-\u200b1',
      'req-1\u00ad',
      '\u202ereq-1',
      'req  7',
      'ｒeq-1',
    ];
    const long = 'x'.repeat(201);
    odd.push(long);
    for (const id of [...plain, ...odd]) place.request(id, 'low', { id });
    const { record, report, code } = await place.run();
    expect(place.acts().sort()).toEqual(plain.map((id) => `approve ${id}`).sort());
    expect(record.malformed.map(({ id }) => id).sort()).toEqual([...odd].sort());
    expect(report).toContain('unusual form');
    expect(record.malformed.find(({ id }) => id === long)?.problem).toMatch(/more than 200 characters/);
    expect(code).toBe(4);
    expect((await place.run()).record.malformed).toHaveLength(odd.length);
    expect(place.acts()).toHaveLength(plain.length);
  });

  test('a status in another case, or with blanks around it, is that status; one that only looks like it is read-only', async () => {
    await using place = await openPlace(tagged, DEEP);
    const status = (title: string, spelled: string) =>
      place.request(title, 'low', { status: spelled as 'Active', level: 1, approvals: [], approved: null });
    for (const one of ['plain', 'small', 'large']) {
      status(one, { plain: ' Active\n', small: 'active', large: '\tACTIVE ' }[one] ?? '');
    }
    const others = ['Act\u200bive', 'Аctive', 'Active.'].map((one) => status(one, one));
    const { record } = await place.run();
    expect(place.acts().sort()).toEqual(['approve large', 'approve plain', 'approve small']);
    for (const { id } of others) {
      expect(record.reviewed.find(({ dossier }) => dossier.request.id === id)?.decision.verdict).toBe('hold');
    }
  });
});

describe.concurrent('what is asked for, by a folder of 0.1', () => {
  const V01 = join(ROOT, 'test/data/v01/policy');
  /** The folder of 0.1 with other rows. */
  const folderWith = (place: Place, rows: string): string => {
    const folder = join(place.folder, 'policy');
    cpSync(V01, folder, { recursive: true });
    const text = readFileSync(join(V01, 'access.yml'), 'utf8');
    const changed = text.replace(/^mapping:\n[\s\S]*?\n(?=approvals:)/m, `mapping:\n${rows}\n`);
    expect(changed).not.toBe(text);
    writeFileSync(join(folder, 'access.yml'), changed);
    return folder;
  };
  const TEST_ROW = '  - { when: { container: /Test/** }, entitlement: "test:any", classes: [test] }';

  test('its everyday work is approved as before', async () => {
    await using place = await openPlace(tagged, { ...DEEP, POLICY_DIR: V01 });
    for (const operation of ['AssetView', 'AssetUnlock', 'AssetConnect'])
      place.request(operation, 'low', { operation });
    place.request('AssetEdit', 'low', { operation: 'AssetEdit' });
    await place.run();
    expect(place.acts().sort()).toEqual(['approve AssetConnect', 'approve AssetUnlock', 'approve AssetView']);
  });

  test('a row without an operation gives what the contract knows, and nothing else', async () => {
    await using place = await openPlace(tagged, DEEP);
    const POLICY_DIR = folderWith(place, TEST_ROW);
    for (const operation of ['AssetView', 'AssetConnect']) place.request(operation, 'low', { operation });
    const odd = ['AssetWipe', 'Asset\u200bView', '*', null].map((operation) =>
      place.request(`odd ${operation}`, 'low', { operation: operation as string }),
    );
    const ran = await place.run({ settings: { POLICY_DIR } });
    expect(place.acts().sort()).toEqual(['approve AssetConnect', 'approve AssetView']);
    for (const { id } of odd) {
      expect(reviewed(ran, id).decision).toMatchObject({
        verdict: 'hold',
        rules: expect.arrayContaining([expect.objectContaining({ kind: 'gate', gate: 'operation-known' })]),
        next: { to: 'security', finding: expect.stringMatching(/operation/) },
      });
    }
  });

  test('two rows that give different entitlements leave it to a person, whichever stands first', async () => {
    await using place = await openPlace(tagged, DEEP);
    const other = '  - { when: { asset_type: "*", operation: "*" }, entitlement: "any:thing", classes: [test] }';
    const asked = place.request('either', 'low');
    for (const rows of [`${TEST_ROW}\n${other}`, `${other}\n${TEST_ROW}`]) {
      const ran = await place.run({ settings: { POLICY_DIR: folderWith(place, rows) } });
      expect(reviewed(ran, asked.id)).toMatchObject({
        accessContext: { ambiguous: expect.arrayContaining(['test:any', 'any:thing']) },
        decision: {
          verdict: 'hold',
          rules: expect.arrayContaining([expect.objectContaining({ kind: 'gate', gate: 'unambiguous' })]),
          next: { to: 'security', finding: expect.stringContaining('ambiguous') },
        },
      });
      expect(ran.report).toContain('ambiguous');
    }
    const narrower =
      '  - { when: { container: /Test/**, asset_type: "*" }, entitlement: "any:thing", classes: [test] }';
    await place.run({ settings: { POLICY_DIR: folderWith(place, `${narrower}\n${TEST_ROW}`) } });
    expect(place.acts()).toEqual(['approve either']);
  });
});
