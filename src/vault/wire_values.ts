/** The forms in which a value may stand on the wire. A value of another form is absent: nothing is guessed. */

/** Own properties only: a record must not be able to answer with something of `Object.prototype`. */
export function own(raw: unknown, name: string): unknown {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, name)
    ? (raw as Record<string, unknown>)[name]
    : undefined;
}

export function first(raw: unknown, paths: readonly string[]): unknown {
  for (const path of paths) {
    const value = path.split('.').reduce(own, raw);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

export const list = (raw: unknown): readonly unknown[] => (Array.isArray(raw) ? raw : []);

export function text(raw: unknown): string | null {
  // A longer number was rounded when it was parsed: as an id it would name something else.
  if (typeof raw === 'number' && Math.abs(raw) <= Number.MAX_SAFE_INTEGER) return String(raw);
  return typeof raw === 'string' && raw.trim() !== '' ? raw.trim() : null;
}

export function number(raw: unknown): number | null {
  if (typeof raw === 'string' && /^\s*\d{1,15}\s*$/.test(raw)) return Number(raw);
  return typeof raw === 'number' && Number.isFinite(raw) ? raw : null;
}

export function flag(raw: unknown): boolean | null {
  if (typeof raw === 'boolean') return raw;
  return raw === 'true' ? true : raw === 'false' ? false : null;
}

/** A number, digits in a string (both milliseconds since the epoch), or ISO 8601. */
export function time(raw: unknown): number | null {
  const milliseconds = number(raw) ?? isoTime(raw);
  return milliseconds !== null && milliseconds >= EARLIEST && milliseconds < LATEST ? Math.floor(milliseconds) : null;
}
/** Before it lie zero, which is how some records say "never", and seconds taken for milliseconds. */
const EARLIEST = Date.UTC(2000, 0);
/** The last moment that a `Date` can hold; a number beyond it would throw when it is shown. */
const LATEST = 8.64e15;

function isoTime(raw: unknown): number | null {
  if (typeof raw !== 'string' || !/^\s*\d{4}-\d{2}-\d{2}T/.test(raw)) return null;
  // Without an offset it would be read in the zone of this machine; the vault's answer must mean the same everywhere.
  const zoned = /(Z|[+-]\d{2}:?\d{2})\s*$/i.test(raw) ? raw : `${raw.trim()}Z`;
  const parsed = Date.parse(zoned.trim());
  return Number.isNaN(parsed) ? null : parsed;
}
