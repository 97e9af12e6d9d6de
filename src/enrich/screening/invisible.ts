/**
 * Characters that a reader cannot see: all are taken out of the scoring copy, and all are counted as findings except the
 * few that honest text brings along (a byte-order mark, the joiners of Persian, Indic scripts and emoji, bullets pasted
 * from a word processor, marks of direction in right-to-left text).
 */
export type Seen = {
  /** The text without them; line breaks are `\n`, joiners that a script needs are kept. */
  readonly text: string;
  /** How many were taken out that honest text does not hold. */
  readonly hidden: number;
};

// Controls, formats, private use, lone surrogates, unassigned, everything that Unicode calls ignorable (tags, fillers,
// variation selectors, the grapheme joiner), line and paragraph separators, the empty braille cell, a musical null.
const UNSEEN = String.raw`(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\u{1d159}]`;

const EMOJI = String.raw`[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\u20e3]`;
/** Scripts whose spelling needs the zero-width joiner or non-joiner. */
const JOINING = String.raw`[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Mongolian}]`;

/** Kept in the copy, because without them the text reads differently. */
const NEEDED = [
  `(?<=${JOINING}\\p{M}{0,3})[\\u200c\\u200d](?=${JOINING})`,
  `(?<=${EMOJI})\\u200d(?=\\p{Extended_Pictographic})`,
  '(?<=\\p{Extended_Pictographic})\\ufe0f|(?<=[#*0-9])\\ufe0f(?=\\u20e3)',
].join('|');

/** Taken out without a word: honest text brings them along, one at a time. */
const ALONE = String.raw`(?![\p{Cf}\p{Co}\ufe00-\ufe0f])`;
const TOLERATED = [
  '^\\ufeff',
  // Typed once too often at the end of a word.
  `(?<=${JOINING}\\p{M}{0,3})[\\u200c\\u200d]${ALONE}`,
  // The flags of England, Scotland and Wales are the only emoji spelt with tag characters.
  '(?<=\\u{1f3f4})\\u{e0067}\\u{e0062}(?:\\u{e0065}\\u{e006e}\\u{e0067}|\\u{e0073}\\u{e0063}\\u{e0074}|\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f}',
  `(?<=[\\p{So}\\p{Sm}\\p{Extended_Pictographic}])[\\ufe0e\\ufe0f]${ALONE}`,
  // A variant of one ideograph, as in Japanese names.
  '(?<=\\p{Script=Han})[\\u{e0100}-\\u{e01ef}](?![\\u{e0100}-\\u{e01ef}])',
  // Bullets of the Symbol and Wingdings fonts at the start of a line.
  `(?<=^|\\n[ \\t]?)[\\uf0a7\\uf0b7\\uf0d8\\uf0fc]${ALONE}`,
  // A possible hyphenation inside a long word.
  `(?<=\\p{L}{3})\\u00ad(?=\\p{L}{3})`,
  `(?<=[\\p{Script=Arabic}\\p{Script=Hebrew}][^\\p{L}\\p{Cf}]{0,3})[\\u200e\\u200f]${ALONE}`,
  `[\\u200e\\u200f](?=[^\\p{L}\\p{Cf}]{0,3}[\\p{Script=Arabic}\\p{Script=Hebrew}])`,
].join('|');
/** More of them than this is no accident any more. */
const TOLERATED_COUNT = 8;

const CASES = new RegExp(`(?<needed>${NEEDED})|(?<tolerated>${TOLERATED})|${UNSEEN}`, 'gu');

export function withoutUnseen(raw: string): Seen {
  let hidden = 0;
  let tolerated = 0;
  const text = raw.replace(/\r\n/g, '\n').replace(CASES, (found, ...rest) => {
    const groups = rest.at(-1) as { needed?: string; tolerated?: string };
    if (groups.needed !== undefined) return found;
    if (groups.tolerated !== undefined) tolerated += 1;
    else hidden += 1;
    return BREAKS.has(found) ? '\n' : '';
  });
  return { text, hidden: hidden + Math.max(0, tolerated - TOLERATED_COUNT) };
}

/** Every unseen character, needed or not. */
export const withoutAnyUnseen = (text: string): string => text.replace(ANY_UNSEEN, '');
const ANY_UNSEEN = new RegExp(UNSEEN, 'gu');

/** Unseen characters that part words all the same. */
const BREAKS: ReadonlySet<string> = new Set(['\r', '\v', '\f', '\u0085', '\u2028', '\u2029']);
