import { isTwin } from './look_alikes.ts';
import type { View } from './view.ts';

/** Words that mix look-alike letters into Latin ones, words made of look-alikes only, and letters in fancy dress. */
export function mixedScript({ line, original }: View): string[] {
  if (/^\p{ASCII}*$/u.test(original)) return [];
  const latin = count(line, /\p{Script=Latin}/gu);
  const foreign = count(line, /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/gu);
  let mixed = 0;
  let posing = 0;
  for (const [word] of line.matchAll(/[\p{L}\p{M}]{2,}/gu)) {
    if (isMixed(word) && !(foreign > latin && INFLECTED.test(word))) mixed += 1;
    else if (latin > foreign && word.length > 2 && Array.from(word).every(isTwin)) posing += 1;
  }
  const dressed = dressedUp(original);
  return [
    ...(mixed > 0 ? [`${mixed} of its words mix Latin letters with others that look like them`] : []),
    ...(posing > 0 ? [`${posing} of its words are made of letters that only look Latin`] : []),
    ...(dressed > DRESSED_COUNT ? [`${dressed} letters are written as special forms of themselves`] : []),
  ];
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

// Only twins count: `μs`, `kΩ`, `Δt` are honest.
const isMixed = (word: string): boolean => /\p{Script=Latin}/u.test(word) && Array.from(word).some(isTwin);

/** A Latin name with the ending of the language around it, as people write in Cyrillic: `VPNом`. */
const INFLECTED = /^\p{Script=Latin}+[\p{Script=Cyrillic}\p{Script=Greek}]{1,4}$/u;

/** More special forms than a trade mark, a unit and a footnote. */
const DRESSED_COUNT = 5;

/**
 * Mathematical, circled, squared or full-width letters that normalisation turns into plain ones. Full-width letters are
 * everyday in Japanese, Chinese and Korean text; ligatures come from pasted PDF files.
 */
function dressedUp(text: string): number {
  const eastAsian = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\p{Script=Hangul}]/u.test(text);
  let dressed = 0;
  for (const [letter] of text.matchAll(/[^\p{ASCII}]/gu)) {
    if (/[\uff21-\uff5a]/.test(letter) ? eastAsian : /[\ufb00-\ufb06\u2122]/.test(letter)) continue;
    if (/^\(?[A-Za-z]\)?$/.test(letter.normalize('NFKC'))) dressed += 1;
  }
  return dressed;
}
