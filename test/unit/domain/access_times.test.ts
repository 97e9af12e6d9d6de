import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import {
  CLOCK_SKEW_MS,
  expiryOf,
  hoursUntil,
  requestedHours,
  timeGaps,
  usableHours,
  windowFault,
} from '../../../src/domain/access_times.ts';
import { hoursGranted } from '../../../src/phrases/hours_granted.ts';
import { DAY_MS, HOUR_MS } from '../../../src/util/durations.ts';
import { dossierOf, granted, NOON, request } from '../../helpers/requests.ts';

const at = (hours: number | null) => (hours === null ? null : NOON + hours * HOUR_MS);
const window = (from: number | null, to: number | null) => ({ requestedFrom: at(from), requestedTo: at(to) });

describe('A window', () => {
  test.each([
    ['lies ahead', 1, 5, null],
    ['has begun', -1, 1, null],
    ['is over', -5, -1, 'over'],
    ['ends at this moment', -5, 0, 'over'],
    ['is over, and nobody knows when it began', null, -1, 'over'],
    ['is empty', 1, 1, 'empty'],
    ['ends before it begins', 5, 1, 'empty'],
    ['is empty and past', -1, -1, 'empty'],
    ['has no end', 1, null, null],
    ['has no begin', null, 5, null],
    ['has neither', null, null, null],
    ['begins in 30 days', 720, 724, null],
    ['begins in more than 30 days', 721, 724, 'too-far-ahead'],
    ['begins in 400 days', 9600, 9604, 'too-far-ahead'],
    ['begins in 400 days and has no end', 9600, null, 'too-far-ahead'],
  ] as const)('that %s: %s to %s is %s', (_what, from, to, fault) => {
    expect(windowFault(window(from, to), NOON, 30)).toBe(fault);
  });

  test('begins in whole hours, rounded up', () => {
    expect([1, 0.2, 0, -3, null].map((hours) => hoursUntil(at(hours), NOON))).toEqual([1, 1, 0, 0, null]);
  });

  test('is as long as it is, and a minute more is more', () => {
    expect(requestedHours(window(0, 4))).toBe(4);
    expect(requestedHours({ requestedFrom: NOON, requestedTo: NOON + 4 * HOUR_MS + 60_000 })).toBe(4.1);
    expect([window(1, 1), window(2, 1), window(null, 1), window(1, null)].map(requestedHours)).toEqual([
      0,
      null,
      null,
      null,
    ]);
  });

  test('that can be granted holds a moment from now on, however it is drawn', () => {
    const time = fc.option(fc.integer({ min: -1000, max: 1000 }));
    fc.assert(
      fc.property(time, time, fc.integer({ min: 1, max: 30 }), (from, to, days) => {
        const free = windowFault(window(from, to), NOON, days) === null;
        const begin = Math.max(0, from ?? 0);
        const possible = (to ?? Number.POSITIVE_INFINITY) > begin && (from ?? 0) <= days * 24;
        expect(free).toBe(possible);
      }),
    );
  });
});

describe('A grant ends', () => {
  test.each([
    ['with its window', 0, 4, 8, 4],
    ['as late as its class allows', 0, 40, 8, 8],
    ['as late as its class allows from the begin of its window', 10, 40, 8, 18],
    ['as late as its class allows, without a window', null, null, 8, 8],
    ['with its window, without a limit', 0, 40, null, 40],
    ['at no time that is known', 0, null, null, null],
    ['at no time that can be written down', 0, 1e11, null, null],
  ])('%s', (_what, from, to, limit, end) => {
    expect(expiryOf(window(from, to), NOON, limit)).toBe(at(end));
  });
});

describe('Times that cannot be', () => {
  const gaps = (part: Partial<AccessRequest>) => timeGaps(request({ created: NOON - HOUR_MS, ...part }), NOON);
  const whats = (part: Partial<AccessRequest>) => gaps(part).map(({ what }) => what);
  const signed = (created: number) => ({
    approvals: [{ level: 1, user: 'boss', decision: 'Approved', message: null, created }],
  });

  test.each<[string, Partial<AccessRequest>, string[]]>([
    ['an ordinary request', {}, []],
    ['asked for in five years', { created: NOON + 5 * 365 * DAY_MS }, ['times', 'window']],
    ['asked for by a clock that is a little ahead', { created: NOON + CLOCK_SKEW_MS }, []],
    ['asked for beyond what clocks differ', { created: NOON + CLOCK_SKEW_MS + 1, requestedTo: null }, ['times']],
    ['asked for at no moment', { created: Number.NaN }, ['times']],
    ['approved in the future', { approved: NOON + DAY_MS }, ['times']],
    ['approved before it was asked for', { approved: NOON - DAY_MS }, ['times']],
    ['approved at once', { approved: NOON - HOUR_MS }, []],
    ['approved at once by another clock', { approved: NOON - HOUR_MS - CLOCK_SKEW_MS }, []],
    ['signed in the future', signed(NOON + DAY_MS), ['times']],
    ['signed before it was asked for', signed(NOON - DAY_MS), ['times']],
    ['signed in between', signed(NOON - 1), []],
    ['ended before it was asked for', { completed: NOON - DAY_MS }, ['times']],
    ['ended in the future', { completed: NOON + DAY_MS }, ['times']],
    ['with a window that ended before it was asked for', { ...window(-9, -5) }, ['window']],
    ['with a window that is over', { ...window(-0.9, -0.5) }, []],
    ['with an empty window', window(1, 1), ['window']],
    ['with a window that runs backwards', window(5, 1), ['window']],
    ['with a window beyond any calendar', { requestedFrom: 8.6e15, requestedTo: 8.63e15 }, ['window']],
  ])('%s: %j', (_what, part, expected) => {
    expect(whats(part)).toEqual(expected);
  });

  test('are told in one sentence for each kind, and nothing of the request stands in it', () => {
    const [record] = gaps({ created: NOON + DAY_MS, approved: NOON + 2 * DAY_MS, requestedTo: null });
    expect(record?.why).toBe(
      'it was asked for at a time that has not come yet; it was approved at a time that has not come yet',
    );
  });
});

describe('for how long access has been usable', () => {
  test.each([
    ['counts from the approval when its window had begun', -10, -12, 10],
    ['counts from the begin of the window when that was later', -10, -3, 3],
    ['is nothing before the window begins', -10, 5, 0],
    ['counts from the approval when no window is given', -9.9, null, 9],
  ])('%s', (_what, approved, from, hours) => {
    const request = granted({
      approved: NOON + approved * HOUR_MS,
      requestedFrom: from === null ? null : NOON + from * HOUR_MS,
    });
    expect(usableHours(request, NOON)).toBe(hours);
    expect(hoursGranted(dossierOf(request, { facts: { hoursGranted: hours } }))).toBe(hours);
  });

  test('is not known without a time of approval', () => {
    expect(usableHours(granted({ approved: null }), NOON)).toBeNull();
  });

  test('is the least it can have been in a record that did not note it yet', () => {
    const request = granted({ approved: NOON - 50 * HOUR_MS, requestedFrom: NOON - 47 * HOUR_MS });
    expect(hoursGranted(dossierOf(request))).toBe(45);
  });
});
