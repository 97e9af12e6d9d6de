import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TIME_FORMS, type TimeForm } from '../../../simulator/vault/knobs.ts';
import { writeTime } from '../../../simulator/vault/times.ts';
import { fineUnitOf, time } from '../../../src/vault/wire_times.ts';
import { examples } from '../../suite/property_runs.ts';

const TEN = Date.UTC(2026, 10, 30, 10);

describe('A time is read when it stands as', () => {
  test.each<[string, unknown, number]>([
    ['milliseconds', 1777493141787, 1777493141787],
    ['milliseconds with a fraction', 1777493141787.9, 1777493141787],
    ['digits with blanks', ' 1777493141787 ', 1777493141787],
    ['seconds', 1777493141, 1777493141000],
    ['seconds in digits', '1777493141', 1777493141000],
    ['seconds with decimals', 1777493141.787, 1777493141787],
    ['seconds with nanoseconds in digits', '1777493141.787123456', 1777493141787],
    ['microseconds', 1777493141787123, 1777493141787],
    ['microseconds in digits', '1777493141787123', 1777493141787],
    ['nanoseconds', '1777493141787123456', 1777493141787],
    ['the first second of the century', 946684800, Date.UTC(2000, 0)],
    ['the last second before 2100', 4102444799, Date.UTC(2100, 0) - 1000],
    ['milliseconds of the year 9999', 253402300799000, 253402300799000],
    ['ISO in UTC', '2026-11-30T10:00:00Z', TEN],
    ['ISO in small letters', '2026-11-30t10:00:00z', TEN],
    ['ISO with nanoseconds', '2026-11-30T10:00:00.123456789Z', TEN + 123],
    ['ISO with one decimal', '2026-11-30T10:00:00.5Z', TEN + 500],
    ['ISO with a comma', '2026-11-30T10:00:00,250Z', TEN + 250],
    ['ISO with an offset', '2026-11-30T11:00:00+01:00', TEN],
    ['ISO with an offset without colon', '2026-11-30T05:30:00-0430', TEN],
    ['ISO with an offset of hours', '2026-11-30T11:00+01', TEN],
    ['ISO with a zone', '2026-11-30T11:00+01:00[Europe/Berlin]', TEN],
    ['ISO in the zone UTC', '2026-11-30T10:00:00[UTC]', TEN],
    ['ISO without an offset', '2026-11-30T10:00:00', TEN],
    ['ISO without signs', '20261130T100000Z', TEN],
    ['the end of a day', '2026-11-30T24:00:00Z', TEN + 14 * 3_600_000],
    ['SQL', '2026-11-30 10:00:00', TEN],
    ['SQL with a fraction', '2026-11-30 10:00:00.250000', TEN + 250],
    ['SQL with hours of an offset', '2026-11-30 11:00:00+01', TEN],
    ['SQL with an offset', '2026-11-30 10:00:00 +00:00', TEN],
    ['SQL with slashes', '2026/11/30 10:00:00', TEN],
    ['SQL with UTC', '2026-11-30 10:00:00 UTC', TEN],
    ['RFC 1123', 'Mon, 30 Nov 2026 10:00:00 GMT', TEN],
    ['RFC 2822', '30 Nov 2026 11:00:00 +0100', TEN],
    ['a day with the name of its month', '30-Nov-2026 10:00:00', TEN],
    ['C', 'Mon Nov 30 10:00:00 2026', TEN],
    ['java.util.Date', 'Mon Nov 30 10:00:00 UTC 2026', TEN],
    ['Gson', 'Nov 30, 2026, 10:00:00 AM', TEN],
    ['.NET', '/Date(1777493141787)/', 1777493141787],
    ['a list of Java', [2026, 11, 30, 10, 0], TEN],
    ['a list with seconds', [2026, 11, 30, 10, 0, 7], TEN + 7000],
    ['a list with nanoseconds', [2026, 11, 30, 10, 0, 7, 123_456_789], TEN + 7123],
    ['an Instant of Java', { epochSecond: 1777493141, nano: 787_000_000 }, 1777493141787],
    ['a Timestamp', { seconds: '1777493141', nanos: 5 }, 1777493141000],
    [
      'a LocalDateTime of Java',
      { year: 2026, month: 'NOVEMBER', monthValue: 11, dayOfMonth: 30, hour: 10, minute: 0, second: 0, nano: 0 },
      TEN,
    ],
  ])('%s', (_name, written, expected) => {
    expect(time(written)).toBe(expected);
  });
});

