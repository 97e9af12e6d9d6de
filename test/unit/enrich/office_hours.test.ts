import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOffHours, offHoursClock, windowOffHours } from '../../../src/enrich/office_hours.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';

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

describe('days that are off-hours as a whole', () => {
  const berlin = { timeZone: 'Europe/Berlin', start: 18, end: 8 };

  test.each([
    // days, holidays, moment, off-hours?
    [['sat', 'sun'], [], '2026-11-21T12:00:00Z', true],
    [['sat', 'sun'], [], '2026-11-22T12:00:00Z', true],
    [['sat', 'sun'], [], '2026-11-20T12:00:00Z', false],
    [['fri', 'sat'], [], '2026-11-22T12:00:00Z', false],
    // Friday there, Thursday in UTC
    [['fri'], [], '2026-11-19T23:30:00Z', true],
    [[], ['2026-12-24'], '2026-12-24T10:00:00Z', true],
    [[], ['2026-12-24'], '2027-12-24T10:00:00Z', false],
    [[], ['12-25'], '2031-12-25T10:00:00Z', true],
    [[], ['12-25'], '2026-12-24T22:59:59Z', true],
    [[], ['12-25'], '2026-12-28T10:00:00Z', false],
    [[], ['02-29'], '2028-02-29T10:00:00Z', true],
    [[], ['02-29'], '2027-03-01T10:00:00Z', false],
  ])('%j and %j: %s is %s', (days, holidays, moment, off) => {
    expect(isOffHours(at(moment), { ...berlin, days, holidays })).toBe(off);
  });

  test('are so also where no hours are, and the other days are not', () => {
    const only = { timeZone: 'UTC', start: 0, end: 0, days: ['sun'] };
    expect(isOffHours(at('2026-11-22T03:00:00Z'), only)).toBe(true);
    expect(isOffHours(at('2026-11-23T03:00:00Z'), only)).toBe(false);
  });

  test('change nothing about the hours of the other days', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        moment,
        zone,
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 23 }),
        (when, timeZone, start, end) => {
          const hours = { timeZone, start, end };
          const [time, never] = [when.getTime(), ['1999-01-01']];
          expect(isOffHours(time, { ...hours, holidays: never })).toBe(isOffHours(time, hours));
          expect(offHoursClock(hours)(time)).toBe(isOffHours(time, hours));
        },
      ),
    );
  });
});

describe('a window lies outside office hours', () => {
  const clock = offHoursClock({ timeZone: 'UTC', start: 18, end: 8 });
  const off = (from: string | null, hours: number | null) => {
    const requestedFrom = from === null ? null : at(from);
    const requestedTo = hours === null ? null : (requestedFrom ?? 0) + hours * HOUR_MS;
    return windowOffHours({ requestedFrom, requestedTo }, clock);
  };

  test.each([
    ['when it begins there', '2026-11-20T22:00:00Z', 4, true],
    ['when it begins there and has no end', '2026-11-20T22:00:00Z', null, true],
    ['when it begins a minute before and mostly lies there', '2026-11-20T17:59:00Z', 8, true],
    ['not when half of it lies within', '2026-11-20T16:00:00Z', 4, false],
    ['not when it lies within', '2026-11-20T09:00:00Z', 8, false],
    ['not when it begins within and lasts for days', '2026-11-20T09:00:00Z', 72, false],
    ['not when it begins within and has no end', '2026-11-20T09:00:00Z', null, false],
    ['not when nobody knows when it begins', null, 4, false],
  ])('%s', (_what, from, hours, outside) => {
    expect(off(from, hours)).toBe(outside);
  });

  const days = ['sat', 'sun'];
  test.each([
    ['from Friday evening to Monday morning', '2026-11-20T17:30:00Z', 62.5, { days }, true],
    ['over Christmas', '2026-12-23T17:00:00Z', 112, { holidays: ['12-24', '12-25', '12-26', '12-27'] }, true],
    ['not from Friday morning to Monday evening', '2026-11-20T08:00:00Z', 82, { days }, false],
    ['not from one evening to the next', '2026-11-18T17:45:00Z', 24, { days }, false],
    ['not for a month', '2026-11-20T17:30:00Z', 720, { days }, false],
  ])('of several days: %s', (_what, from, hours, free, outside) => {
    const clock = offHoursClock({ start: 18, end: 8, timeZone: 'UTC', ...free });
    const window = { requestedFrom: at(from), requestedTo: at(from) + hours * HOUR_MS };
    expect(windowOffHours(window, clock)).toBe(outside);
  });
});
