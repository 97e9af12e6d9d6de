import { countedIn, fieldsIn, unwrapped } from './wire_time_objects.ts';

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

function momentOf(wrapped: unknown): Moment | null {
  const raw = unwrapped(wrapped);
  if (typeof raw === 'number') return counted(raw, raw);
  if (typeof raw === 'string') return inDigits(raw.trim()) ?? written(raw.trim());
  const pair = countedIn(raw);
  if (pair !== null) {
    const whole = counted(pair.seconds, pair.seconds);
    return whole?.unit === 'seconds' ? { at: whole.at + Math.floor(pair.nanos / 1e6) } : null;
  }
  const fields = fieldsIn(raw);
  const shift = offsetOf(fields?.offset);
  const at = fields === null ? null : utcOf(fields.date);
  return fields === null || at === null || shift === null ? null : { at: at - shift + Math.floor(fields.nanos / 1e6) };
}

/** The years in which a number is looked for. */
const CENTURY = { from: EARLIEST, to: Date.UTC(2100, 0) };
const [YEAR_ONE, WINDOWS] = [-62_135_596_800_000, -11_644_473_600_000];

/**
 * What a number counts is told by its size: each stands for the years 2000 to 2100, where no other unit has a moment.
 * Milliseconds go on beyond, because a window may end in 9999. `zero`: where it counts from, in milliseconds.
 */
const UNITS = {
  seconds: { ...CENTURY, zero: 0, perMs: 1e-3 },
  milliseconds: { from: EARLIEST, to: EARLIEST * 1e3, zero: 0, perMs: 1 },
  microseconds: { ...CENTURY, zero: 0, perMs: 1e3 },
  nanoseconds: { ...CENTURY, zero: 0, perMs: 1e6 },
  'ticks of Windows': { ...CENTURY, zero: WINDOWS, perMs: 1e4 },
  'ticks of .NET': { ...CENTURY, zero: YEAR_ONE, perMs: 1e4 },
} as const;

/** `exact`: the number without the error of a binary fraction. */
function counted(value: number, exact: number): Moment | null {
  if (!Number.isFinite(value) || isCalendar(value)) return null;
  for (const [unit, { from, to, zero, perMs }] of Object.entries(UNITS) as [Unit, (typeof UNITS)[Unit]][]) {
    if (value < (from - zero) * perMs || value >= (to - zero) * perMs) continue;
    // A thousandth of a millisecond more, so that `1764500400.123` seconds end in 123 milliseconds and not in 122.
    return { at: Math.floor(exact / perMs + 1e-3) + zero, unit };
  }
  return null;
}

/** Fourteen digits that spell a date and a time could be milliseconds of the 27th century too. */
function isCalendar(value: number): boolean {
  const digits = /^(20\d\d|2100)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(String(Math.trunc(value)));
  return digits !== null && utcOf(digits.slice(1).map(Number)) !== null;
}

/** A number in digits: whole, with a decimal fraction, or with an exponent as Java shows large ones. */
function inDigits(text: string): Moment | null {
  if (/^\d\.\d{1,18}E1?\d$/i.test(text)) return counted(Number(text), Number(text));
  const found = /^(\d{1,19})(?:[.,](\d{1,18}))?$/.exec(text) ?? /^\/Date\((\d{1,15})(?:[+-]\d{4})?\)\/$/.exec(text);
  if (found === null) return null;
  const [, whole = '', fraction = ''] = found;
  return counted(Number(whole), Number(fraction === '' ? whole : `${whole}.${fraction}`));
}

