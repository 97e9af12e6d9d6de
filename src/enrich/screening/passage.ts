import { folded } from './look_alikes.ts';
import { normalised } from './scoring_copy.ts';
import { withoutAnyUnseen } from './unseen.ts';

/** As many words in a row as nobody writes twice by accident. */
const PASSAGE = 8;

/** The passages of some texts, for many questions about whether one of them is repeated. */
export type Passages = ReadonlySet<string>;

export const passagesOf = (sources: readonly string[]): Passages => new Set(sources.flatMap(passages));

/** Whether eight consecutive words of the text are a passage, whatever the case, the signs and the spacing. */
export const repeatsPassage = (text: string, known: Passages): boolean =>
  known.size > 0 && passages(text).some((passage) => known.has(passage));

function passages(text: string): string[] {
  const words = wordsOf(text);
  return Array.from({ length: Math.max(0, words.length - PASSAGE + 1) }, (_, start) =>
    words.slice(start, start + PASSAGE).join(' '),
  );
}

/** Scripts without blanks count each character as a word. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+/gu;
const wordsOf = (text: string): string[] => folded(withoutAnyUnseen(normalised(text).line)).match(WORD) ?? [];
