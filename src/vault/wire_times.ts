import { number, own } from './wire_values.ts';

/**
 * The forms in which a moment may stand on the wire. Each is read only where it can mean one moment; without an offset it
 * is UTC, so that an answer means the same on every machine.
 * INVARIANT: no value is read as two different moments; what could be (`30/11/2026`, `20261130100000`) is not read.
 */

/** Milliseconds since the epoch, or null for what is no moment, or could be more than one. */
export function time(raw: unknown): number | null {
  const read = momentOf(raw);
  return read !== null && read.at >= EARLIEST && read.at < LATEST ? Math.floor(read.at) : null;
}

/** The same for moments of other centuries, which nobody means. */
export const anyMoment = (raw: unknown): number | null => momentOf(raw)?.at ?? null;

/** Of a number that could be taken for milliseconds of a far future: what it counts instead. Null for all else. */
export function fineUnitOf(raw: unknown): 'microseconds' | 'nanoseconds' | null {
  const unit = momentOf(raw)?.unit ?? null;
  return unit === 'microseconds' || unit === 'nanoseconds' ? unit : null;
}

/** Before it lies zero, which is how some records say "never". */
const EARLIEST = Date.UTC(2000, 0);
/** The last moment that a `Date` can hold; a number beyond it would throw when it is shown. */
const LATEST = 8.64e15;

type Unit = keyof typeof UNITS;
type Moment = { readonly at: number; readonly unit?: Unit };

function momentOf(raw: unknown): Moment | null {
  if (typeof raw === 'number') return counted(raw, raw);
  if (typeof raw === 'string') return inDigits(raw.trim()) ?? written(raw.trim());
  if (Array.isArray(raw)) return inFields(raw);
  return inObject(raw);
}

/**
 * What a number counts is told by its size: each stands for the years 2000 to 2100, where no other unit has a moment.
 * Milliseconds go on beyond, because a window may end in 9999.
 */
const UNITS = {
  seconds: { from: EARLIEST / 1e3, to: Date.UTC(2100, 0) / 1e3, perMs: 1e-3 },
  milliseconds: { from: EARLIEST, to: EARLIEST * 1e3, perMs: 1 },
  microseconds: { from: EARLIEST * 1e3, to: Date.UTC(2100, 0) * 1e3, perMs: 1e3 },
  nanoseconds: { from: EARLIEST * 1e6, to: Date.UTC(2100, 0) * 1e6, perMs: 1e6 },
} as const;

/** `exact`: the number without the error of a binary fraction. */
function counted(value: number, exact: number): Moment | null {
  if (!Number.isFinite(value) || isCalendar(value)) return null;
  for (const [unit, { from, to, perMs }] of Object.entries(UNITS) as [Unit, (typeof UNITS)[Unit]][]) {
    // A thousandth of a millisecond more, so that `1764500400.123` seconds end in 123 milliseconds and not in 122.
    if (value >= from && value < to) return { at: Math.floor(exact / perMs + 1e-3), unit };
  }
  return null;
}

/** Fourteen digits that spell a date and a time could be milliseconds of the 27th century too. */
function isCalendar(value: number): boolean {
  const digits = /^(20\d\d|2100)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(String(Math.trunc(value)));
  return digits !== null && utcOf(digits.slice(1).map(Number)) !== null;
}

/** A number in digits: whole, or with a decimal fraction. */
function inDigits(text: string): Moment | null {
  const found = /^(\d{1,19})(?:[.,](\d{1,18}))?$/.exec(text) ?? /^\/Date\((\d{1,15})(?:[+-]\d{4})?\)\/$/.exec(text);
  if (found === null) return null;
  const [, whole = '', fraction = ''] = found;
  return counted(Number(whole), Number(fraction === '' ? whole : `${whole}.${fraction}`));
}

type Form = { readonly pattern: RegExp; readonly fields: (groups: Record<string, string>) => readonly number[] | null };

const CLOCK = String.raw`(?<h>\d{1,2}):(?<mi>\d{2})(?::(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?)?`;
const ZONE = String.raw`\s?(?<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?`;
const MONTH = '(?<mon>[A-Z][a-z]{2})[a-z]{0,6}';
const WEEKDAY = '(?:(?<wd>Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How dates are written: year first, or with the month by its name. What begins with a day in digits is not among them. */
const FORMS: readonly Form[] = [
  // ISO 8601, Java and SQL; the zone's name behind it says no more than its offset.
  {
    pattern: new RegExp(
      String.raw`^(?<y>\d{4})(?<sep>[-/.])(?<m>\d{2})\k<sep>(?<d>\d{2})(?:T|\s)${CLOCK}${ZONE}(?:\[(?<id>[^\]]{1,64})\])?$`,
      'i',
    ),
    fields: ({ y, m, d }) => [Number(y), Number(m), Number(d)],
  },
  // ISO 8601 without signs.
  {
    pattern: new RegExp(
      String.raw`^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})T(?<h>\d{2})(?<mi>\d{2})(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?${ZONE}$`,
    ),
    fields: ({ y, m, d }) => [Number(y), Number(m), Number(d)],
  },
  // RFC 1123 and its like.
  {
    pattern: new RegExp(String.raw`^${WEEKDAY}(?<d>\d{1,2})[ -]${MONTH}[ -](?<y>\d{4})\s${CLOCK}${ZONE}$`),
    fields: named,
  },
  // C and `java.util.Date`.
  {
    pattern: new RegExp(String.raw`^${WEEKDAY}${MONTH} {1,2}(?<d>\d{1,2}) ${CLOCK}${ZONE} (?<y>\d{4})$`),
    fields: named,
  },
  // What Gson makes of a date.
  {
    pattern: new RegExp(String.raw`^${MONTH} (?<d>\d{1,2}), (?<y>\d{4}),? ${CLOCK}\s(?<half>[AP]M)$`),
    fields: named,
  },
];

