import type { Unread } from '../domain/access_request.ts';
import { shapeOf } from './wire_shapes.ts';
import { found, text } from './wire_values.ts';

/** Longer than any name that people give; what is longer is cut, and named. */
export const LONGEST_LINE = 2000;

/** Reads the fields of one record, and keeps in mind what stood there and could not be read. */
export function reading<Names extends Readonly<Record<string, readonly string[]>>>(raw: unknown, names: Names) {
  const unread: Unread[] = [];

  /** Null where nothing stands, and for what `parse` cannot read. */
  function read<T>(field: keyof Names, parse: (value: unknown) => T | null): T | null {
    const at = found(raw, names[field] ?? []);
    if (at === null) return null;
    const value = parse(at.value);
    if (value === null && !isNothing(at.value)) unread.push({ field: at.path, shape: shapeOf(at.value) });
    return value;
  }

  return {
    unread,
    read,
    /** A text, cut where it is longer than anybody reads. */
    line(field: keyof Names, longest = LONGEST_LINE): string | null {
      const whole = read(field, text);
      if (whole === null || whole.length <= longest) return whole;
      unread.push({
        field: found(raw, names[field] ?? [])?.path ?? String(field),
        shape: `a text of ${whole.length} characters, of which ${longest} were read`,
      });
      return `${whole.slice(0, longest - 1)}…`;
    },
  };
}

/** How records say that there is nothing: zero and the first moments of calendars stand for "never". */
const isNothing = (value: unknown): boolean =>
  value === 0 ||
  value === -1 ||
  (typeof value === 'string' && NEVER.test(value.trim())) ||
  (Array.isArray(value) && value.length === 0);

const NEVER = /^(?:0|-1|)$|^(?:0001|1970)-01-01[T ]00:00/;
