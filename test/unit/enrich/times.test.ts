import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOffHours, usableHours } from '../../../src/enrich/times.ts';
import { hoursGranted } from '../../../src/phrases/hours_granted.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';
import { dossierOf, granted, NOON } from '../../helpers/requests.ts';

const at = (iso: string) => Date.parse(iso);

describe('off-hours', () => {
  test.each([
    // zone, start, end, moment, off-hours?
    ['UTC', 18, 8, '2026-11-20T17:59:59Z', false],
    ['UTC', 18, 8, '2026-11-20T18:00:00Z', true],
    ['UTC', 18, 8, '2026-11-20T23:59:59Z', true],
    ['UTC', 18, 8, '2026-11-20T00:00:00Z', true],
    ['UTC', 18, 8, '2026-11-20T07:59:59Z', true],
    ['UTC', 18, 8, '2026-11-20T08:00:00Z', false],
    // a window that does not cross midnight
    ['UTC', 12, 13, '2026-11-20T11:59:59Z', false],
    ['UTC', 12, 13, '2026-11-20T12:30:00Z', true],
    ['UTC', 12, 13, '2026-11-20T13:00:00Z', false],
    // to midnight, and from midnight
    ['UTC', 18, 0, '2026-11-20T23:59:00Z', true],
    ['UTC', 18, 0, '2026-11-20T00:00:00Z', false],
    ['UTC', 0, 6, '2026-11-20T00:00:00Z', true],
    // the same hour at both ends: never
    ['UTC', 8, 8, '2026-11-20T08:00:00Z', false],
    ['UTC', 8, 8, '2026-11-20T03:00:00Z', false],
    // a weekend is no off-hours by itself
    ['UTC', 18, 8, '2026-11-21T12:00:00Z', false],
    // summer and winter time
    ['Europe/Berlin', 18, 8, '2026-07-01T06:30:00Z', false],
    ['Europe/Berlin', 18, 8, '2026-12-01T06:30:00Z', true],
    ['America/New_York', 18, 8, '2026-07-01T22:00:00Z', true],
    ['America/New_York', 18, 8, '2026-12-01T22:00:00Z', false],
    // the night in which 02:00 becomes 03:00: 01:59:59 and one second later
    ['Europe/Berlin', 2, 3, '2026-03-29T00:59:59Z', false],
    ['Europe/Berlin', 2, 3, '2026-03-29T01:00:00Z', false],
    ['Europe/Berlin', 3, 4, '2026-03-29T01:00:00Z', true],
    // the night in which 03:00 becomes 02:00: the hour from two to three comes twice
    ['Europe/Berlin', 2, 3, '2026-10-25T00:30:00Z', true],
    ['Europe/Berlin', 2, 3, '2026-10-25T01:30:00Z', true],
    ['Europe/Berlin', 2, 3, '2026-10-25T02:00:00Z', false],
    // zones off the full hour
    ['Asia/Kolkata', 18, 8, '2026-11-20T02:29:59Z', true],
    ['Asia/Kolkata', 18, 8, '2026-11-20T02:30:00Z', false],
    ['Asia/Kathmandu', 18, 8, '2026-11-20T12:14:59Z', false],
    ['Asia/Kathmandu', 18, 8, '2026-11-20T12:15:00Z', true],
    // the other side of the date line
    ['Pacific/Kiritimati', 18, 8, '2026-11-20T04:00:00Z', true],
  ])('in %s from %i to %i: %s is %s', (timeZone, start, end, moment, off) => {
    expect(isOffHours(at(moment), { timeZone, start, end })).toBe(off);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 9e15, -9e15])(
    'a moment that no calendar holds (%d) is off-hours',
    (moment) => {
      expect(isOffHours(moment, { timeZone: 'UTC', start: 18, end: 8 })).toBe(true);
    },
  );

  test('a window and its complement share the day between them, in every zone at every moment', () => {
    const hour = fc.integer({ min: 0, max: 23 });
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'Asia/Kathmandu',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
    );
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), zone, hour, hour, (moment, timeZone, start, end) => {
        fc.pre(start !== end);
        const inside = isOffHours(moment.getTime(), { timeZone, start, end });
        expect(isOffHours(moment.getTime(), { timeZone, start: end, end: start })).toBe(!inside);
      }),
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
