/** The world at the moment of the write: what was true when it was decided has to be true right before the call. */
import { describe, expect, test } from 'vitest';
import type { VaultAsset, VaultRequest } from '../../simulator/vault/records.ts';
import type { Vault } from '../../simulator/vault/vault.ts';
import type { RunRecord } from '../../src/domain/run_record.ts';
import { DAY, openPlace, type Place } from './place.ts';
import { apply, planned } from './planner.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const HOUR = 3_600_000;
const MINUTE = 60_000;
const granted = (daysAgo: number) => ({
  status: 'Approved',
  created: Date.now() - daysAgo * DAY - HOUR,
  approved: Date.now() - daysAgo * DAY,
  requestedTo: Date.now() + 30 * DAY,
});

const named = (vault: Vault, name: string): VaultAsset => {
  const found = vault.assets().find((asset) => asset.name === name || asset.path === name);
  if (found === undefined) throw new Error(`no asset ${name}`);
  return found;
};
/** On an asset of its own, in a container that the policies know. */
const on = (place: Place, name: string, container = '/Test'): Partial<VaultRequest> => {
  const { vault } = place.sim;
  const asset = vault.addAsset({
    name,
    type: 'Linux Server',
    parent: named(vault, container).id,
    path: null,
    tags: [],
  });
  return { entityId: asset.id, entityName: name };
};
const whyNot = ({ reviewed }: RunRecord, { id }: Pick<VaultRequest, 'id'>): string => {
  const outcome = reviewed.find(({ dossier }) => dossier.request.id === id)?.outcome;
  return outcome?.kind === 'skipped' ? outcome.why : (outcome?.kind ?? 'held');
};
/** Fires once, with the first look at the vault after the model has answered. */
const meanwhile = (place: Place, change: (vault: Vault) => void) => {
  let done = false;
  place.sim.vault.on('asset', () => {
    if (done || place.sim.model.calls.length === 0) return;
    done = true;
    change(place.sim.vault);
  });
};
const moves = (request: VaultRequest, container: string) => (vault: Vault) =>
  void vault.editAsset(request.entityId ?? '', { parent: named(vault, container).id });

const CHANGES: readonly (readonly [string, (request: VaultRequest) => (vault: Vault) => void, RegExp])[] = [
  ['moved into a production container', (one) => moves(one, '/Production/Servers'), /no approve: /],
  ['moved into a container of which no row knows', (one) => moves(one, '/'), /no approve: /],
  ['moved to where the policies allow it too', (one) => moves(one, '/Workstations'), /not as it was rated: .*\/Test/],
  [
    'tagged as production',
    ({ entityId }) =>
      (vault) =>
        void vault.editAsset(entityId ?? '', { tags: ['Environment :: Production'] }),
    /no approve: /,
  ],
  ['not to be read any more', () => (vault) => void vault.knobs.denied.push('asset'), /no approve: |could not be read/],
  [
    'in a container that was tagged',
    () => (vault) => void vault.editAsset(named(vault, '/Test').id, { tags: ['Duty :: Payment Approval'] }),
    /no approve: |not as it was rated/,
  ],
];

