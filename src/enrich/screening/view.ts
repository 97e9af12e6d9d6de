import { type Ids, namedIds } from './ids.ts';
import { folded, unleeted, unspaced } from './look_alikes.ts';
import { normalised } from './scoring_copy.ts';

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
