import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccessRequest, requestorKey } from '../../../src/domain/access_request.ts';
import { ContiguousWindows } from '../../../src/enrich/contiguous.ts';
import { People } from '../../../src/enrich/people.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';
import { NOON, request } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';

const at = (hours: number | null) => (hours === null ? null : NOON + hours * HOUR_MS);
let asked = 0;
const wants = (from: number | null, to: number | null, part: Partial<AccessRequest> = {}) =>
  request({
    ...{ id: `r-${asked++}`, created: NOON - 40 * HOUR_MS, requestedFrom: at(from), requestedTo: at(to) },
    ...part,
  });
const granted = { status: 'Approved', approved: NOON - 30 * HOUR_MS } as const;
const ended = { status: 'Completed', approved: NOON - 30 * HOUR_MS } as const;

function windowsOf(requests: readonly AccessRequest[]): ContiguousWindows {
  const people = new People();
  for (const one of requests) people.add(one);
  const windows = new ContiguousWindows(people, NOON);
  for (const one of requests) windows.expect(one);
  for (const one of requests) windows.add(one);
  return windows;
}
/** What the first of them counts as. */
const hours = (...requests: AccessRequest[]): number | null => windowsOf(requests).hoursOf(requests[0] ?? request());

describe('Windows of one person on one asset', () => {
  test('that adjoin are one, and each of them sees all of them', () => {
    const days = Array.from({ length: 9 }, (_, day) => wants(day * 24, (day + 1) * 24));
    const windows = windowsOf(days);
    expect(days.map((one) => windows.hoursOf(one))).toEqual(days.map(() => 216));
  });

  test.each([
    ['overlap', 10, 30, 30],
    ['adjoin', 24, 48, 48],
    ['are less than an hour apart', 24.9, 48, 48],
    ['are an hour apart', 25, 48, 24],
    ['lie within each other', 3, 5, 24],
    ['are the same', 0, 24, 24],
    ['lie before each other', -20, -0.5, 44],
  ])('that %s', (_what, from, to, together) => {
    expect(hours(wants(0, 24), wants(from, to, granted))).toBe(together);
  });

  test.each<[string, Partial<AccessRequest>, number]>([
    ['is asked for', {}, 48],
    ['is granted', granted, 48],
    ['was refused', { status: 'Rejected' }, 24],
    ['was granted and has ended', ended, 48],
    ['was withdrawn', { status: 'Completed' }, 24],
    ['was withdrawn when one of two had agreed', { ...ended, levels: 2, approvals: [signature(1)] }, 24],
    ['was granted by two', { ...ended, levels: 2, approvals: [signature(1), signature(2)] }, 48],
    ['has a status that nobody knows', { status: 'Open' }, 48],
    ['is for another operation', { ...granted, operation: 'AssetEdit' }, 48],
    ['is on another asset', { ...granted, asset: { id: 'asset-8', name: 'srv-web-04' } }, 24],
    ['is of another person', { ...granted, requestor: { id: 'u-2', name: 'ben', displayName: null } }, 24],
    ['is of the same person, spelt otherwise', { requestor: { id: null, name: 'anna.berg@x', displayName: null } }, 48],
  ])('count together when the one before %s', (_what, part, together) => {
    expect(hours(wants(0, 24), wants(-24, 0, { created: NOON - 60 * HOUR_MS, ...waiting(part), ...part }))).toBe(
      together,
    );
  });

  test('count to the end that access really had', () => {
    expect(hours(wants(0, 24), wants(-24, 200, { ...ended, completed: at(-10) }))).toBe(24);
    expect(hours(wants(0, 24), wants(-24, 200, { ...ended, completed: at(-0.5) }))).toBe(48);
    expect(hours(wants(0, 24), wants(-24, null, { ...ended, completed: at(-0.5) }))).toBe(48);
    expect(hours(wants(0, 24), wants(-24, null, ended))).toBe(24);
  });

  test('have no length when one that they touch has no end', () => {
    expect(hours(wants(0, 24), wants(-24, null, granted))).toBeNull();
    expect(hours(wants(0, null))).toBeNull();
    expect(hours(wants(0, 24), wants(30, null, granted))).toBe(24);
  });

  test('one that was never granted and is over counts for nothing, and itself as long as it is', () => {
    expect(hours(wants(0, 24), wants(-24, 0))).toBe(24);
    expect(hours(wants(-24, -2))).toBe(22);
  });

  test('of somebody whom the vault does not name are each one alone', () => {
    const nobody = { requestor: { id: null, name: null, displayName: null } };
    expect(hours(wants(0, 24, nobody), wants(24, 48, nobody))).toBe(24);
  });

  test('without an asset count by their operation', () => {
    const space = { asset: null, operation: 'SpaceJoin' };
    expect(hours(wants(0, 24, space), wants(24, 48, space), wants(48, 72, { ...space, operation: 'Other' }))).toBe(48);
  });

  test('are found quickly among those of a service account with a hundred thousand on one asset', () => {
    const many = Array.from({ length: 100_000 }, (_, n) => wants(n, n + 0.5));
    const began = performance.now();
    const windows = windowsOf(many);
    const found = many.map((one) => windows.hoursOf(one));
    expect(performance.now() - began).toBeLessThan(5000);
    expect(new Set(found)).toEqual(new Set([99_999.5]));
  });
});

test('Whatever the windows, the hours are those of joining them one by one until nothing changes', () => {
  const time = fc.integer({ min: 1, max: 40 });
  const one = fc.record({
    who: fc.constantFrom('anna', 'ben'),
    what: fc.constantFrom('x', 'y'),
    from: time,
    length: fc.constantFrom(0.5, 1, 2, 5),
    status: fc.constantFrom('Active', 'Approved', 'Completed'),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 10 }), (drawn) => {
      const list = drawn.map(({ who, what, from, length, status }) =>
        wants(from / 2, from / 2 + length, {
          status,
          approved: status === 'Active' ? null : NOON - HOUR_MS,
          asset: { id: what, name: null },
          requestor: { id: who, name: who, displayName: null },
        }),
      );
      const windows = windowsOf(list);
      for (const about of list.filter(({ status }) => status === 'Active')) {
        const same = list.filter((r) => requestorKey(r) === requestorKey(about) && r.asset?.id === about.asset?.id);
        let [from, to] = [about.requestedFrom ?? 0, about.requestedTo ?? 0];
        for (const _ of same) {
          for (const { requestedFrom, requestedTo } of same) {
            if ((requestedFrom ?? 0) - to >= HOUR_MS || from - (requestedTo ?? 0) >= HOUR_MS) continue;
            from = Math.min(from, requestedFrom ?? 0);
            to = Math.max(to, requestedTo ?? 0);
          }
        }
        expect(windows.hoursOf(about)).toBe((to - from) / HOUR_MS);
      }
    }),
    { numRuns: examples(300) },
  );
});

function signature(level: number) {
  return { level, user: `boss-${level}`, decision: 'Approved', message: null, created: NOON - 30 * HOUR_MS };
}
/** One that waits must not be over, or it would count for nothing. */
function waiting({ status }: Partial<AccessRequest>): Partial<AccessRequest> {
  return status === undefined || status === 'Open' ? { requestedTo: at(0.5) } : {};
}