describe.concurrent('an asset that changes after it was rated', () => {
  test.each(CHANGES)('%s: nothing is approved', async (_what, change, says) => {
    await using place = await openPlace(tagged);
    const request = place.request('a low one', 'low', on(place, 'srv-1'));
    meanwhile(place, change(request));
    const { record } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(whyNot(record, request)).toMatch(says);
  });

  test.each(CHANGES)('%s while a person was asked: their yes is not enough', async (_what, change, says) => {
    await using place = await openPlace(tagged);
    const request = place.request('a low one', 'low', on(place, 'srv-1'));
    const asked: string[] = [];
    const { record } = await place.run({
      settings: { AUTONOMOUS_MODE: 'false' },
      ask: async (one) => {
        asked.push(one.request.id);
        change(request)(place.sim.vault);
        return 'yes';
      },
    });
    expect(asked).toEqual([request.id]);
    expect(place.acts()).toEqual([]);
    expect(whyNot(record, request)).toMatch(says);
  });

  test.each(CHANGES)('%s after a plan was made: it is not applied', async (_what, change) => {
    await using place = await openPlace(tagged);
    const request = place.request('a low one', 'low', on(place, 'srv-1'));
    const made = await planned(place);
    expect(made.entries).toHaveLength(1);
    change(request)(place.sim.vault);
    const { became } = await apply(place, made);
    expect(place.acts()).toEqual([]);
    expect(became(request.id)).not.toBe('done');
  });

  test('while the plan is being applied: it is not either', async () => {
    await using place = await openPlace(tagged);
    const request = place.request('a low one', 'low', on(place, 'srv-1'));
    const made = await planned(place);
    let reads = 0;
    // The first two are those of enrich: the asset and its container.
    place.sim.vault.on('asset', (_n, vault, id) => {
      if (id === request.entityId && ++reads === 2) moves(request, '/Production/Servers')(vault);
    });
    const { became } = await apply(place, made);
    expect(reads).toBe(2);
    expect(place.acts()).toEqual([]);
    expect(became(request.id)).toMatch(/no approve/);
  });

  test('a rejection that rests on what the asset was is not made, and a grant that became an emergency is not closed', async () => {
    await using place = await openPlace(tagged);
    const critical = place.request('a critical one', 'critical', on(place, 'srv-1'));
    const stale = place.request('a stale grant', 'low', { ...on(place, 'srv-2'), ...granted(8) });
    meanwhile(place, (vault) => {
      moves(critical, '/Workstations')(vault);
      vault.editAsset(stale.entityId ?? '', { tags: ['Access :: Break Glass'] });
    });
    const { record } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(whyNot(record, critical)).toMatch(/not as it was rated/);
    expect(whyNot(record, stale)).toMatch(/emergency access/);
  });

  test.each([
    ['once', 1, ['approve a low one']],
    ['every time', 99, []],
  ] as const)('that was read more than a minute ago, because the vault is slow %s', async (_how, slow, acts) => {
    await using place = await openPlace(tagged);
    const request = place.request('a low one', 'low', on(place, 'srv-1'));
    let [read, left] = [0, slow as number];
    place.sim.vault.on('asset', (_n, _vault, id) => {
      if (id === request.entityId) read = place.now();
    });
    place.sim.vault.on('list', () => {
      if (place.sim.model.calls.length > 0 && left-- > 0) place.later(70_000);
    });
    const ages: number[] = [];
    place.sim.vault.on('approve', () => void ages.push(place.now() - read));
    const { record } = await place.run();
    expect(place.acts()).toEqual(acts);
    expect(Math.max(0, ...ages)).toBeLessThanOrEqual(MINUTE);
    expect(whyNot(record, request)).toMatch(acts.length > 0 ? /^done$/ : /more than a minute before the call/);
  });

  test('is not looked at more often than needed: a container once in a minute', async () => {
    await using place = await openPlace(tagged);
    const { vault } = place.sim;
    for (const n of [1, 2, 3]) place.request(`low ${n}`, 'low', on(place, `srv-${n}`));
    const container = named(vault, '/Test').id;
    let reads = 0;
    vault.on('asset', (_n, _vault, id) => {
      if (id === container) reads++;
    });
    let approved = 0;
    vault.on('approve', () => {
      // The third one comes two minutes later.
      if (++approved === 2) place.later(2 * MINUTE);
    });
    await place.run();
    expect(place.acts()).toHaveLength(3);
    // Enrich, the first write, and the one two minutes later.
    expect(reads).toBe(3);
  });
});

describe.concurrent('a no that arrives during the run on another request', () => {
  test.each([1, 2, 5])('of the same person for the same thing holds this one (beside %d others)', async (others) => {
    await using place = await openPlace({ ...tagged, vault: { pageCap: 3 } });
    const there = on(place, 'srv-1');
    const request = place.request('a low one', 'low', there);
    const beside = Array.from({ length: others }, (_, n) =>
      place.request(`a medium one ${n}`, 'medium', { ...there, created: Date.now() - (n + 2) * HOUR }),
    );
    const elsewhere = place.request('another one', 'low', on(place, 'srv-2'));
    let done = false;
    place.sim.vault.on('asset', (_n, vault) => {
      if (done || place.sim.model.calls.length === 0) return;
      done = true;
      vault.rejectAs('mharper', beside.at(-1)?.id ?? '');
    });
    const { record } = await place.run();
    expect(place.acts()).toEqual(['approve another one']);
    expect(whyNot(record, request)).toMatch(/refused by `mharper`/);
    expect(whyNot(record, elsewhere)).toBe('done');
  });

  test('holds also what was in the list before: it may be filed and refused while a person is asked', async () => {
    await using place = await openPlace(tagged);
    const there = on(place, 'srv-1');
    const request = place.request('a low one', 'low', there);
    const elsewhere = place.request('another one', 'low', on(place, 'srv-2'));
    const { record } = await place.run({
      settings: { AUTONOMOUS_MODE: 'false' },
      ask: async (one) => {
        if (one.request.id === request.id) {
          place.later(10 * MINUTE);
          const row = { level: 1, user: 'mharper', decision: 'Rejected', message: 'no', created: place.now() } as const;
          const filed = { status: 'Rejected', created: place.now() - MINUTE, approvals: [row] };
          place.request('the same again', 'low', { ...there, ...filed });
        }
        return 'yes';
      },
    });
    expect(place.acts()).toEqual(['approve another one']);
    expect(whyNot(record, request)).toMatch(/refused by `mharper`/);
    expect(whyNot(record, elsewhere)).toBe('done');
  });

  test('is ours when we gave it, and then holds nothing', async () => {
    await using place = await openPlace(tagged);
    const there = on(place, 'srv-1');
    // The older one is acted on first.
    place.request('a critical one', 'critical', { ...there, created: Date.now() - 3 * HOUR });
    place.request('a low one', 'low', there);
    await place.run();
    expect(place.acts().sort()).toEqual(['approve a low one', 'reject a critical one']);
  });
});
