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

/**
 * One thing to look for and the sentence that tells it.
 * INVARIANT: a pattern never repeats a group that repeats something itself, and every gap in it has a bound, so that its
 * time grows with the length of the text and not with its square; test/unit/enrich/screening/linear.test.ts holds that.
 */
export type Pattern = { readonly says: string; readonly pattern: RegExp };

/** The sentences of all patterns that occur. */
export const found = (patterns: readonly Pattern[], text: string): string[] =>
  patterns.filter(({ pattern }) => pattern.test(text)).map(({ says }) => says);
