import { number, own } from './wire_values.ts';

/** Moments that are no number and no text: lists and objects of Java, Go, JavaScript and their databases. */

/** What names one value only: MongoDB's extended JSON, Joda's `DateTime`, `java.util.Date` field by field. */
const WRAPPERS = ['$date', '$numberLong', 'epochMillis', 'millis', 'timeInMillis', 'time', 'value'];

/** The value in an object that says nothing else of a moment; anything else as it is. */
export function unwrapped(raw: unknown): unknown {
  let value = raw;
  // A date in a number in digits is the deepest that there is.
  for (let depth = 0; depth < 3 && typeof value === 'object' && value !== null; depth++) {
    const inside: unknown = WRAPPERS.map((name) => own(value, name)).find(isSingle);
    if (inside === undefined) return value;
    value = inside;
  }
  return value;
}

const isSingle = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'string' || own(value, '$numberLong') !== undefined;

type Counted = { readonly seconds: number; readonly nanos: number };

/** Seconds since 1970 and nanoseconds, by name or as a list of both. */
export function countedIn(raw: unknown): Counted | null {
  if (own(raw, 'year') !== undefined) return null;
  const [seconds, nanos] = Array.isArray(raw)
    ? raw.length === 2
      ? [number(raw[0]), number(raw[1])]
      : [null, null]
    : [numberAt(raw, SECONDS), numberAt(raw, NANOS) ?? 0];
  if (seconds === null || nanos === null || !Number.isInteger(seconds)) return null;
  return nanos >= 0 && nanos < 1e9 ? { seconds, nanos } : null;
}
const SECONDS = ['epochSecond', 'epochSeconds', 'seconds', '_seconds', 'sec'];
const NANOS = ['nano', 'nanos', 'nanoseconds', '_nanoseconds', 'nsec'];

function numberAt(raw: unknown, names: readonly string[]): number | null {
  for (const name of names) {
    const value = number(own(raw, name));
    if (value !== null) return value;
  }
  return null;
}

type Fields = { readonly date: readonly number[]; readonly nanos: number; readonly offset: string | undefined };

/** A date and a time in fields. Null for what has no hour and minute, or a zone that cannot be told. */
export function fieldsIn(raw: unknown): Fields | null {
  return Array.isArray(raw) ? inList(raw) : inObject(raw);
}

/** Java writes a local time as a list: year, month, day, hour, minute, and then second and nanosecond where there are any. */
function inList(raw: readonly unknown[]): Fields | null {
  if (raw.length < 5 || raw.length > 7 || !raw.every(Number.isInteger)) return null;
  const [nanos = 0] = (raw as number[]).slice(6);
  return isNanos(nanos) ? { date: (raw as number[]).slice(0, 6), nanos, offset: undefined } : null;
}

/** The fields of a local time, all in one object or a day and a time in one each; those of a moment have an offset beside them. */
function inObject(raw: unknown): Fields | null {
  const local = own(raw, 'dateTime') ?? own(raw, 'localDateTime') ?? raw;
  const day = objectAt(local, ['date', 'localDate']) ?? local;
  const clock = objectAt(local, ['time', 'localTime']) ?? local;
  // A month beside `hourOfDay` is January as 1 in one library and as 0 in another.
  if (own(clock, 'minute') === undefined) return null;
  const date = [
    own(day, 'year'),
    monthOf(own(day, 'monthValue') ?? own(day, 'month')),
    own(day, 'dayOfMonth') ?? own(day, 'day'),
    own(clock, 'hour'),
    own(clock, 'minute'),
    own(clock, 'second') ?? 0,
  ].map((field) => number(field) ?? Number.NaN);
  const nanos = number(own(clock, 'nano')) ?? (number(own(clock, 'millisecond')) ?? 0) * 1e6;
  const offset = offsetIn(raw);
  if (!date.every(Number.isInteger) || !isNanos(nanos) || offset === null) return null;
  return { date, nanos, offset };
}

const objectAt = (raw: unknown, names: readonly string[]): unknown =>
  names.map((name) => own(raw, name)).find((value) => typeof value === 'object' && value !== null);

const isNanos = (nanos: number): boolean => nanos >= 0 && nanos < 1e9;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
function monthOf(month: unknown): unknown {
  return typeof month === 'string' && /^[A-Z]{3,9}$/i.test(month)
    ? MONTHS.indexOf(month.slice(0, 3).toUpperCase()) + 1
    : month;
}

/** As `+01:00`; undefined where there is none; null for one that cannot be told. */
function offsetIn(raw: unknown): string | undefined | null {
  const offset = own(raw, 'offset');
  const zone = own(raw, 'zone') ?? own(raw, 'zoneId') ?? own(raw, 'timezone') ?? own(raw, 'timeZone');
  const given = offset ?? zone;
  if (given === undefined || given === null) return undefined;
  // Java's XML calendar counts minutes, and has the smallest number of 32 bits for none.
  if (typeof given === 'number') return given === -(2 ** 31) ? undefined : given === 0 ? 'Z' : null;
  const seconds = number(own(given, 'totalSeconds'));
  if (seconds !== null) return inHours(seconds);
  const id = own(given, 'id') ?? given;
  return typeof id === 'string' && /^(?:Z|UTC|GMT|Etc\/UTC|[+-]\d{2}:\d{2})$/.test(id) ? id.replace('Etc/', '') : null;
}

function inHours(seconds: number): string | null {
  const minutes = Math.abs(seconds) / 60;
  if (!Number.isInteger(minutes)) return null;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
