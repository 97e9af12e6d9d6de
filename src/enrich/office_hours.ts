import type { AccessRequest } from '../domain/access_request.ts';
import { DAY_MS, HOUR_MS } from '../util/durations.ts';

/** The part of the week that is not office time, on the wall clock of one place. */
export type OffHours = {
  /** Hours of the day, 0 to 23. Off-hours run from `start` to `end` and may cross midnight; `end` itself is office time. */
  readonly start: number;
  readonly end: number;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Days of the week that are off-hours as a whole: `sat`, `sun`. */
  readonly days?: readonly string[];
  /** Dates that are, as `2026-12-24`, or `12-25` for every year. */
  readonly holidays?: readonly string[];
};

/** The last moment that a `Date` can hold, either way. */
const LAST_MOMENT = 8.64e15;

/**
 * Without days of the week and holidays the rule knows hours only: a weekend is not off-hours by itself. `start` equal to
 * `end` is an empty part of the day. A time that no calendar holds counts as off-hours: what cannot be placed must not look
 * regular.
 */
export function isOffHours(at: number, { start, end, timeZone, days = [], holidays = [] }: OffHours): boolean {
  const byDay = days.length > 0 || holidays.length > 0;
  if (start === end && !byDay) return false;
  if (!(Math.abs(at) <= LAST_MOMENT)) return true;
  const format = formatOf(timeZone, byDay);
  if (!byDay) return within(Number(format.format(at)), start, end);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const date = `${parts.month}-${parts.day}`;
  if (days.includes(`${parts.weekday}`.toLowerCase())) return true;
  if (holidays.includes(date) || holidays.includes(`${parts.year}-${date}`)) return true;
  return start !== end && within(Number(parts.hour), start, end);
}

const within = (hour: number, start: number, end: number): boolean =>
  start < end ? hour >= start && hour < end : hour >= start || hour < end;

function formatOf(timeZone: string, byDay: boolean): Intl.DateTimeFormat {
  const key = `${timeZone} ${byDay}`;
  let format = formats.get(key);
  if (format === undefined) {
    // h23: without it, midnight is hour 24 in some versions of the locale data.
    const day = byDay ? ({ weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' } as const) : {};
    format = new Intl.DateTimeFormat('en-US', { timeZone, hour: '2-digit', hourCycle: 'h23', ...day });
    formats.set(key, format);
  }
  return format;
}

// Building a formatter costs a hundred times more than using it; a run uses one zone.
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether a moment is off-hours, with the answers kept: most requests of a window share their quarters of an hour. */
export function offHoursClock(office: OffHours): (at: number) => boolean {
  const known = new Map<number, boolean>();
  return (at) => {
    // Zones differ from each other by whole quarters of an hour, and so do the moments at which anything changes.
    const quarter = Math.floor(at / QUARTER_MS);
    const answer = known.get(quarter) ?? isOffHours(at, office);
    if (known.size >= MOST_QUARTERS) known.clear();
    known.set(quarter, answer);
    return answer;
  };
}

const QUARTER_MS = HOUR_MS / 4;
const MOST_QUARTERS = 100_000;

/** More than nights can be of any window longer than a day. */
const NEARLY_ALL = 0.9;
/** Longer than any row of holidays. */
const LONGEST_LOOKED_AT_MS = 14 * DAY_MS;

/**
 * Whether access is wanted outside office hours: its window begins there or, when it is shorter than a day, mostly lies there.
 * A longer one holds nights whoever asks for it: it has to lie there nearly as a whole, as one over a weekend does.
 */
export function windowOffHours(
  { requestedFrom: from, requestedTo: to }: Pick<AccessRequest, 'requestedFrom' | 'requestedTo'>,
  isOff: (at: number) => boolean,
): boolean {
  if (from === null) return false;
  if (isOff(from)) return true;
  if (to === null || to - from >= LONGEST_LOOKED_AT_MS) return false;
  let [off, all] = [0, 0];
  for (let at = from; at < to; at += QUARTER_MS) {
    all++;
    if (isOff(at)) off++;
  }
  return to - from < DAY_MS ? off * 2 > all : off >= all * NEARLY_ALL;
}
