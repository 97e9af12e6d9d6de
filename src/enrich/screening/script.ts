import type { View } from './view.ts';

/** The scripts that a tenant may expect, by their Unicode names; Japanese writes with three of them. */
export const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Arabic',
  'Hebrew',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Devanagari',
  'Bengali',
  'Tamil',
  'Telugu',
  'Gujarati',
  'Gurmukhi',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
  'Georgian',
  'Armenian',
  'Ethiopic',
  'Mongolian',
] as const;
export type Script = (typeof SCRIPTS)[number];

const LETTERS = new Map(SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'gu')]));

/** A name of a place or a product in another script is no reason to ask a person; a good part of the text is. */
const FOREIGN_SHARE = 0.25;

/** Written to a good part in a script that nobody here is expected to read. Guessing at it would be worse than asking. */
export function unexpectedScript({ line }: View, expected: readonly Script[] | undefined): string[] {
  if (expected === undefined) return [];
  const letters = line.match(/\p{L}/gu)?.length ?? 0;
  const familiar = expected.reduce((sum, script) => sum + (line.match(LETTERS.get(script) ?? /(?!)/g)?.length ?? 0), 0);
  return letters - familiar > letters * FOREIGN_SHARE ? ['is written in a script that is not expected here'] : [];
}
