/** Whole runs over requests whose times are odd: none of them is approved, and each waits for the right person. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { VaultRequest } from '../../simulator/vault/records.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { entriesIn } from '../helpers/ledger.ts';
import { DAY, openPlace } from './place.ts';
import { byTag } from './tagged_model.ts';

const HOUR = 3_600_000;
const tagged = { model: { behaviour: byTag } };
/** One person for each: what one person asks for counts together. */
const by = (name: string) => ({ requestor: { id: `u-${name}`, name, displayName: name } });
/** One moment for all of them: adjoining windows adjoin to the millisecond, however slowly they are made. */
const START = Date.now();
const window = (from: number, to: number): Partial<VaultRequest> => ({
  requestedFrom: START + from * HOUR,
  requestedTo: START + to * HOUR,
});

type Ran = {
  readonly record: { readonly reviewed: readonly { dossier: { request: { id: string } }; decision: Decision }[] };
};
const decisionOn = ({ record }: Ran, { id }: VaultRequest): Decision => {
  const found = record.reviewed.find(({ dossier }) => dossier.request.id === id);
  if (found === undefined) throw new Error(`${id} was not reviewed`);
  return found.decision;
};

describe.concurrent('a run looks at the times of requests', () => {
  test('a window that is over, empty or far ahead is not approved, and the requestor is asked for another one', async () => {
    await using place = await openPlace(tagged);
    const fine = place.request('a plain one', 'low', { ...by('anna'), ...window(1, 5) });
    const odd = [
      place.request('one that is over', 'low', { ...by('ben'), created: Date.now() - 6 * HOUR, ...window(-5, -0.1) }),
      place.request('an empty one', 'low', { ...by('carla'), ...window(2, 2) }),
      place.request('one that ends before it begins', 'low', { ...by('dirk'), ...window(4, 2) }),
      place.request('one in 400 days', 'low', { ...by('eva'), ...window(400 * 24, 400 * 24 + 4) }),
    ];
    const endless = place.request('one without an end', 'low', { ...by('fred'), requestedTo: null });
    const past = place.request('one of yesterday', 'low', {
      ...{ ...by('gerd'), ...window(-20, -18), status: 'Completed', created: Date.now() - 21 * HOUR },
    });
    const ran = await place.run();
    expect(place.acts()).toEqual(['approve a plain one']);
    for (const one of [...odd, endless]) {
      expect(decisionOn(ran, one)).toMatchObject({ verdict: 'hold', next: { kind: 'request_info', to: 'requestor' } });
    }
    expect(decisionOn(ran, fine).expires).toBe(fine.requestedTo);
    expect(decisionOn(ran, past), 'nothing of it is long').toMatchObject({ floor: 'low', risk: 'low' });
    expect(ran.json).toMatchObject({
      requests: expect.arrayContaining([
        expect.objectContaining({
          id: fine.id,
          decision: expect.objectContaining({ expires_at: new Date(fine.requestedTo ?? 0).toISOString() }),
        }),
      ]),
    });
    const decided = entriesIn(place.state).filter(
      ({ kind, data }) => kind === 'request.decided' && data.request === fine.id,
    );
    expect(decided.map(({ data }) => data.expires)).toEqual([new Date(fine.requestedTo ?? 0).toISOString()]);
    expect(ran.report).toMatch(/\(it ends \d{4}-\d\d-\d\d \d\d:\d\d UTC\)/);
  });

  test('times that cannot be are gaps, which bar approving and closing and are shown to security', async () => {
    await using place = await openPlace(tagged);
    const ahead = place.request('one asked for in five years', 'low', {
      ...by('anna'),
      created: Date.now() + 5 * 365 * DAY,
      ...window(1, 5),
    });
    const granted = { status: 'Approved', created: Date.now() - 9 * DAY, approved: Date.now() - 12 * DAY };
    const before = place.request('one approved before it was asked for', 'low', { ...by('ben'), ...granted });
    const ran = await place.run();
    expect(place.acts()).toEqual([]);
    for (const one of [ahead, before]) {
      expect(decisionOn(ran, one)).toMatchObject({ needsPerson: true, next: { kind: 'escalate', to: 'security' } });
    }
    expect(ran.report).toContain('it was asked for at a time that has not come yet');
    expect(ran.report).toContain('it was approved before it was asked for');
  });

  test('nine adjoining windows are one long one, filed at once or one after the other', async () => {
    await using place = await openPlace(tagged);
    const once = Array.from({ length: 9 }, (_, day) =>
      place.request(`day ${day} of nine`, 'low', { ...by('anna'), ...window(day * 24 + 1, (day + 1) * 24 + 1) }),
    );
    // Each granted when the one before was about to end; the vault completes those that are over.
    for (const [nth, status] of ['Completed', 'Completed', 'Approved'].entries()) {
      const [from, to] = [nth * 24 - 71, nth * 24 - 47];
      const asked = Date.now() + (from - 1) * HOUR;
      place.request(`earlier day ${nth}`, 'low', {
        ...{ ...by('ben'), ...window(from, to), status, created: asked, approved: asked + HOUR / 2 },
        completed: status === 'Completed' ? Date.now() + to * HOUR : null,
      });
    }
    const next = place.request('the next day', 'low', { ...by('ben'), ...window(0.5, 24.5) });
    place.request('three days in all', 'low', { ...by('carla'), ...window(1, 73) });
    const ran = await place.run();
    expect(place.acts()).toEqual(['approve three days in all']);
    for (const one of once) expect(decisionOn(ran, one).next?.finding).toContain('24 hours are 216 in a row');
    expect(decisionOn(ran, next)).toMatchObject({ verdict: 'hold', basis: ['no-approval-window-too-long'] });
  });

  test('none of a burst is approved, not even the first of it', async () => {
    await using place = await openPlace(tagged);
    const burst = Array.from({ length: 25 }, (_, n) =>
      place.request(`number ${n}`, 'low', { ...by('anna'), created: Date.now() - HOUR + n * 60_000, ...window(1, 5) }),
    );
    const ran = await place.run();
    expect(place.acts()).toEqual([]);
    for (const one of burst) {
      expect(decisionOn(ran, one)).toMatchObject({ floor: 'medium', verdict: 'hold', next: { to: 'security' } });
    }
  });

  test('a grant is stale from the begin of its window, and not before', async () => {
    await using place = await openPlace(tagged);
    const granted = { status: 'Approved', created: Date.now() - 10 * DAY, approved: Date.now() - 9 * DAY };
    place.request('a grant for tomorrow', 'low', { ...by('anna'), ...granted, ...window(24, 28) });
    place.request('a grant that began lately', 'low', { ...by('ben'), ...granted, ...window(-48, 20) });
    place.request('a grant of nine days', 'low', { ...by('carla'), ...granted, ...window(-216, 200) });
    await place.run();
    expect(place.acts()).toEqual(['complete a grant of nine days']);
  });

  test('the same holds under a policy folder of 0.1', async () => {
    await using place = await openPlace(tagged, { POLICY_DIR: join(import.meta.dirname, '../data/v01/policy') });
    const granted = { status: 'Approved', created: Date.now() - 10 * DAY, approved: Date.now() - 9 * DAY };
    place.request('a grant for tomorrow', 'low', { ...by('anna'), ...granted, ...window(24, 28) });
    place.request('one that is over', 'low', { ...by('ben'), created: Date.now() - 6 * HOUR, ...window(-5, -0.1) });
    for (const day of [0, 1, 2, 3]) {
      place.request(`day ${day} of four`, 'low', { ...by('carla'), ...window(day * 24 + 1, (day + 1) * 24 + 1) });
    }
    place.request('a plain one', 'low', { ...by('dirk'), ...window(1, 5) });
    place.request('a grant of nine days', 'low', { ...by('eva'), ...granted, ...window(-216, 200) });
    await place.run();
    expect(place.acts().sort()).toEqual(['approve a plain one', 'complete a grant of nine days']);
  });

  test('a window that ends while the run goes on is not approved any more', async () => {
    await using place = await openPlace(tagged);
    place.request('one that ends soon', 'low', { ...by('anna'), ...window(-1, 1) });
    place.request('one that ends later', 'low', { ...by('ben'), ...window(-1, 9) });
    let asked = 0;
    place.sim.vault.on('asset', () => {
      if (++asked === 1) place.later(2 * HOUR);
    });
    await place.run();
    expect(place.acts()).toEqual(['approve one that ends later']);
  });
});
