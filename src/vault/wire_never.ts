import { DAY_MS } from '../util/durations.ts';
import { unwrapped } from './wire_time_objects.ts';
import { anyMoment } from './wire_times.ts';
import { number, own } from './wire_values.ts';

/**
 * How records say that a moment never came, or that there is no end: zero of some calendar, the last day of the year 9999,
 * the ends of a whole number, a word. None of them is a moment that anybody meant.
 * INVARIANT: what may be a moment of this century is not among them.
 */
export function isNever(wrapped: unknown): boolean {
  const raw = unwrapped(wrapped);
  if (typeof raw === 'boolean') return true;
  if (typeof raw === 'number') return isNeverCounted(raw) || isNeverWritten(String(raw));
  const at = anyMoment(raw);
  if (at !== null && isNeverDay(dayOf(at))) return true;
  if (typeof raw === 'string') return isNeverWritten(raw.trim());
  if (Array.isArray(raw)) return raw.length >= 3 && raw.length <= 7 && isNeverDay(raw.slice(0, 3).map(Number));
  if (typeof raw !== 'object' || raw === null) return false;
  const counted = number(own(raw, 'epochSecond')) ?? number(own(raw, 'seconds'));
  if (counted !== null) return isNeverCounted(counted);
  const { year, month, monthValue, day, dayOfMonth } = raw as Record<string, unknown>;
  return isNeverDay([year, monthValue ?? month, dayOfMonth ?? day].map(Number));
}

function dayOf(at: number): readonly number[] {
  const date = new Date(at);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

/** Where calendars of programs begin: C, Go and .NET, Windows, SQL Server, Excel, NTP. Year, month, day. */
const ZEROS = ['0-0-0', '0-1-1', '1-1-1', '1601-1-1', '1753-1-1', '1899-12-30', '1900-1-1', '1970-1-1'];

/** A zone may shift them to the day before. */
function isNeverDay([y = Number.NaN, m = 0, d = 0]: readonly number[]): boolean {
  if (y >= 9999) return m === 12 && d >= 30 && d <= 31;
  if (ZEROS.includes(`${y}-${m}-${d}`)) return true;
  return m === 12 && d === 31 && ZEROS.includes(`${y + 1}-1-1`);
}

const MOST_OF_64_BITS = 2 ** 63 * (1 - 1e-9);
const LAST = Date.UTC(9999, 11, 30);

/** Nothing was asked for before 1970; and the last days of 9999 in milliseconds, seconds, micro- and nanoseconds. */
function isNeverCounted(value: number): boolean {
  if (value <= 0 || value >= MOST_OF_64_BITS) return true;
  return [1, 1e3, 1e-3, 1e-6].some((perUnit) => value * perUnit >= LAST && value * perUnit < LAST + 3 * DAY_MS);
}

const WORDS =
  /^(?:never|none|null|nil|undefined|n\/?a|not set|unset|-{1,20}|unlimited|indefinite(?:ly)?|infinite|[+-]?infinity|permanent(?:ly)?|forever|always|open(?:[ -]ended)?|no[ -](?:end|expiry|expiration|limit)|does not expire|min|max)$/i;

/** A time may stand behind the day. */
const TIME = String.raw`(?:[T\s.-]\d{1,2}[:.]\d{2}.*)?$`;
const DAYS = [
  new RegExp(String.raw`^\+?(?<y>\d{4,9})(?<sep>[-/.])(?<m>\d{1,2})\k<sep>(?<d>\d{1,2})${TIME}`),
  /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})(?:T?\d{4,9})?Z?$/,
  /^(?<y>0000)(?<m>00)(?<d>00)(?:000000)?$/,
];
/** Day and month in either order: the days above are told by their year and by what cannot be a month. */
const BEHIND = new RegExp(
  String.raw`^(?<a>\d{1,2})(?<sep>[-/.\s])(?<b>\d{1,2}|[A-Za-z]{3,9})\k<sep>(?<y>\d{4})${TIME}`,
);

function isNeverWritten(text: string): boolean {
  if (text.length > 64) return false;
  if (WORDS.test(text)) return true;
  if (/^-?\d{1,19}(?:\.\d+)?$/.test(text) && isNeverCounted(Number(text))) return true;
  for (const pattern of DAYS) {
    const { y, m, d } = pattern.exec(text)?.groups ?? {};
    if (y !== undefined) return isNeverDay([y, m, d].map(Number));
  }
  const { a, b = '', y } = BEHIND.exec(text)?.groups ?? {};
  if (y === undefined) return false;
  const month = /^\d/.test(b) ? Number(b) : MONTHS.indexOf(b.slice(0, 3).toLowerCase()) + 1;
  return isNeverDay([Number(y), month, Number(a)]) || isNeverDay([Number(y), Number(a), month]);
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
