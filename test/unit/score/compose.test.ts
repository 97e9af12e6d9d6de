import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dossier } from '../../../src/domain/dossier.ts';
import { composed, type Group, waits } from '../../../src/score/compose.ts';
import type { TreatedText } from '../../../src/score/payload.ts';
import { aDossier, by, treated } from './dossiers.ts';
import { seeded } from './fake_model.ts';

/** `counts` requests each of so many people. */
const crowd = (counts: readonly number[], status = 'Active'): Dossier[] =>
  counts.flatMap((count, person) =>
    Array.from({ length: count }, (_, index) =>
      by(`p${person}`, aDossier({ id: `${status}-${person}-${index}`, status })),
    ),
  );
const nobodyIsSuspicious = () => false;
const screenedAll = (dossiers: readonly Dossier[], suspicious: (index: number) => boolean = nobodyIsSuspicious) =>
  new Map<string, TreatedText>(
    dossiers.map(({ request }, index) => [request.id, treated('x', { suspicious: suspicious(index) })]),
  );
const ids = (groups: readonly Group[]) => groups.map(({ dossiers }) => dossiers.map(({ request }) => request.id));
const sizes = (groups: readonly Group[]) => groups.map(({ dossiers }) => dossiers.length);
const peopleOf = ({ dossiers }: Group) => new Set(dossiers.map(({ request }) => request.requestor.id));
const compose = (dossiers: readonly Dossier[], more: Partial<Parameters<typeof composed>[1]> = {}) =>
  composed(dossiers, { screened: screenedAll(dossiers), size: 25, random: seeded(1), ...more });

describe('whose words stand in a question', () => {
  test('about open requests, those of one account only; about settled ones, those of anybody', () => {
    const groups = compose([...crowd([3, 1, 2]), ...crowd([10, 20, 30], 'Completed')]);
    expect(groups.map(({ kind, dossiers }) => [kind, dossiers.length]).sort()).toEqual([
      ['personal', 1],
      ['personal', 2],
      ['personal', 3],
      ['shared', 20],
      ['shared', 20],
      ['shared', 20],
    ]);
    for (const group of groups.filter(({ kind }) => kind === 'personal')) expect(peopleOf(group).size).toBe(1);
  });

  test('the personal ones come first, and suspicious texts last', () => {
    const dossiers = [...crowd([1, 1], 'Completed'), ...crowd([2, 2])];
    const groups = compose(dossiers, { screened: screenedAll(dossiers, (index) => index % 3 === 0) });
    expect(groups.map(({ kind }) => kind).slice(0, -2)).toEqual(['personal', 'personal', 'shared']);
    expect(sizes(groups.slice(-2))).toEqual([1, 1]);
  });

  test('suspicious texts of what is over share a question among themselves; of what is granted, each is alone', () => {
    const dossiers = [...crowd([2, 1], 'Completed'), ...crowd([1, 1], 'Approved'), ...crowd([3], 'Rejected')];
    const groups = compose(dossiers, { screened: screenedAll(dossiers, (index) => index !== 0) });
    expect(sizes(groups)).toEqual([1, 1, 1, 5]);
    expect(ids(groups)[0]).toEqual(['Completed-0-0']);
  });

  test('many of one account are asked about in as few questions as there can be', () => {
    expect(sizes(compose(crowd([40])))).toEqual([20, 20]);
    expect(sizes(compose(crowd([9, ...Array(66).fill(1)], 'Rejected')))).toEqual([25, 25, 25]);
    expect(sizes(compose(crowd([9, ...Array(66).fill(1)], 'Rejected'), { sharedSize: 40 }))).toEqual([38, 37]);
  });

  test.each([
    ['no account', { id: null, name: null, displayName: null }],
    ['a display name alone, which anybody can have', { id: null, name: null, displayName: 'Anna Berg' }],
    ['blanks', { id: ' ', name: '', displayName: 'Anna Berg' }],
  ])('an open request with %s is alone', (_what, requestor) => {
    const nameless = crowd([1, 1, 1]).map((dossier) => ({ ...dossier, request: { ...dossier.request, requestor } }));
    expect(sizes(compose(nameless))).toEqual([1, 1, 1]);
  });

  test('accounts of one name but two ids are two, and so are two names without ids', () => {
    const named = (id: string | null, name: string) => (dossier: Dossier) => ({
      ...dossier,
      request: { ...dossier.request, requestor: { id, name, displayName: null } },
    });
    const [a, b, c, d] = crowd([1, 1, 1, 1]) as [Dossier, Dossier, Dossier, Dossier];
    expect(sizes(compose([named('1', 'anna')(a), named('2', 'anna')(b)]))).toEqual([1, 1]);
    expect(sizes(compose([named(null, 'anna')(c), named(null, 'bert')(d)]))).toEqual([1, 1]);
    expect(sizes(compose([named(null, 'anna')(c), named(null, 'anna')(d)]))).toEqual([2]);
  });

  test('nobody with a suspicious text, nor with one that was not screened', () => {
    const dossiers = crowd([5]);
    const screened = screenedAll(dossiers, (index) => index === 1);
    screened.delete('Active-0-3');
    const groups = ids(compose(dossiers, { screened }));
    expect(groups).toContainEqual(['Active-0-1']);
    expect(groups).toContainEqual(['Active-0-3']);
    expect(groups.map((group) => group.length).sort()).toEqual([1, 1, 3]);
  });

  test('is drawn anew for each run, and again the same from the same source', () => {
    const dossiers = crowd(Array(12).fill(1), 'Completed');
    const drawn = (seed: number) => ids(compose(dossiers, { size: 4, random: seeded(seed) }));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  test('everybody once, whatever the crowd, and no open request with one of another account', () => {
    const crowds = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        crowds,
        crowds,
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        fc.nat(4),
        (open, ended, size, seed, n) => {
          const dossiers = [...crowd(open), ...crowd(ended, 'Completed')];
          const screened = screenedAll(dossiers, (index) => index % 5 < n);
          const isSuspicious = ({ request }: Dossier) => screened.get(request.id)?.suspicious === true;
          const groups = compose(dossiers, { screened, size, random: seeded(seed) });
          expect(ids(groups).flat().sort()).toEqual(dossiers.map(({ request }) => request.id).sort());
          for (const group of groups) {
            expect(group.dossiers.length).toBeLessThanOrEqual(size);
            expect(group.dossiers.every((dossier) => waits(dossier) === (group.kind === 'personal'))).toBe(true);
            if (group.kind === 'personal') expect(peopleOf(group).size).toBe(1);
            if (group.dossiers.some(isSuspicious)) expect(group.dossiers.every(isSuspicious)).toBe(true);
            if (group.kind === 'personal' && group.dossiers.some(isSuspicious)) expect(group.dossiers).toHaveLength(1);
          }
          const rest = dossiers.filter((dossier) => !isSuspicious(dossier));
          const questions = (some: readonly Dossier[]) => Math.ceil(some.length / size);
          const perPerson = open.map((_, p) => rest.filter((d) => waits(d) && d.request.requestor.id === `u-p${p}`));
          const fewest =
            questions(rest.filter((d) => !waits(d))) + perPerson.reduce((sum, some) => sum + questions(some), 0);
          const odd = dossiers.filter(isSuspicious);
          const alone = odd.filter(waits).length;
          expect(groups).toHaveLength(alone + questions(odd.filter((d) => !waits(d))) + fewest);
        },
      ),
    );
  });
});
