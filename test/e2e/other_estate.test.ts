/** The commands of the first hour, on the vault of a company that the shipped policy was not written for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlace, type Place, ROOT, until } from './place.ts';

let place: Place;
beforeAll(async () => {
  const folders = { PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: join(ROOT, 'policy'), HEALTH_PORT: '0' };
  place = await openPlace({ estate: 'other', data: 'realistic', requests: 120, malformed: 0 }, folders);
});
afterAll(() => place[Symbol.asyncDispose]());

test('doctor finds nothing that fails', async () => {
  const { code, stdout } = await place.start(['doctor']).ended;
  expect([code, stdout]).toEqual([0, expect.stringMatching(/nothing fails/)]);
});

test('a run with everything on approves nothing that the policy does not know, and a backtest replays it', async () => {
  const { record } = await place.run({ settings: { REQUEST_LOOKBACK_DAYS: '90' } });
  expect(record.reviewed.length).toBeGreaterThanOrEqual(120);
  expect(place.acts().filter((act) => !act.startsWith('complete'))).toEqual([]);
  const { code, stdout } = await place.start(['backtest', '--range', '90d']).ended;
  expect([code, stdout]).toEqual([0, expect.stringContaining('would approve')]);
});

test('simulate --people writes identities that a policy folder can name', async () => {
  const file = join(place.home, 'identities.csv');
  const { child, ended, stdout } = place.start(['simulate', '--estate', 'other', '--requests', '3', '--people', file]);
  await until(() => stdout().includes('GRAPH_BASE_URL'), 'the settings');
  child.kill('SIGINT');
  await ended;
  expect(readFileSync(file, 'utf8').split('\n').slice(0, 2)).toEqual([
    'user,roles,department,manager',
    'l.brunner,developer,Softwareentwicklung,t.aebi',
  ]);
});
