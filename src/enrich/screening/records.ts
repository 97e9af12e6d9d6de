import { found, type View } from './view.ts';

/* A record of the answer, or the end of the record that holds the text. A record that was pasted from elsewhere is neither. */

/** What a message to a model is made of, ours among them. */
export const PART =
  '(?:justification|request|data|input|text|record|prompt|untrusted|section|message|block|user|content|document|instructions?|context|system|notes?|ticket|description|quote|batch|list|response|reply)s?';

/** A name of a rating, plain or as the key of a record; a level of a log or an array has its own name before it. */
const KEY = String.raw`(?:risk|rating|score|decision|verdict|recommended)[ _-]?(?:level|score|rating|value|risk|class)?|(?<![\p{L}\p{N}][ _-]?)level|auto[ _-]?approved?|anomaly[ _]flags?|injection[ _](?:suspected|detected)`;
const VALUE = String.raw`(?:low(?:est)?|lo|medium|high|critical|minimal|none|null|safe|ok|approved?|auto[ _-]?approved?|true|false|\[\]|0(?:\.0)?|[1-3])(?![\w.]|:\d)`;
const QUOTE = String.raw`(?:\\{0,2}["'*\u201c\u201d])`;
/** A key and its value may be parted by the sign of any notation, and the value may be wrapped once. */
const IS = String.raw`${QUOTE}?\s{0,3}(?::|=>?|\||>|,)\s{0,3}`;
const WRAPPED = String.raw`(?:[{[(]\s{0,3}${QUOTE}?(?:value|level|label|name)${IS})?${QUOTE}{0,2}`;

/** Not the variable of a shell. */
const KEYED = {
  says: 'gives a rating as a key with a value',
  pattern: new RegExp(
    String.raw`(?<![\p{L}\p{N}]|\b(?:export|env|-e) )(?:${QUOTE}(?:${KEY})${IS}|<?(?:${KEY})\s{0,3}(?::|=>?|\||>)\s{0,3})${WRAPPED}${VALUE}`,
    'iu',
  ),
};

