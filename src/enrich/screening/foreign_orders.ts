import { VOCABULARY, type WordClass } from './vocabulary.ts';

/** An order to the reviewer in another language than English: which classes of words stand close together. */
export function ordersInOtherLanguages(text: string): string[] {
  return sentencesOf(text).some(isOrder) ? ['tells the reviewer what to answer, in another language than English'] : [];
}

type Words = readonly ReadonlySet<WordClass>[];

function isOrder(words: Words): boolean {
  const near = (a: WordClass, b: WordClass, gap: number) => standNear(words, a, b, gap);
  const anywhere = (wordClass: WordClass) => words.some((classes) => classes.has(wordClass));
  if (near('setAside', 'rules', 6)) return true;
  return near('risk', 'low', 6) && (anywhere('rate') || anywhere('request'));
}

/** Whether a word of each class stands within `gap` words of the other, in whatever order the language has. */
function standNear(words: Words, a: WordClass, b: WordClass, gap: number): boolean {
  let lastA = Number.NEGATIVE_INFINITY;
  let lastB = Number.NEGATIVE_INFINITY;
  for (const [index, classes] of words.entries()) {
    if (classes.has(a)) lastA = index;
    if (classes.has(b)) lastB = index;
    if (Math.abs(lastA - lastB) <= gap) return true;
  }
  return false;
}

/** Scripts that write words without blanks, or with small words grown on: the dictionary is looked for inside them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}]/u;

const entries = (Object.keys(VOCABULARY) as WordClass[]).flatMap((wordClass) =>
  VOCABULARY[wordClass]
    .normalize('NFKC')
    .split(/\s+/)
    .map((word) => ({ word, wordClass })),
);
const INSIDE = new RegExp(
  entries
    .map(({ word }) => word)
    .filter((word) => UNSPACED.test(word))
    .sort((a, b) => b.length - a.length)
    .join('|'),
  'gu',
);

const EXACT = new Map<string, Set<WordClass>>();
const STEMS = new Map<string, Set<WordClass>>();
for (const { word, wordClass } of entries) {
  const [table, key] = word.endsWith('*') ? [STEMS, word.slice(0, -1)] : [EXACT, word];
  table.set(key, (table.get(key) ?? new Set()).add(wordClass));
}
const STEM_LENGTHS = [...new Set([...STEMS.keys()].map((stem) => stem.length))];

function sentencesOf(text: string): Words[] {
  const parted = UNSPACED.test(text) ? text.replace(INSIDE, ' $& ') : text;
  return parted
    .split(/(?<![.!?;\u3002\u061b\u061f\n])[.!?;\u3002\u061b\u061f\n]+(?:\s|$)/u)
    .map((sentence) => (sentence.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map(classesOf));
}

function classesOf(word: string): ReadonlySet<WordClass> {
  const found = new Set(EXACT.get(word));
  for (const length of STEM_LENGTHS) {
    if (length > word.length) continue;
    for (const wordClass of STEMS.get(word.slice(0, length)) ?? []) found.add(wordClass);
  }
  return found;
}
