import { capped } from './scoring_copy.ts';
import type { View } from './view.ts';

/** More lines than any reason needs: what is pasted below them is meant to be overlooked. */
const LINE_COUNT = 25;

/** More than what is read, or so many lines that a reader loses what stands between them. */
export function tooLong({ lines, line }: View): string[] {
  const count = lines.split('\n').length;
  return [
    ...(capped(line).length < line.length ? ['is longer than what is read of it'] : []),
    ...(count > LINE_COUNT ? [`has ${count} lines`] : []),
  ];
}

const SHINGLE = 12;
const ENOUGH_TO_JUDGE = 200;
/** Honest prose of that length repeats hardly anything; pasted log lines share their beginnings. */
const DISTINCT_SHARE = 0.6;

/** The same words over and over, which buries what stands between them and wears a reader out. */
export function repetition({ line }: View): string[] {
  const again = /(?<![\p{L}\p{N}])(\p{L}{2,20})(?:[^\p{L}\p{N}]{1,3}\1(?![\p{L}\p{N}])){4}/iu.test(line);
  const run = /([^\s\d*x.-])\1{19}/iu.test(line);
  return again || run || repeats(line) ? ['says the same over and over'] : [];
}

function repeats(line: string): boolean {
  if (line.length < ENOUGH_TO_JUDGE) return false;
  const total = line.length - SHINGLE + 1;
  const shingles = new Set(Array.from({ length: total }, (_, start) => line.slice(start, start + SHINGLE)));
  return shingles.size / total < DISTINCT_SHARE;
}