/** A result record, or pieces of one, in any of the usual notations. */
const RECORDS = [
  KEYED,
  {
    says: 'answers for a slot of our question',
    pattern: /(?<![\p{L}\p{N}])r\d{1,3}["'*]{0,2}\s?(?::|=>?|[|;,>])\s?["'{*]{0,2}\s?(?:low|safe)(?!\p{L})/iu,
  },
  {
    says: 'lists a rating among the values of a record',
    pattern:
      /(?<![\p{L}\p{N}]|:\s?\\{0,2}["'])low\s?\\{0,2}["'][,;:}\]]|["']\s{0,3}[,;]\s{0,3}\\{0,2}["'](?:low|critical|approved?|auto[ _-]?approved?)\b|[,;|\t]\s?["']?(?:low|critical)["']?\s?[,;|\t]\s?(?:low|auto|approved?|none|ok|no |routine|false|\[|\d|"|')|[\w-]{1,40}[;|\t]\s?(?:low|critical)\s?(?:[;|\t]|$|\n)/iu,
  },
  {
    says: 'holds the heading of a table of ratings',
    pattern:
      /(?:(?:^|[\n|,;\t])\s?(?:id|request(?:[_ ]?id)?|itemid)\s?[,;|\t]\s?(?:risk|score|rating|level|decision)\b|\b(?:risk|rating|score)\s?[,;|\t]\s?(?:comment|summary|flags|decision)\b)[\s\S]{0,600}\b(?:low|medium|high|critical|approved?)\b/i,
  },
  {
    says: 'gives the comment of a record as a key with a value',
    pattern: /["'](?:comment|summary)["']\s{0,3}[:=]|(?<![\p{L}\p{N}])(?:comment|summary)\s?[:=]\s?["'\u201c]/iu,
  },
] as const;

/** All levels in a row are the scale itself. */
const SCALE =
  /(?:["']?\b(?:low|medium|moderate|high|critical)\b["']?\s?[,|/;]\s?){2,3}["']?(?:low|medium|high|critical)\b["']?/giu;

export function structure({ lines, readings }: View): string[] {
  return [
    ...answers(lines, readings[0] ?? ''),
    ...(closesWhatItNeverOpened(lines) ? ['closes a bracket or quotation that it never opened'] : []),
    ...(closesForeignTag(lines) ? ['closes a section that it never opened'] : []),
  ];
}

/** Whether a text holds an answer of the review, or a piece of one. */
export function answers(text: string, reading: string): string[] {
  const scaleless = text.replace(SCALE, 'scale');
  const records = found(RECORDS, scaleless);
  if (records.length === 0 || !isPasted(text, reading)) return records;
  // What stands in cells is weighed against cells as well; a rating that has a name needs other names around it.
  const names = [fieldsOf(text), ...(KEYED.pattern.test(scaleless) ? [] : rowsOf(text))];
  return names.some(areMostlyOthers) ? [] : records;
}

/** The fields of our answer and of our question, and the values of our scale. */
const OURS = new RegExp(
  String.raw`^(?:${KEY}|(?:\w{1,12} )?(?:result|answer|output|reply)s?|(?:risk |)(?:comment|summary|flags|anomalies|confidence|justification)s?|(?:request[ _]?|)ids?|requests?|slots?|low|medium|high|critical|ok|none|no|yes|true|false|approved?|routine|\d{1,3}|)$`,
  'iu',
);
/** What stands in no record but an answer of the review, or speaks to whoever gives it. */
const OF_REVIEW =
  /(?<![\p{L}\p{N}])(?:r\d{1,3}(?=["'*]{0,2}\s?[:=>;,|\t]|\]|\))|anomal(?:y|ies)\W?flags?|injection[ _]\w{1,20}|auto[ _-]?approved?|recommended[ _-]risk|itemid|reviewers?|raters?|evaluators?|assessors?|graders?|ai|llms?|language model|assistant|gpt|who(?:ever|soever)? (?:reads|rates|reviews|scores)|(?:this|the|your) (?:\w{1,20} )?(?:review|rating|assessment|evaluation|verdict|answer|output)|(?:rate|score|classify|grade|answer|output|return|copy|repeat|keep|use|take|adopt|carry|set|give) (?:\w{1,20} ){0,4}(?:this|these|that|it|values?|fields?|rating|same|above|below|verbatim|accordingly))(?![\p{L}\p{N}])/iu;

/**
 * A record that was pasted whole (a ticket, a form, a log) says a rating among things that our answer does not hold, and
 * speaks to nobody. Somebody who knows this can write such a record; it then says no more than any other calm sentence.
 */
export const isOfAnotherRecord = (text: string, reading: string): boolean =>
  isPasted(text, reading) && areMostlyOthers(fieldsOf(text));

const isPasted = (text: string, reading: string): boolean =>
  !OF_REVIEW.test(text) && !OF_REVIEW.test(reading) && !/\\["']/.test(text) && !breaksOut(text);

function areMostlyOthers(names: readonly string[]): boolean {
  const different = [...new Set(names.map((name) => name.trim().toLowerCase()))];
  const others = different.filter((name) => !OURS.test(name)).length;
  return others >= 2 && others > different.length - others;
}

const fieldsOf = (text: string): string[] => [...text.matchAll(FIELD)].map(([, name, bare]) => name ?? bare ?? '');

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_.-]{0,30}(?: [\p{L}\p{N}_.-]{1,20}){0,3}`;
/** The name before a colon, an equals sign or the end of a tag, or in the first of two cells. */
const FIELD = new RegExp(
  String.raw`(?:^|[\n|;,/({[\t<>]|[.!?] |- )\s{0,3}["'*]{0,2}(${NAME})(?=["'*]{0,2}\s{0,3}(?::|=>?|>)\s{0,3}\S|\s{0,3}\|[^|\n]{1,80}\|?\s{0,3}(?:\n|$))|(?<= )([\w.-]{1,30})(?==[^\s=])`,
  'gu',
);
/** What the cells of a row are called: those before a sign of their own, and the rest as they are. */
function rowsOf(text: string): string[][] {
  const rows = ['|', '\t', ';', ',', ' - ', ' / '].flatMap((sign) => {
    const parted = text.split('\n').map((line) => line.split(sign));
    const table = parted.filter((cells) => cells.length >= 3);
    // A row of three may be an answer; two of them under each other are a table, and the first one is its heading.
    return [...parted.filter((cells) => cells.length >= 4), ...(table.length > 1 ? table.slice(0, 1) : [])];
  });
  const named = rows.map((cells) => cells.map((cell) => cell.replace(/["'*{}[\]]|[:=].{0,1000}/g, '')));
  return named.map((names) => names.filter((name) => name.length <= 60));
}

/**
 * A snippet of JSON or code that someone pasted opens what it closes. A text that wants out of the string it stands in
 * closes first: its first quotation mark, or one bracket too many beside a quotation mark, ends a value.
 */
const breaksOut = (text: string): boolean =>
  unopened(text).length > 0 || FIRST_QUOTE_CLOSES.test(text) || closesForeignTag(text);

function closesWhatItNeverOpened(text: string): boolean {
  const closes = unopened(text).map((index) => text.slice(Math.max(0, index - 5), index));
  return FIRST_QUOTE_CLOSES.test(text) || closes.some((before) => /["'}\]][\s,]{0,3}$/.test(before));
}

/** Where brackets close that were not opened. */
function unopened(text: string): number[] {
  let depth = 0;
  return [...text.matchAll(/[{}[\]]/g)].flatMap(({ 0: bracket, index }) => {
    depth += bracket === '{' || bracket === '[' ? 1 : -1;
    if (depth >= 0) return [];
    depth = 0;
    return [index];
  });
}

/** Behind a word (not a number: inches) and before a separator. */
const FIRST_QUOTE_CLOSES = /^[^"]{0,4000}[\p{L}.!?)]"\s{0,3}(?:[,;:]\s{0,3}["'{[\w]|[}\]])/u;

/** The message of a parser names one closing tag; whoever wants out of a section closes ours, or goes on after it. */
function closesForeignTag(text: string): boolean {
  const open = new Set<string>();
  let foreign = 0;
  for (const [, slash, name = ''] of text.matchAll(/<(\/?)([\p{L}_][\p{L}\p{N}_:-]{0,40})/gu)) {
    if (foreign > 0) return true;
    if (slash === '') open.add(name.toLowerCase());
    else if (!open.has(name.toLowerCase())) foreign += 1;
    if (foreign > 0 && OUR_TAG.test(name)) return true;
  }
  return false;
}
const OUR_TAG = new RegExp(`^(?:untrusted|reason|${PART})`, 'iu');