function named({ y, mon, d }: Record<string, string>): readonly number[] | null {
  const month = MONTHS.indexOf(mon ?? '');
  return month < 0 ? null : [Number(y), month + 1, Number(d)];
}

function written(text: string): Moment | null {
  if (text.length > LONGEST) return null;
  for (const { pattern, fields } of FORMS) {
    const groups = pattern.exec(text)?.groups as Record<string, string> | undefined;
    if (groups === undefined) continue;
    const date = fields(groups);
    const hour = hourOf(groups);
    const shift = offsetOf(groups.zone);
    if (date === null || hour === null || shift === null || !isPlainZone(groups)) return null;
    const at = utcOf([...date, hour, Number(groups.mi), Number(groups.s ?? 0)]);
    if (at === null || !isWeekday(groups.wd, at)) return null;
    return { at: at - shift + Number((groups.f ?? '').padEnd(3, '0').slice(0, 3)) };
  }
  return null;
}
const LONGEST = 100;

function hourOf({ h, half }: Record<string, string>): number | null {
  const hour = Number(h);
  if (half === undefined) return hour;
  return hour < 1 || hour > 12 ? null : (hour % 12) + (half === 'PM' ? 12 : 0);
}

/** Milliseconds before UTC; no offset is none. */
function offsetOf(zone: string | undefined): number | null {
  const found = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (found === null) return 0;
  const [, sign, hours, minutes = '0'] = found;
  // No place on earth is farther away.
  if (Number(hours) > 18 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** A time in a zone that has a name only would come twice in autumn. */
const isPlainZone = ({ zone, id }: Record<string, string>): boolean =>
  id === undefined || zone !== undefined || /^(Z|UTC|GMT|Etc\/UTC)$/i.test(id);

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const isWeekday = (name: string | undefined, at: number): boolean =>
  name === undefined || WEEKDAYS[new Date(at).getUTCDay()] === name;

/** Java writes a local time as a list: year, month, day, hour, minute, and then second and nanosecond where there are any. */
function inFields(raw: readonly unknown[]): Moment | null {
  if (raw.length < 5 || raw.length > 7 || !raw.every(Number.isInteger)) return null;
  const [y = 0, m = 0, d = 0, h = 0, mi = 0, s = 0, nanos = 0] = raw as number[];
  const at = nanos < 0 || nanos > 999_999_999 ? null : utcOf([y, m, d, h, mi, s]);
  return at === null ? null : { at: at + Math.floor(nanos / 1e6) };
}

/** Java's moments as objects: seconds and nanoseconds, or the fields of a local time. */
function inObject(raw: unknown): Moment | null {
  const [seconds, nanos] = [
    number(own(raw, 'epochSecond')) ?? number(own(raw, 'seconds')),
    number(own(raw, 'nano')) ?? number(own(raw, 'nanos')) ?? 0,
  ];
  if (seconds !== null) {
    const whole = Number.isInteger(seconds) && nanos >= 0 && nanos < 1e9 ? counted(seconds, seconds) : null;
    return whole?.unit === 'seconds' ? { at: whole.at + Math.floor(nanos / 1e6) } : null;
  }
  const fields = ['year', 'monthValue', 'dayOfMonth', 'hour', 'minute', 'second', 'nano'].map(
    (name) => own(raw, name) ?? 0,
  );
  return own(raw, 'year') === undefined || own(raw, 'minute') === undefined ? null : inFields(fields);
}

/** Null for what no calendar and no clock shows; 24:00 is the end of a day. */
function utcOf([y = 0, m = 0, d = 0, h = 0, mi = 0, s = 0]: readonly number[]): number | null {
  if (y < 1000 || y > 9999 || mi > 59 || s > 59 || h > 24 || (h === 24 && mi + s > 0)) return null;
  if ([h, mi, s].some((part) => part < 0)) return null;
  const day = new Date(Date.UTC(y, m - 1, d));
  if (day.getUTCMonth() !== m - 1 || day.getUTCDate() !== d || d < 1) return null;
  return day.getTime() + ((h * 60 + mi) * 60 + s) * 1000;
}