const HALF = String.raw`(?:\s?(?<half>[AP]M))?`;
const CLOCK = String.raw`(?<h>\d{1,2}):(?<mi>\d{2})(?::(?<s>\d{2})(?:[.,:](?<f>\d{1,9}))?)?${HALF}`;
/** The clock of Oracle and Db2. */
const DOTTED = String.raw`(?<h>\d{1,2})\.(?<mi>\d{2})\.(?<s>\d{2})(?:[.,](?<f>\d{1,12}))?${HALF}`;
const OFFSET = String.raw`[+-]\d{1,2}:\d{2}|[+-]\d{2}(?:\d{2})?`;
/** An offset, the zone's name, or both, as Go and browsers write them; what follows in brackets is for people. */
const ZONE = String.raw`\s?(?<zone>Z|(?:UTC|GMT)?(?:${OFFSET})|[A-Z]{3,4})?(?:\s(?<also>[A-Z]{3,4}|[+-]\d{2,4}))?(?:\s\([^()]{1,60}\))?`;
const MONTH = '(?<mon>[A-Z]{3})[a-z]{0,6}';
const WEEKDAY = '(?:(?<wd>Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?';
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** How dates are written: year first, or with the month by its name. What begins with a day in digits is not among them. */
const FORMS: readonly RegExp[] = [
  // ISO 8601, Java and SQL; the zone's name behind it says no more than its offset. What Go adds is a clock without a date.
  String.raw`${WEEKDAY}(?<y>\d{4})(?<sep>[-/.])(?<m>\d{1,2})\k<sep>(?<d>\d{1,2})(?:T|\s)(?:${CLOCK})${ZONE}(?:\[(?<id>[^\]]{1,64})\])?(?: m=[+-]\d{1,12}\.\d{1,12})?`,
  // Oracle and Db2 with dots in the time.
  String.raw`(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})[-\s]${DOTTED}${ZONE}`,
  // ISO 8601 without signs.
  String.raw`(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})T(?<h>\d{2})(?<mi>\d{2})(?:(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?)?${ZONE}`,
  // SQL Server: a day without signs before a time with them.
  String.raw`(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})\s${CLOCK}${ZONE}`,
  // RFC 1123 and its like, and the logs of web servers.
  String.raw`${WEEKDAY}(?<d>\d{1,2})(?<sep>[- /])${MONTH}\k<sep>(?<y>\d{4}|\d{2})(?:\s|:|, )${CLOCK}${ZONE}`,
  // Oracle, whose years have two digits.
  String.raw`(?<d>\d{1,2})-${MONTH}-(?<y>\d{4}|\d{2})\s${DOTTED}${ZONE}`,
  // C and `java.util.Date`.
  String.raw`${WEEKDAY}${MONTH} {1,2}(?<d>\d{1,2}) ${CLOCK}${ZONE} (?<y>\d{4})`,
  // What Gson, SQL Server and browsers make of a date.
  String.raw`${WEEKDAY}${MONTH} {1,2}(?<d>\d{1,2}),? (?<y>\d{4}),? {1,2}${CLOCK}${ZONE}`,
].map((form) => new RegExp(`^(?:${form})$`, 'i'));

/** Year, month and day. A year of two digits, which stands behind a month's name only, is one of this century. */
function dateOf({ y = '', m, mon = '', d }: Record<string, string>): readonly number[] | null {
  const month = m === undefined ? MONTHS.indexOf(mon.toLowerCase()) + 1 : Number(m);
  return month < 1 ? null : [Number(y.length === 2 ? `20${y}` : y), month, Number(d)];
}

function written(text: string): Moment | null {
  if (text.length > LONGEST) return null;
  const bare = /^\{ts '(.{1,60})'\}$/.exec(text)?.[1] ?? text;
  for (const form of FORMS) {
    const groups = form.exec(bare)?.groups as Record<string, string> | undefined;
    if (groups === undefined) continue;
    const date = dateOf(groups);
    const hour = hourOf(groups);
    const shift = shiftOf(groups);
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
  return hour < 1 || hour > 12 ? null : (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
}

/** Milliseconds before UTC; no offset is none. What stands beside an offset must not say another one. */
function shiftOf({ zone, also }: Record<string, string>): number | null {
  const shift = offsetOf(zone);
  if (also === undefined) return shift;
  const isOffset = /\d/.test(zone ?? '');
  // Go writes the zone's name behind the offset, and the offset again where the zone has no name.
  if (isOffset) return ZONES.has(also.toUpperCase()) && offsetOf(also) !== shift ? null : shift;
  return null;
}

function offsetOf(zone: string | undefined): number | null {
  const found = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone ?? '');
  if (found === null) return ZONES.get((zone ?? 'Z').toUpperCase()) ?? null;
  const [, sign, hours, minutes = '0'] = found;
  // No place on earth is farther away.
  if (Number(hours) > 18 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** Names of zones that stand for one offset all over the world, in milliseconds; `CST`, `IST`, `BST` and `EST` do not. */
const ZONES = new Map(
  Object.entries({ Z: 0, UTC: 0, GMT: 0, WET: 0, WEST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3, JST: 9 }).map(
    ([name, hours]) => [name, hours * 3_600_000],
  ),
);

/** A time in a zone that has a name only would come twice in autumn. */
const isPlainZone = ({ zone, id }: Record<string, string>): boolean =>
  id === undefined || zone !== undefined || /^(Z|UTC|GMT|Etc\/UTC)$/i.test(id);

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const isWeekday = (name: string | undefined, at: number): boolean =>
  name === undefined || WEEKDAYS[new Date(at).getUTCDay()] === name.toLowerCase();

/** Null for what no calendar and no clock shows; 24:00 is the end of a day. */
function utcOf([y = 0, m = 0, d = 0, h = 0, mi = 0, s = 0]: readonly number[]): number | null {
  if (y < 1000 || y > 9999 || mi > 59 || s > 59 || h > 24 || (h === 24 && mi + s > 0)) return null;
  if ([h, mi, s].some((part) => part < 0)) return null;
  const day = new Date(Date.UTC(y, m - 1, d));
  if (day.getUTCMonth() !== m - 1 || day.getUTCDate() !== d || d < 1) return null;
  return day.getTime() + ((h * 60 + mi) * 60 + s) * 1000;
}
