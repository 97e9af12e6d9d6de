/**
 * What acts on the place where a text is shown instead of being shown: control characters of both ranges (escape
 * sequences begin with one), line and paragraph separators, everything of the category format (bidirectional overrides,
 * zero-width characters, tags), halves of characters.
 */
const ACTING = /\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029]/gu;
const ACTING_BUT_LINES = /(?!\n)\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029]/gu;
const ACTING_BEYOND_ASCII = /[\u007f-\u009f\u2028\u2029]|\p{Cf}|\p{Cs}/gu;

/** Writes out what acts, as JSON would: `\u001b`. The text says what was there and does nothing. Linear. */
export const visible = (text: string): string => text.replace(ACTING, writtenOut);

/** The same for a text of several lines. */
export const visibleLines = (text: string): string => text.replace(ACTING_BUT_LINES, writtenOut);

/** The same for a text in which JSON has written out the first 32 already, and those that are left are ours. */
export const visibleBeyondAscii = (text: string): string => text.replace(ACTING_BEYOND_ASCII, writtenOut);

const writtenOut = (found: string): string =>
  Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
