import { isTwin } from '../../text/look_alikes.ts';

/* Letters of other scripts, and letters that look like Latin ones (text/look_alikes.ts). */

/** Digits and signs read as letters, in words that mix the two: `1gn0re`. */
export function unleeted(text: string): string {
  return text.replace(/[\w$@!]{3,40}/g, (word) => {
    const mixed = /[a-z]/.test(word) && /[0134578$@!]/.test(word);
    return mixed ? word.replace(/[0134578$@!]/g, (sign) => LEET[sign] ?? sign) : word;
  });
}
const LEET: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
  $: 's',
  '@': 'a',
  '!': 'i',
};

/** `I g n o r e` and `r.i.s.k`: single letters in a row, joined. */
export const unspaced = (text: string): string =>
  text.replace(/(?<![\p{L}\p{N}])\p{L}(?:[ ._*|-]{1,2}\p{L}(?![\p{L}\p{N}])){3,200}/gu, (run) =>
    run
      .replace(/[ ._*|-]{2}/g, '\u0000')
      .replace(/[ ._*|-]/g, '')
      .replaceAll('\u0000', ' '),
  );

/** Words that mix look-alike letters into Latin ones, words made of look-alikes only, and letters in special forms. */
export function mixedScript({ line, original }: { readonly line: string; readonly original: string }): string[] {
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
export function unexpectedScript(
  { line }: { readonly line: string },
  expected: readonly Script[] | undefined,
): string[] {
  if (expected === undefined) return [];
  const letters = line.match(/\p{L}/gu)?.length ?? 0;
  const familiar = expected.reduce((sum, script) => sum + (line.match(LETTERS.get(script) ?? /(?!)/g)?.length ?? 0), 0);
  return letters - familiar > letters * FOREIGN_SHARE ? ['is written in a script that is not expected here'] : [];
}
