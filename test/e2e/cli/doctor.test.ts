/** `portcullis doctor` as a user starts it; what each check finds is told in test/unit/doctor. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDiscovered } from '../../../src/store/discovered.ts';
import { openPlace, type Place, ROOT } from '../place.ts';

let place: Place;
const FOLDERS = { PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: join(ROOT, 'policy'), HEALTH_PORT: '0' };
beforeAll(async () => {
  place = await openPlace({}, FOLDERS);
});
afterAll(() => place[Symbol.asyncDispose]());

test('a table, a verdict and 0; nothing is written, in the vault or on the disk', async () => {
  place.sim.journal.clear();
  const { code, stdout, stderr } = await place.start(['doctor']).ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^✓ ok {3}settings +all of them can be used$/m);
  expect(stdout).toMatch(/^! warn model question +not looked at: .*\n +→ `portcullis doctor --ask`/m);
  expect(stdout).toMatch(/\n\n! nothing fails, 2 warnings, \d+ ok\n$/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(place.sim.journal.entries).toEqual([]);
  expect([existsSync(place.state), existsSync(place.reports), readdirSync(place.home)]).toEqual([false, false, []]);
});

test('with --ask the keys of the vault are tried and given back', async () => {
  const { code, stdout } = await place.start(['doctor', '--ask']).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ ok {3}model question +`sim-reviewer-1` answers in the form that is wanted/m);
  expect(stdout).toMatch(/\n\n✓ nothing fails, \d+ ok\n$/);
  expect(place.openCredentials()).toEqual([]);
  expect(place.acts()).toEqual([]);
});

test('what a run found of the vault is what doctor compares with', async () => {
  await using other = await openPlace({}, FOLDERS);
  await other.run();
  expect(Object.keys((await readDiscovered(other.state))?.operations ?? {})).toContain('submit-request');
  const { stdout } = await other.start(['doctor']).ended;
  expect(stdout).toMatch(/^✓ ok {3}vault discovery +described at/m);
});

test('4 when a check fails, with the other rows; --json is the same for programs', async () => {
  const { code, stdout } = await place.start(['doctor', '--json'], { VAULT_CA_FILE: '', BREAKER_FACTOR: 'no' }).ended;
  expect(code).toBe(4);
  const seen = JSON.parse(stdout) as { rows: { name: string; state: string }[] };
  expect(seen).toMatchObject({ schema_version: 1, state: 'fail', version: expect.any(String), at: expect.any(String) });
  expect(seen.rows.filter(({ state }) => state === 'fail').map(({ name }) => name)).toEqual([
    'settings',
    'vault connection',
  ]);
  for (const row of seen.rows) {
    expect(Object.keys(row)).toEqual(['name', 'state', 'says', 'todo']);
    expect(row.state).toMatch(/^(?:ok|warn|fail)$/);
  }
});

test('a stop while somebody would have to grant a key ends it, and the next pass goes on with the same requests', async () => {
  place.sim.journal.clear();
  place.sim.vault.knobs.credentialApproval = 'never';
  const { child, ended } = place.start(['doctor', '--ask']);
  await expect.poll(() => place.sim.journal.of('submit').length, { timeout: 60_000 }).toBe(2);
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(place.openCredentials()).toHaveLength(2);
  place.sim.vault.knobs.credentialApproval = { polls: 1 };
  place.sim.journal.clear();
  expect((await place.start(['doctor', '--ask']).ended).code).toBe(0);
  expect(place.sim.journal.of('submit')).toEqual([]);
  expect(place.openCredentials()).toEqual([]);
});
