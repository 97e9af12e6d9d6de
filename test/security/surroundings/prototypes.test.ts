/**
 * Names that every JavaScript object has, as keys and as ids, in everything that is parsed: answers of all upstreams,
 * files of the state folder, plans, policies, cases. What single parsers make of them stands in their own tests
 * (test/unit/vault/wire, test/unit/score/answer, test/unit/ledger, …); this is the whole program at once.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Behaviour } from '../../../simulator/model/behaviours.ts';
import { readPlan } from '../../../src/plan/plan_file.ts';
import { readAccess } from '../../../src/policy/access_file.ts';
import { YamlPlaces } from '../../../src/policy/yaml_places.ts';
import { openPlace } from '../../e2e/place.ts';
import { byTag } from '../../e2e/tagged_model.ts';
import { tempFolder } from '../../helpers/requests.ts';

const PROTOTYPES = [Object, Array, Function, String, Number, Boolean, Map, Set, Promise, Error, RegExp, Date];
/** What stands under each name of each prototype; functions are compared as the very same ones. */
const everything = () =>
  PROTOTYPES.map(({ prototype }) =>
    Reflect.ownKeys(prototype).map((key) => {
      const { value, get } = Reflect.getOwnPropertyDescriptor(prototype, key) ?? {};
      return [key, value ?? get];
    }),
  );
let before: unknown;
beforeEach(() => {
  before = everything();
});
afterEach(() => {
  expect(everything()).toEqual(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

/** As text, because an object of ours cannot hold the first key. */
const POLLUTION =
  '"__proto__":{"polluted":1,"status":"Approved","risk":"low","id":"x","toString":null},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1},"hasOwnProperty":1,"toString":"x","valueOf":null';
const polluted = (json: string): string => json.replaceAll('{', `{${POLLUTION},`).replaceAll(',}', '}');
const EXTRA = JSON.parse(`{${POLLUTION}}`) as Record<string, unknown>;
const IDS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

/** Rates as the tags say, between slots that nobody asked about. */
const pollutingModel: Behaviour = async (call, rated) => {
  const { ratings } = (await byTag(call, rated)) as { ratings: object };
  return polluted(JSON.stringify(ratings));
};

test('a whole run over polluted answers does what it would have done, and a second one remembers it', async () => {
  await using place = await openPlace(
    { model: { behaviour: pollutingModel } },
    { DEEP_ANALYSIS: 'true', VAULT_OTHER_STATUSES: '__proto__' },
  );
  const { vault, faults } = place.sim;
  for (const [n, id] of IDS.entries()) {
    const person = { id, name: id, displayName: id };
    const risk = n % 2 === 0 ? 'low' : 'critical';
    place.request(`${risk} ${id}`, risk, { id, requestor: person, extra: EXTRA });
  }
  const asset = vault.addAsset({ name: '__proto__', type: 'Linux Server', tags: ['constructor', '__proto__'] });
  place.request('an odd asset', 'medium', { entityId: asset.id, entityName: '__proto__' });
  place.request('an odd status', 'low', { status: '__proto__' });
  const page = { kind: 'html', status: 200 } as const;
  faults.add({ on: 'vault.discovery', ...page, body: `{${POLLUTION},"paths":{${POLLUTION}}}` });

  const { record, code, json } = await place.run();
  expect(code).toBe(0);
  expect(place.acts().sort()).toEqual(
    [
      'approve low __proto__',
      'reject critical constructor',
      'approve low toString',
      'reject critical hasOwnProperty',
    ].sort(),
  );
  expect(record.malformed).toEqual([]);
  expect(JSON.stringify(json)).not.toContain('polluted');
  expect((json.totals as { by_status: object }).by_status).toHaveProperty('Active');

  const again = await place.run();
  expect(again.code).toBe(0);
  expect(place.acts()).toHaveLength(4);
});

test('errors of the upstreams that are polluted are told as errors', async () => {
  await using place = await openPlace();
  place.request('a low one', 'low');
  const body = `{${POLLUTION},"error":{${POLLUTION},"message":"no"},"code":"MSG-1"}`;
  for (const on of ['vault.approve', 'model', 'token', 'mail', 'vault.asset'] as const) {
    place.sim.faults.add({ on, kind: 'status', status: 400, body, times: 2 });
  }
  const { code } = await place.run();
  expect(code).toBe(4);
});

test('files of the state folder that are polluted are read for what they say, or not at all', async () => {
  await using place = await openPlace({ model: { behaviour: byTag } });
  place.request('a low one', 'low');
  await place.run();
  const write = (name: string, text: string) => writeFileSync(join(place.state, name), text);
  mkdirSync(join(place.state, 'outbox'), { recursive: true });
  write('outbox/1.json', `{${POLLUTION}}`);
  write('.pending_request.json', `{${POLLUTION},"requests":[{${POLLUTION},"assetId":"__proto__"}]}`);
  write('run_counts.json', `[{${POLLUTION},"run":"__proto__","approve":1,"reject":0,"suspicious":0}]`);
  appendFileSync(join(place.state, 'reviews.jsonl'), `{${POLLUTION},"request":"__proto__","by":"constructor"}\n`);
  const { record } = await place.run();
  // The kept mail and the review are damaged and told; nothing else went wrong, and nothing was done again.
  expect(record.verdict).toMatch(/^done/);
  expect(place.acts()).toEqual(['approve a low one']);
  write('halt.json', `{${POLLUTION}}`);
  expect((await place.run()).record.halt).not.toBeNull();
  write('agent_state.json', `{${POLLUTION},"actioned_ids":["__proto__"],"actions":{${POLLUTION}}}`);
  expect((await place.run()).record.verdict).toBe('ledger-not-trusted');
  expect(place.acts()).toEqual(['approve a low one']);
});

describe('files that a person hands over', () => {
  test('a plan with keys of its own is no plan', async () => {
    const file = join(tempFolder(), 'plan.json');
    writeFileSync(file, `{${POLLUTION},"schema_version":1,"entries":[{${POLLUTION}}]}`);
    await expect(readPlan(file)).rejects.toThrow('holds no plan');
  });

  test.each(['classes', 'roles', 'approvals'])(
    'a policy with a key `__proto__` among its %s is told, not passed over',
    (part) => {
      const text = `version: 1\nclasses:\n  test: { about: x }\nmapping: []\n`;
      const odd =
        part === 'classes'
          ? text.replace('  test', '  __proto__: { about: y }\n  test')
          : `${text}${part}:\n  __proto__: []\n`;
      const read = readAccess('access.yml', odd, () => null);
      expect('findings' in read && read.findings.map(({ message }) => message)).toEqual([
        '`__proto__` cannot be a key',
      ]);
    },
  );

  test('nor in a file of cases, also as a merge or an alias', () => {
    const places = new YamlPlaces('cases.yml', 'a: &a { __proto__: { polluted: 1 } }\nb:\n  <<: *a\n');
    expect(places.read()).toEqual({
      findings: [{ place: { file: 'cases.yml', line: 1, column: 9 }, message: '`__proto__` cannot be a key' }],
    });
  });
});
