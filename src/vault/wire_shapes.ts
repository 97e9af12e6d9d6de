import { createHash } from 'node:crypto';

/** What a value that cannot be read looks like, in words that anybody may see: never the value itself. */

const LONGEST = 40;
const NAMED_FIELDS = 4;

/** `a list of 6 numbers`, `a text such as 99/99/9999`, `a number of 10 digits`, `missing`. */
export function shapeOf(raw: unknown): string {
  if (raw === undefined || raw === null) return 'missing';
  if (typeof raw === 'boolean') return 'true or false';
  if (typeof raw === 'number') return numberShape(raw);
  if (typeof raw === 'string') return textShape(raw);
  if (Array.isArray(raw)) return listShape(raw);
  return objectShape(raw as object);
}

function numberShape(value: number): string {
  const digits = Math.abs(value) < 1e21 ? String(Math.trunc(Math.abs(value))).length : 22;
  const size = digits > 21 ? 'more than 21 digits' : `${digits} ${digits === 1 ? 'digit' : 'digits'}`;
  return `a ${value < 0 ? 'negative ' : ''}number of ${size}${Number.isInteger(value) ? '' : ' with decimals'}`;
}

/** Each digit as 9, each letter as a or A, the usual signs of dates as they are, and all else as `?`. */
function textShape(text: string): string {
  if (text.trim() === '') return 'an empty text';
  if (text.length > LONGEST) return `a text of ${text.length} characters`;
  const shape = text
    .trim()
    .replace(/\p{Nd}/gu, '9')
    .replace(/\p{Lu}/gu, 'A')
    .replace(/(?!A)\p{L}/gu, 'a')
    .replace(/[^9Aa :.,/+-]/gu, '?');
  return `a text such as ${shape}`;
}

function listShape(items: readonly unknown[]): string {
  if (items.length === 0) return 'an empty list';
  const kinds = new Set(
    items.slice(0, 100).map((item) => (Array.isArray(item) ? 'list' : item === null ? 'null' : typeof item)),
  );
  const [kind] = kinds;
  const one = kinds.size > 1 ? undefined : KINDS[kind ?? ''];
  const [singular, plural] = one ?? ['value', 'values'];
  return `a list of ${items.length} ${items.length === 1 ? singular : plural}`;
}
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  number: ['number', 'numbers'],
  string: ['text', 'texts'],
  list: ['list', 'lists'],
  object: ['object', 'objects'],
};

/** With the names of its fields, as far as they are plain words; those are the vault's, and no value. */
function objectShape(raw: object): string {
  const names = Object.keys(raw);
  if (names.length === 0) return 'an empty object';
  const plain = names.filter((name) => /^[A-Za-z][A-Za-z_]{0,29}$/.test(name)).slice(0, NAMED_FIELDS);
  const more = names.length > plain.length ? ` and ${names.length - plain.length} more` : '';
  return plain.length === 0 ? `an object of ${names.length} fields` : `an object with ${plain.join(', ')}${more}`;
}

/**
 * A short text that tells one value from another, however deep its lists are nested: JSON is written by calls within
 * calls, and some thousand of those are too many.
 */
export function digestOf(raw: unknown): string {
  const hash = createHash('sha256');
  const left: unknown[] = [raw];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) hash.update(`${JSON.stringify(value)},`);
    else {
      const entries = Object.entries(value);
      hash.update(`${Array.isArray(value) ? '[' : '{'}${entries.length},`);
      for (const [name, inner] of entries) left.push(inner, name);
    }
  }
  return hash.digest('hex').slice(0, 32);
}
