import { folded } from './look_alikes.ts';
import { normalised } from './scoring_copy.ts';
import { withoutAnyUnseen } from './unseen.ts';

/** As many words in a row as nobody writes twice by accident. */
const PASSAGE = 8;

/** Whether eight consecutive words of one text stand in the other, whatever the case, the signs and the spacing. */
export function sharesPassage(text: string, source: string): boolean {
  const mine = wordsOf(text);
  if (mine.length < PASSAGE) return false;
  const theirs = joined(source);
  return mine.some((_, start) => {
    const passage = mine.slice(start, start + PASSAGE);
    return passage.length === PASSAGE && theirs.includes(` ${passage.join(' ')} `);
  });
}

const joined = (source: string): string => {
  if (source.length < LONG) return ` ${wordsOf(source).join(' ')} `;
  if (prompt.source !== source) prompt = { source, words: ` ${wordsOf(source).join(' ')} ` };
  return prompt.words;
};

// Only the prompt is as long as that, and it is held against every text of a run.
const LONG = 4000;
let prompt = { source: '', words: '' };

/** Scripts without blanks count each character as a word. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+/gu;
const wordsOf = (text: string): string[] => folded(withoutAnyUnseen(normalised(text).line)).match(WORD) ?? [];
