/**
 * Takes from a text written by a person or a model everything that could act on the place where it is shown, before the
 * escaping of that place: control and escape characters, bidirectional overrides, invisible and private-use characters,
 * line breaks. What is left is one line of visible text. Linear in the length of the text.
 *
 * INVARIANT: every text of a requestor, a model or the vault goes through here (and then through the sink's own
 * escaping) on its way to a report, a mail, a terminal, a log or an action comment.
 */
export function plainLine(text: string, maxLength = 500): string {
  // Most texts are: nothing below would change them.
  if (text.length <= maxLength && !UNUSUAL.test(text)) return text;
  const visible = text
    // A bound before the work: a justification has no documented length limit.
    .slice(0, maxLength * 8)
    // The byte order mark counts as a blank in JavaScript; as a blank it would split a word that was written whole.
    .replace(/\ufeff/gu, '')
    .replace(/\s+/gu, ' ')
    // Before composing, so that nothing invisible keeps a letter and its accent apart.
    .replace(INVISIBLE, '')
    // The ellipsis is what a cut is shown by; composed it would come back as three dots.
    .replace(/[^…]+/gu, (part) => part.normalize('NFKC'))
    .replace(/\s+/gu, ' ')
    .trim();
  return clip(visible, maxLength);
}

/** Anything but visible ASCII with single blanks between words. */
const UNUSUAL = /[^ -~]|^ | $| {2}/;

// Cc controls, Cf formats (zero-width, bidi, tags, soft hyphen), Co private use, Cs lone surrogates, Cn unassigned,
// variation selectors, the combining grapheme joiner and the fillers that render as nothing.
const INVISIBLE =
  /\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|\p{Cn}|\u034f|[\u115f\u1160\u3164\uffa0]|[\ufe00-\ufe0e]|[\u{e0100}-\u{e01ef}]/gu;

/** Cuts at a character (never inside a surrogate pair) and says so with an ellipsis; `maxLength` counts the ellipsis. */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const characters = Array.from(text);
  if (characters.length <= maxLength) return text;
  return `${characters
    .slice(0, Math.max(0, maxLength - 1))
    .join('')
    .trimEnd()}…`;
}

/** With a capital letter, as a sentence begins. */
export const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** The first `count` words, with an ellipsis when there were more. */
export function firstWords(text: string, count: number): string {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  return words.length <= count ? words.join(' ') : `${words.slice(0, count).join(' ')}…`;
}

/** Characters of a comment to the vault, its ellipsis included. */
export const COMMENT_LENGTH = 300;

/**
 * A text as a comment to the vault: one line, of the characters of ordinary sentences. What could be markup, a link or a
 * formula where the vault shows it is left out.
 */
export const commentLine = (text: string): string =>
  clip(
    plainLine(text, COMMENT_LENGTH)
      .replace(/[^\p{L}\p{M}\p{N} .,;:()%/'…-]/gu, '')
      .replace(/:\/\//g, ' ')
      // Many programs make a link of `evil.example/x`, which needs no `http`.
      .replace(/(?<=\S)\.(?=\p{L})/gu, '. '),
    COMMENT_LENGTH,
  );
