/** Writes in groups: what one look at the list serves, and what it must not. Over real sockets. */
import { describe, expect, test } from 'vitest';
import type { VaultRequest } from '../../simulator/vault/records.ts';
import type { RunRecord } from '../../src/domain/run_record.ts';
import { openPlace, type Place } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const HOUR = 3_600_000;
const FOUR = { ACTION_CONCURRENCY: '4', CAP_APPROVALS_PER_ASSET_PER_DAY: '1000' };

const whose = (n: number) => ({ id: `u-${n}`, name: `person${n}`, displayName: `Person ${n}` });
/** Low ones, each of somebody else, as far from each other in time as can be; acted on newest first. */
const lows = (place: Place, count: number): VaultRequest[] =>
  Array.from({ length: count }, (_, n) =>
    place.request(`low ${n}`, 'low', { requestor: whose(n), created: place.now() - (n + 1) * HOUR }),
  );
const became = ({ reviewed }: RunRecord, { id }: VaultRequest): string => {
  const outcome = reviewed.find(({ dossier }) => dossier.request.id === id)?.outcome;
  return outcome?.kind === 'skipped' ? outcome.why : (outcome?.kind ?? 'held');
};
const calls = (place: Place, part: string) => place.sim.journal.calls.filter(({ url }) => url.includes(part));
const lists = (place: Place) => calls(place, '/auditor-requests').length;

describe.concurrent('Writes in groups', () => {
  test('need at most half as many looks at the list as there are writes, plus one for each page', async () => {
    await using place = await openPlace({ ...tagged, vault: { pageCap: 20 } }, FOUR);
    const low = lows(place, 40);
    const { record } = await place.run();
    expect(low.map((one) => became(record, one))).toEqual(low.map(() => 'done'));
    const writes = place.acts().length;
    const pages = Math.ceil(place.sim.vault.all().length / 20);
    expect(lists(place)).toBeLessThanOrEqual(writes / 2 + pages);
  });

  test('have their look before and their look after, one by one too', async () => {
    await using place = await openPlace(tagged, { ...FOUR, ACTION_CONCURRENCY: '1' });
    const low = lows(place, 5);
    let listed = 0;
    const at: string[] = [];
    place.sim.vault.on('list', () => {
      if (place.sim.model.calls.length > 0) at.push(`look ${++listed}`);
    });
    place.sim.vault.on('approve', (_n, _vault, id) => void at.push(`approve ${low.findIndex((one) => one.id === id)}`));
    await place.run();
    // The look behind one write is the one before the next.
    expect(at).toEqual(['look 1', ...low.flatMap((_, n) => [`approve ${n}`, `look ${n + 2}`])]);
  });

  test('see what a person did to a request of a later group between the look before this one and its own', async () => {
    await using place = await openPlace(tagged, FOUR);
    const low = lows(place, 12);
    const [refused, withdrawn, edited] = [low[5], low[6], low[9]] as [VaultRequest, VaultRequest, VaultRequest];
    place.sim.vault.on('approve', (n, vault) => {
      if (n !== 1) return;
      vault.rejectAs('mharper', refused.id);
      vault.withdraw(withdrawn.id);
      vault.edit(edited.id, { message: '[low] Something else, change CHG0041235' });
    });
    const { record } = await place.run();
    expect(became(record, refused)).toMatch(/from Active to Rejected/);
    expect(became(record, withdrawn)).toMatch(/from Active to Completed/);
    expect(became(record, edited)).toMatch(/changed meanwhile/);
    const left = low.filter((one) => ![refused, withdrawn, edited].includes(one));
    expect(place.acts().sort()).toEqual(left.map((one) => `approve low ${low.indexOf(one)}`).sort());
  });

  test('never hold two requests of one person: the second is decided on a look behind the first', async () => {
    await using place = await openPlace(tagged, FOUR);
    const requestor = whose(0);
    const theirs = [1, 30, 60].map((hours) =>
      place.request(`${hours} hours old`, 'low', {
        requestor: hours === 30 ? { ...requestor, id: '', name: 'PERSON0' } : requestor,
        ...{ created: place.now() - hours * HOUR, requestedTo: place.now() + 2 * HOUR },
      }),
    );
    const seen: string[] = [];
    place.sim.vault.on('list', () => void seen.push('look'));
    place.sim.vault.on('approve', () => void seen.push('approve'));
    const { record } = await place.run();
    const done = theirs.filter((one) => became(record, one) === 'done').length;
    expect(done).toBeGreaterThan(1);
    expect(seen.join(' ')).not.toContain('approve approve');
    expect(seen.at(-1)).toBe('look');
  });

  test('read an asset once for all of its requests', async () => {
    await using place = await openPlace(tagged, FOUR);
    const low = lows(place, 12);
    let reads = 0;
    place.sim.vault.on('asset', (_n, _vault, id) => {
      if (id === low[0]?.entityId) reads++;
    });
    const { record } = await place.run();
    expect(low.map((one) => became(record, one))).toEqual(low.map(() => 'done'));
    // Enrich, and the first write.
    expect(reads).toBe(2);
  });

  test('wait for no call that hangs: the others go on, and it is looked up by itself', async () => {
    await using place = await openPlace(tagged, { ...FOUR, VAULT_TIMEOUT_SECONDS: '3' });
    const low = lows(place, 9);
    place.sim.faults.add({ on: 'vault.approve', kind: 'hang-after', url: low[1]?.id ?? '' });
    const { record } = await place.run();
    expect(low.map((one) => became(record, one))).toEqual(low.map(() => 'done'));
    const order = place.acts();
    expect(order).toHaveLength(9);
    expect(record.reviewed.find(({ dossier }) => dossier.request.id === low[1]?.id)?.outcome).toMatchObject({
      kind: 'done',
      note: expect.stringContaining('found by looking again'),
    });
  });
});
