import { folded } from '../../text/look_alikes.ts';
import { type Ids, namedIds } from './ids.ts';
import { withoutAnyUnseen, withoutUnseen } from './invisible.ts';
import { unleeted, unspaced } from './scripts.ts';

/** A text made ready once for all detectors. */
export type View = {
  /** As it was written. */
  readonly original: string;
  /** NFKC without unseen characters; line breaks kept. */
  readonly lines: string;
  /** The same as one line. */
  readonly line: string;
  /** All that the rules about words shall read. */
  readonly readings: readonly string[];
  /** Unseen characters that honest text does not hold. */
  readonly hidden: number;
  /** Ids of other requests in the text. */
  readonly otherIds: number;
};

export function viewOf(original: string, ids: Ids): View {
  const { lines, line, hidden } = normalised(original);
  const named = namedIds(line, ids);
  return { original, lines, line, readings: readingsOf(named.text), hidden, otherIds: named.others };
}

/** Every way in which an attentive reader may read the line, each once. */
export function readingsOf(line: string): string[] {
  const plain = folded(line);
  return [...new Set([plain, line.toLowerCase(), unleeted(plain), unspaced(plain)])];
}

/** What the model reads: at most so many characters, and so many bytes, because some scripts cost a token per byte. */
export const COPY_CHARACTERS = 1000;
export const COPY_BYTES = 3000;

export type Normalised = {
  /** NFKC, nothing unseen, line breaks kept as `\n`: for the rules that look at lines. */
  readonly lines: string;
  /** The same as one line. */
  readonly line: string;
  /** Unseen characters that were taken out and that honest text does not hold. */
  readonly hidden: number;
};

export function normalised(raw: string): Normalised {
  // Most texts are: nothing in them is unseen, and composing leaves them as they are.
  // The line is then the very text, and not another one that is held beside it.
  if (PLAIN.test(raw)) return { lines: raw, line: SPACED_OUT.test(raw) ? oneLine(raw) : raw, hidden: 0 };
  const { text, hidden } = withoutUnseen(raw);
  const composed = text.normalize('NFKC');
  // Normalising changes what stands beside a joiner (a trade-mark sign becomes two letters), so it is looked at again.
  const again = withoutUnseen(composed).text.normalize('NFKC');
  const settled = withoutUnseen(again).hidden === 0 && withoutUnseen(again).text === again;
  const lines = settled ? again : withoutAnyUnseen(again).normalize('NFKC');
  return { lines, line: oneLine(lines), hidden };
}

/** Visible ASCII, blanks, tabs and line breaks. */
const PLAIN = /^[\t\n -~]*$/;

const SPACED_OUT = /[\t\n]| {2}|^ | $/;

const oneLine = (lines: string): string => lines.replace(/\s+/gu, ' ').trim();

/** The cut falls between characters, never inside one. */
export function capped(line: string): string {
  // A unit of UTF-16 is at most one character and three bytes.
  if (line.length <= COPY_CHARACTERS && line.length * 3 <= COPY_BYTES) return line.trimEnd();
  let bytes = 0;
  let end = 0;
  let characters = 0;
  for (const character of line.slice(0, COPY_CHARACTERS * 2)) {
    bytes += Buffer.byteLength(character);
    characters += 1;
    if (characters > COPY_CHARACTERS || bytes > COPY_BYTES) break;
    end += character.length;
  }
  return line.slice(0, end).trimEnd();
}

/**
 * One thing to look for and the sentence that tells it.
 * INVARIANT: a pattern never repeats a group that repeats something itself, and every gap in it has a bound, so that its
 * time grows with the length of the text and not with its square; test/unit/enrich/screening/linear.test.ts holds that.
 */
export type Pattern = { readonly says: string; readonly pattern: RegExp };

/** The sentences of all patterns that occur. */
export const found = (patterns: readonly Pattern[], text: string): string[] =>
  patterns.filter(({ pattern }) => pattern.test(text)).map(({ says }) => says);
