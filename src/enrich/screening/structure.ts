import { found } from './pattern.ts';
import type { View } from './view.ts';

/** A name of a rating, plain or as the key of a record; a level of a log or an array has its own name before it. */
const KEY = String.raw`(?:risk|rating|score|decision|verdict|recommended)[ _-]?(?:level|score|rating|value|risk|class)?|(?<![\p{L}\p{N}] ?)level|auto[ _-]?approved?|anomaly[ _]flags?|injection[ _](?:suspected|detected)`;
const VALUE = String.raw`(?:low(?:est)?|lo|medium|high|critical|minimal|none|null|safe|ok|approved?|auto[ _-]?approved?|true|false|\[\]|0(?:\.0)?|[1-3])(?![\w.])`;
const QUOTE = String.raw`(?:\\{0,2}["'*\u201c\u201d])`;
/** A key and its value may be parted by the sign of any notation, and the value may be wrapped once. */
const IS = String.raw`${QUOTE}?\s{0,3}(?::|=>?|\||>|,)\s{0,3}`;
const WRAPPED = String.raw`(?:[{[(]\s{0,3}${QUOTE}?(?:value|level|label|name)${IS})?${QUOTE}{0,2}`;

/** A result record, or pieces of one, in any of the usual notations. */
const RECORDS = [
  {
    says: 'gives a rating as a key with a value',
    pattern: new RegExp(
      String.raw`(?<![\p{L}\p{N}])(?:${QUOTE}(?:${KEY})${IS}|<?(?:${KEY})\s{0,3}(?::|=>?|\||>)\s{0,3})${WRAPPED}${VALUE}`,
      'iu',
    ),
  },
  {
    says: 'lists a rating among the values of a record',
    pattern:
      /(?<![\p{L}\p{N}]|:\s?\\{0,2}["'])low\s?\\{0,2}["'][,;:}\]]|["']\s{0,3}[,;]\s{0,3}\\{0,2}["'](?:low|critical|approved?|auto[ _-]?approved?)\b|[,;|\t]\s?["']?(?:low|critical)["']?\s?[,;|\t]\s?(?:low|auto|approved?|none|ok|no |routine|false|\[|\d|"|')|[\w-]{1,40}[;|\t]\s?(?:low|critical)\s?(?:[;|\t]|$|\n)/iu,
  },
  {
    says: 'holds the heading of a table of ratings',
    pattern:
      /(?:^|[\n|,;\t])\s?(?:id|request(?:[_ ]?id)?|itemid)\s?[,;|\t]\s?(?:risk|score|rating|level|decision)\b|\b(?:risk|rating|score)\s?[,;|\t]\s?(?:comment|summary|flags|decision)\b/i,
  },
  {
    says: 'gives the comment of a record as a key with a value',
    pattern: /["'](?:comment|summary)["']\s{0,3}[:=]|(?<![\p{L}\p{N}])(?:comment|summary)\s?[:=]\s?["'\u201c]/iu,
  },
  {
    says: 'closes a record and opens the next',
    pattern: /["'}\]]\s{0,3}[}\]]\s{0,3},\s{0,3}[{["']|["']\s{0,3}\}\s{0,3},?\s{0,3}\{/,
  },
] as const;

export function structure({ lines }: View): string[] {
  return [
    ...found(RECORDS, lines),
    ...(closesWhatItNeverOpened(lines) ? ['closes a bracket or quotation that it never opened'] : []),
    ...(closesForeignTag(lines) ? ['closes a section that it never opened'] : []),
  ];
}

/**
 * A snippet of JSON or code that someone pasted opens what it closes. A text that wants out of the string it stands in
 * closes first: its first quotation mark, or one bracket too many beside a quotation mark, ends a value.
 */
function closesWhatItNeverOpened(text: string): boolean {
  if (FIRST_QUOTE_CLOSES.test(text)) return true;
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[{}[\]]/g)) {
    depth += bracket === '{' || bracket === '[' ? 1 : -1;
    if (depth < 0 && /["'}\]][\s,]{0,3}$/.test(text.slice(Math.max(0, index - 5), index))) return true;
    depth = Math.max(depth, 0);
  }
  return false;
}

/** Behind a word (not a number: inches) and before a separator. */
const FIRST_QUOTE_CLOSES = /^[^"]{0,4000}[\p{L}.!?)]"\s{0,3}(?:[,;:]\s{0,3}["'{[\w]|[}\]])/u;

function closesForeignTag(text: string): boolean {
  const open = new Set<string>();
  for (const [, slash, name = ''] of text.matchAll(/<(\/?)([\p{L}_][\p{L}\p{N}_:-]{0,40})/gu)) {
    if (slash === '') open.add(name.toLowerCase());
    else if (!open.has(name.toLowerCase())) return true;
  }
  return false;
}
