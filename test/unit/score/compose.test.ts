import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dossier } from '../../../src/domain/dossier.ts';
import { composed } from '../../../src/score/compose.ts';
import type { TreatedText } from '../../../src/score/payload.ts';
import { aDossier, by, treated } from './dossiers.ts';
import { seeded } from './fake_model.ts';

/** `counts` requests each of so many people. */
const crowd = (counts: readonly number[]): Dossier[] =>
  counts.flatMap((count, person) =>
    Array.from({ length: count }, (_, index) => by(`p${person}`, aDossier({ id: `q-${person}-${index}` }))),
  );
const screenedAll = (dossiers: readonly Dossier[], suspicious: (index: number) => boolean = () => false) =>
  new Map<string, TreatedText>(
    dossiers.map(({ request }, index) => [request.id, treated('x', { suspicious: suspicious(index) })]),
  );
const ids = (calls: readonly (readonly Dossier[])[]) => calls.map((call) => call.map(({ request }) => request.id));

describe('who shares a question', () => {
  test('as many as fit when everybody asks once', () => {
    const dossiers = crowd(Array(60).fill(1));
    const calls = composed(dossiers, { screened: screenedAll(dossiers), size: 25, random: seeded(1) });
    expect(calls.map((call) => call.length)).toEqual([20, 20, 20]);
  });

  test('one person alone, as few questions as there can be: asking more often would cost and protect nothing', () => {
    const one = crowd([40]);
    const calls = composed(one, { screened: screenedAll(one), size: 25, random: seeded(1) });
    expect(calls.map((call) => call.length)).toEqual([20, 20]);
  });

  test('a busy person and others: the requests of the busy one are dealt over all questions', () => {
    const dossiers = crowd([9, ...Array(66).fill(1)]);
    const calls = composed(dossiers, { screened: screenedAll(dossiers), size: 25, random: seeded(1) });
    expect(calls.map((call) => call.length)).toEqual([25, 25, 25]);
    const busy = calls.map((call) => call.filter(({ request }) => request.requestor.id === 'u-p0').length);
    expect(busy).toEqual([3, 3, 3]);
  });

  test('nobody with himself while there are as many questions as he has requests', () => {
    const many = crowd(Array(25).fill(20));
    const calls = composed(many, { screened: screenedAll(many), size: 25, random: seeded(1) });
    expect(calls.map((call) => call.length)).toEqual(Array(20).fill(25));
    for (const call of calls) expect(new Set(call.map(({ request }) => request.requestor.id)).size).toBe(25);
  });

  test('nobody with a suspicious text, nor with one that was not screened', () => {
    const dossiers = crowd([1, 1, 1, 1, 1]);
    const screened = screenedAll(dossiers, (index) => index === 1);
    screened.delete('q-3-0');
    const calls = ids(composed(dossiers, { screened, size: 25, random: seeded(1) }));
    expect(calls).toContainEqual(['q-1-0']);
    expect(calls).toContainEqual(['q-3-0']);
    expect(calls.map((call) => call.length).sort()).toEqual([1, 1, 3]);
  });

  test('those without a name are dealt like the requests of one person, because they may be', () => {
    const nameless = crowd([1, 1, 1]).map((dossier) => ({
      ...dossier,
      request: { ...dossier.request, requestor: { id: null, name: null, displayName: null } },
    }));
    const others = crowd(Array(5).fill(1)).map((dossier, n) => ({
      ...dossier,
      request: { ...dossier.request, id: `other-${n}` },
    }));
    const dossiers = [...nameless, ...others];
    const calls = composed(dossiers, { screened: screenedAll(dossiers), size: 3, random: seeded(1) });
    expect(calls).toHaveLength(3);
    for (const call of calls) {
      expect(call.filter(({ request }) => request.requestor.id === null)).toHaveLength(1);
    }
  });

  test('is drawn anew for each run, and again the same from the same source', () => {
    const dossiers = crowd(Array(12).fill(1));
    const drawn = (seed: number) =>
      ids(composed(dossiers, { screened: screenedAll(dossiers), size: 4, random: seeded(seed) }));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  test('everybody once, whatever the crowd', () => {
    const crowds = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 });
    fc.assert(
      fc.property(crowds, fc.integer({ min: 1, max: 9 }), fc.integer(), fc.nat(4), (counts, size, seed, every) => {
        const dossiers = crowd(counts);
        const screened = screenedAll(dossiers, (index) => index % 5 < every);
        const calls = composed(dossiers, { screened, size, random: seeded(seed) });
        expect(ids(calls).flat().sort()).toEqual(dossiers.map(({ request }) => request.id).sort());
        for (const call of calls) {
          expect(call.length).toBeLessThanOrEqual(size);
          if (call.some(({ request }) => screened.get(request.id)?.suspicious)) expect(call).toHaveLength(1);
        }
        const shared = dossiers.filter(({ request }) => !screened.get(request.id)?.suspicious);
        const alone = dossiers.length - shared.length;
        const questions = Math.ceil(shared.length / size);
        expect(calls).toHaveLength(alone + questions);
        const of = (list: readonly Dossier[], person: number) =>
          list.filter(({ request }) => request.requestor.id === `u-p${person}` && !screened.get(request.id)?.suspicious)
            .length;
        counts.forEach((_, person) => {
          // As evenly as it goes: nobody meets himself without need.
          const most = Math.ceil(of(shared, person) / Math.max(1, questions));
          for (const call of calls) expect(of(call, person)).toBeLessThanOrEqual(most);
        });
      }),
    );
  });
});
