import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastDue, nextDue, type Schedule } from '../../../src/daemon/due.ts';
import { examples } from '../../suite/property_runs.ts';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const every4h = { cron: '0 */4 * * *', timeZone: 'UTC' };
const night = (timeZone: string): Schedule => ({ cron: '30 2 * * *', timeZone });

describe('the last moment that was due', () => {
  test.each([
    ['none yet', every4h, '2026-05-04T08:00:00Z', '2026-05-04T11:59:59Z', null],
    ['exactly now', every4h, '2026-05-04T08:00:00Z', '2026-05-04T12:00:00Z', '2026-05-04T12:00:00.000Z'],
    ['the moment itself was handled', every4h, '2026-05-04T12:00:00Z', '2026-05-04T12:00:00Z', null],
    ['a moment ago', every4h, '2026-05-04T08:00:00Z', '2026-05-04T12:00:01Z', '2026-05-04T12:00:00.000Z'],
    [
      'several were missed: the latest',
      every4h,
      '2026-05-04T08:00:00Z',
      '2026-05-05T17:00:00Z',
      '2026-05-05T16:00:00.000Z',
    ],
    ['handled a little late', every4h, '2026-05-04T12:00:07Z', '2026-05-04T15:59:00Z', null],
    ['asked about the past', every4h, '2026-05-05T00:00:00Z', '2026-05-04T00:00:00Z', null],
    [
      'in another zone',
      { cron: '0 6 * * *', timeZone: 'Asia/Kolkata' },
      '2026-05-04T00:00:00Z',
      '2026-05-04T12:00:00Z',
      '2026-05-04T00:30:00.000Z',
    ],
    [
      'every ten seconds',
      { cron: '*/10 * * * * *', timeZone: 'UTC' },
      '2026-05-04T00:00:00Z',
      '2026-05-04T00:00:35Z',
      '2026-05-04T00:00:30.000Z',
    ],
    [
      'Monday the 13th only (day and weekday together)',
      { cron: '0 0 13 * 1', timeZone: 'UTC' },
      '2026-01-01T00:00:00Z',
      '2026-07-14T00:00:00Z',
      '2026-07-13T00:00:00.000Z',
    ],
    [
      'the 30th of February never comes',
      { cron: '0 0 30 2 *', timeZone: 'UTC' },
      '2026-01-01T00:00:00Z',
      '2027-01-01T00:00:00Z',
      null,
    ],
  ] as const)('%s', (_name, schedule, since, now, due) => {
    expect(iso(lastDue(schedule, at(since), at(now)))).toBe(due);
  });

  test('a month of sleep over a schedule of every second is answered at once, with one moment', () => {
    const started = performance.now();
    const due = lastDue(
      { cron: '* * * * * *', timeZone: 'UTC' },
      at('2026-05-01T00:00:00Z'),
      at('2026-06-01T00:00:00Z'),
    );
    expect(due).toBe(at('2026-06-01T00:00:00Z'));
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  test('whatever was handled, what is due lies after it and not after now', () => {
    const time = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
    const cron = fc.constantFrom('0 */4 * * *', '30 2 * * *', '15 1 * * 0', '0 0 1 * *');
    fc.assert(
      fc.property(time, time, zone, cron, (since, now, timeZone, pattern) => {
        const schedule = { cron: pattern, timeZone };
        const due = lastDue(schedule, since, now);
        if (due === null) return now <= since || (nextDue(schedule, since) ?? Number.POSITIVE_INFINITY) > now;
        return due > since && due <= now && lastDue(schedule, due, now) === null;
      }),
      { numRuns: examples(60) },
    );
  });
});

describe('daylight saving', () => {
  test.each([
    // 02:30 does not exist on 29 March 2026 in Berlin, nor on 8 March in New York: due at 03:00, right after the gap.
    ['Europe/Berlin', 'spring', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z', ['2026-03-29T01:00:00.000Z']],
    ['America/New_York', 'spring', '2026-03-07T12:00:00Z', '2026-03-08T12:00:00Z', ['2026-03-08T07:00:00.000Z']],
    // 02:30 comes twice on 25 October 2026 in Berlin; 01:30, not 02:30, on 1 November in New York.
    ['Europe/Berlin', 'autumn', '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z', ['2026-10-25T00:30:00.000Z']],
    ['America/New_York', 'autumn', '2026-10-31T12:00:00Z', '2026-11-01T12:00:00Z', ['2026-11-01T07:30:00.000Z']],
  ] as const)('%s in %s: a nightly run is due exactly once', (timeZone, _season, from, to, expected) => {
    expect(moments(night(timeZone), from, to)).toEqual(expected);
  });

  test('New York in autumn: 01:30 comes twice and is due the first time', () => {
    const schedule = { cron: '30 1 * * *', timeZone: 'America/New_York' };
    expect(moments(schedule, '2026-10-31T12:00:00Z', '2026-11-01T12:00:00Z')).toEqual(['2026-11-01T05:30:00.000Z']);
  });

  test.each(['Europe/Berlin', 'America/New_York'])('%s: over a whole year every night has its one run', (timeZone) => {
    const all = moments(night(timeZone), '2026-01-01T12:00:00Z', '2027-01-01T12:00:00Z');
    expect(all).toHaveLength(365);
    const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
    expect(new Set(all.map((one) => day.format(Date.parse(one)))).size).toBe(365);
  });

  test.each(['Europe/Berlin', 'America/New_York'])(
    '%s: an hourly schedule misses no hour of the clock change',
    (timeZone) => {
      for (const days of [
        ['2026-03-08', '2026-03-09'],
        ['2026-03-29', '2026-03-30'],
        ['2026-10-25', '2026-10-26'],
        ['2026-11-01', '2026-11-02'],
      ]) {
        const all = moments({ cron: '0 * * * *', timeZone }, `${days[0]}T00:30:00Z`, `${days[1]}T00:30:00Z`);
        for (let n = 1; n < all.length; n++)
          expect(at(all[n] ?? '') - at(all[n - 1] ?? '')).toBeLessThanOrEqual(2 * 3_600_000);
        expect(all.length).toBeGreaterThanOrEqual(23);
      }
    },
  );
});

/** Every moment due in a span, found the way the daemon finds them. */
function moments(schedule: Schedule, from: string, to: string): string[] {
  const found: string[] = [];
  for (let next = nextDue(schedule, at(from)); next !== null && next <= at(to); next = nextDue(schedule, next)) {
    found.push(new Date(next).toISOString());
  }
  return found;
}
