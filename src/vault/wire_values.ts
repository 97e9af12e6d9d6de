/** The forms in which a value may stand on the wire. A value of another form is absent: nothing is guessed. */

/** Own properties only: a record must not be able to answer with something of `Object.prototype`. */
export function own(raw: unknown, name: string): unknown {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, name)
    ? (raw as Record<string, unknown>)[name]
    : undefined;
}

/** The places at which something stands, and what stands there. */
export function* standing(
  raw: unknown,
  paths: readonly string[],
): Generator<{ readonly path: string; readonly value: unknown }> {
  for (const path of paths) {
    const value = path.includes('.') ? path.split('.').reduce(own, raw) : own(raw, path);
    if (value !== undefined && value !== null && value !== '') yield { path, value };
  }
}

/** The first of them. */
export function found(raw: unknown, paths: readonly string[]) {
  for (const place of standing(raw, paths)) return place;
  return null;
}

export const first = (raw: unknown, paths: readonly string[]): unknown => found(raw, paths)?.value;

/** What stands at the first of the places where `parse` can read it. */
export function firstRead<T>(raw: unknown, paths: readonly string[], parse: (value: unknown) => T | null): T | null {
  for (const { value } of standing(raw, paths)) {
    const read = parse(value);
    if (read !== null) return read;
  }
  return null;
}

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
