/**
 * One thing to look for and the sentence that tells it.
 * INVARIANT: a pattern never repeats a group that repeats something itself, and every gap in it has a bound, so that its
 * time grows with the length of the text and not with its square; test/unit/enrich/screening/linear.test.ts holds that.
 */
export type Pattern = { readonly says: string; readonly pattern: RegExp };

/** The sentences of all patterns that occur. */
export const found = (patterns: readonly Pattern[], text: string): string[] =>
  patterns.filter(({ pattern }) => pattern.test(text)).map(({ says }) => says);