describe('A time is not guessed at when it is', () => {
  test.each<[string, unknown]>([
    ['a day and a month in digits', '30/11/2026'],
    ['the same with a time', '30/11/2026 10:00'],
    ['the American form', '11/30/2026 10:00:00'],
    ['the German form', '30.11.2026 10:00'],
    ['a day', '2026-11-30'],
    ['a day in digits', '20261130'],
    ['a day and a time in digits', '20261130100000'],
    ['the same as a number', 20261130100000],
    ['the same with milliseconds', '20261130100000123'],
    ['zero', 0],
    ['minus one', -1],
    ['the year nought', '0001-01-01T00:00:00Z'],
    ['before the century', '1999-12-31T23:59:59Z'],
    ['seconds of the year 2100', 4102444800],
    ['minutes since 1970', 29624885],
    ['between microseconds and nanoseconds', 1e17],
    ['endless digits', '9'.repeat(40)],
    ['a number that is none', Number.NaN],
    ['a month that there is not', '2026-13-01T10:00:00Z'],
    ['a day that there is not', '2026-02-30T10:00:00Z'],
    ['an hour that there is not', '2026-11-30T25:00:00Z'],
    ['a leap second', '2026-11-30T23:59:60Z'],
    ['an offset that there is not', '2026-11-30T10:00:00+25:00'],
    ['half a time', '2026-11-30T10Z'],
    ['a local time in a zone by its name', '2026-10-25T02:30:00[Europe/Berlin]'],
    ['a zone in letters that many countries have', 'Mon Nov 30 10:00:00 CST 2026'],
    ['a zone that speaks against its offset', '2026-11-30 10:00:00 +0200 CET'],
    ['two zones', '2026-11-30 10:00:00 UTC CET'],
    ['thirteen in the morning', '2026-11-30 13:00:00 AM'],
    ['three digits of an offset', '2026-11-30T10:00:00+100'],
    ['another day of the week', 'Tue, 30 Nov 2026 10:00:00 GMT'],
    ['a day of two digits first and last', '26-11-30 10:00:00'],
    ['mixed signs', '2026/11-30 10:00:00'],
    ['a list of a day', [2026, 11, 30]],
    ['a list of eight', [2026, 11, 30, 10, 0, 0, 0, 0]],
    ['a list of texts', ['2026', '11', '30', '10', '0']],
    ['a list with a month from nought', [2026, 0, 30, 10, 0]],
    ['a list of fractions', [2026, 11, 30, 10, 0.5]],
    ['an object', { seconds: 1 }],
    ['a day of Java', { year: 2026, monthValue: 11, dayOfMonth: 30 }],
    [
      'a calendar whose months may begin with nought',
      { year: 2026, month: 10, dayOfMonth: 30, hourOfDay: 10, minute: 0 },
    ],
    ['a local time in a named zone', { year: 2026, month: 11, day: 30, hour: 10, minute: 0, zone: 'Europe/Berlin' }],
    ['fields of fractions', { year: 2026, month: 11.5, day: 30, hour: 10, minute: 0 }],
    ['a pair of nothing', [2026, 11]],
    ['a pair with too many nanoseconds', [1777493141, 1e9]],
    ['a wrapped nothing', { $date: { $numberLong: 'x' } }],
    ['a truth', true],
    ['nothing', null],
    ['a very long text', `2026-11-30T10:00:00Z${' '.repeat(1000)}x`],
  ])('%s', (_name, written) => {
    expect(time(written)).toBeNull();
  });
});

describe('Whatever the form', () => {
  const forms = TIME_FORMS.filter((form) => form !== 'day-first');
  /** What a form leaves out. */
  const kept: Partial<Record<TimeForm, number>> = { seconds: 1000, rfc1123: 1000, javascript: 1000 };
  const moment = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) - 1 });

  test('a moment that is written is the moment that is read', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...forms), (at, form) => {
        const unit = kept[form] ?? 1;
        expect(time(writeTime(at, form)), `${form}: ${JSON.stringify(writeTime(at, form))}`).toBe(
          Math.floor(at / unit) * unit,
        );
      }),
      { numRuns: examples(3000) },
    );
  });

  test('the same value is the same moment on every machine', () => {
    const zone = process.env.TZ;
    try {
      fc.assert(
        fc.property(moment, fc.constantFrom(...forms), (at, form) => {
          const readings = ['America/New_York', 'Asia/Kolkata', 'UTC'].map((TZ) => {
            process.env.TZ = TZ;
            return time(writeTime(at, form));
          });
          expect(new Set(readings).size).toBe(1);
        }),
        { numRuns: examples(300) },
      );
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test('a number is read in one unit at most: a thousand times as much is the same moment or none', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e20, noNaN: true }), (value) => {
        const [one, other] = [time(value), time(value * 1000)];
        // Milliseconds alone go on beyond 2100.
        if (one !== null && other !== null && one < Date.UTC(2100, 0))
          expect(Math.abs(one - other)).toBeLessThanOrEqual(1000);
      }),
      { numRuns: examples(2000) },
    );
  });

  test('no value makes reading throw, or gives a moment that cannot be shown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.string(), fc.double(), fc.array(fc.integer())), (raw) => {
        const at = time(raw);
        if (at !== null) expect(() => new Date(at).toISOString()).not.toThrow();
      }),
      { numRuns: examples(2000) },
    );
  });

  test('the units that could be taken for a far future are named', () => {
    expect(fineUnitOf(TEN)).toBeNull();
    expect(fineUnitOf(TEN / 1000)).toBeNull();
    expect(fineUnitOf(TEN * 1000)).toBe('microseconds');
    expect(fineUnitOf(`${TEN}000000`)).toBe('nanoseconds');
    expect(fineUnitOf('2026-11-30T10:00:00Z')).toBeNull();
  });
});
