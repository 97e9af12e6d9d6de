import type { Unread } from '../domain/access_request.ts';
import { isNever } from './wire_never.ts';
import { shapeOf } from './wire_shapes.ts';
import { time } from './wire_times.ts';
import { standing, text } from './wire_values.ts';

/** Longer than any name that people give; what is longer is cut, and named. */
export const LONGEST_LINE = 2000;

type Names<Field extends string> = Readonly<Record<Field, readonly string[]>>;
type How<Field extends string> = {
  /** What says that there is nothing. */
  readonly isNothing?: (value: unknown) => boolean;
  /** Fields that no decision needs: what cannot be read there holds nothing. */
  readonly minor?: readonly Field[];
  /** Fields of which each name counts: what cannot be read under one of them is not made good by another. */
  readonly strict?: readonly Field[];
};

/** Reads the fields of one record, and keeps in mind what stood there and could not be read. */
export function reading<Field extends string>(
  raw: unknown,
  names: Names<Field>,
  { isNothing = saysNothing, minor = [], strict = [] }: How<NoInfer<Field>> = {},
) {
  const unread: Unread[] = [];

  /** Where the first value that can be read stands; null where there is none. */
  function place<T>(field: Field, parse: (value: unknown) => T | null, absent: (value: unknown) => boolean) {
    let odd: Unread | null = null;
    let read: { readonly path: string; readonly value: T } | null = null;
    for (const { path, value } of standing(raw, names[field])) {
      const parsed = parse(value);
      if (parsed !== null) {
        read = { path, value: parsed };
        break;
      }
      if (!absent(value)) odd ??= { field: path, shape: shapeOf(value) };
    }
    const isMinor = minor.includes(field) || (read !== null && !strict.includes(field));
    if (odd !== null) unread.push(isMinor ? { ...odd, minor: true } : odd);
    return read;
  }

  return {
    unread,
    /** Null where nothing stands, and for what `parse` cannot read. */
    read: <T>(field: Field, parse: (value: unknown) => T | null): T | null =>
      place(field, parse, isNothing)?.value ?? null,
    /** The same for a moment; what says "never" is none. */
    moment: (field: Field): number | null =>
      place(field, time, (value) => isNothing(value) || isNever(value))?.value ?? null,
    /** A text, cut where it is longer than anybody reads. */
    line(field: Field, longest = LONGEST_LINE): string | null {
      const whole = place(field, text, isNothing);
      if (whole === null || whole.value.length <= longest) return whole?.value ?? null;
      const shape = `a text of ${whole.value.length} characters, of which ${longest} were read`;
      unread.push({ field: whole.path, shape });
      return `${whole.value.slice(0, longest - 1)}…`;
    },
  };
}

/** How records say that there is nothing. */
const saysNothing = (value: unknown): boolean =>
  value === 0 ||
  value === -1 ||
  (typeof value === 'string' && /^(?:0|-1|)$/.test(value.trim())) ||
  (Array.isArray(value) && value.length === 0);

/** Of a whole request: what has nothing in it, and a flag where something else is looked for. */
export const isEmptyOrFlag = (value: unknown): boolean =>
  saysNothing(value) ||
  value === false ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
