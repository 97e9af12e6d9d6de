import { found, type View } from './detector.ts';

/*
 * Texts that pretend to be something else than the words of a requestor: a turn of a conversation with the model, the
 * end of the data, or a record of the answer.
 */

/** Marks with which chat models part the turns of a conversation. A person who asks for access has no use for them. */
const TOKENS = [
  {
    says: 'holds a control token of a chat model',
    pattern: /<\|[^|\n]{1,40}\|>|<\uff5c|\|(?:im_start|im_end|eot_id)\|/,
  },
  {
    says: 'holds an instruction mark of a chat model',
    pattern: /\[\s?\/?\s?(?:inst|sys|sysprompt)\s?\]|<<\s?\/?\s?sys\s?>>|<\/?s>/i,
  },
  {
    says: 'holds a turn mark of a chat model',
    pattern:
      /<\/?(?:start_of_turn|end_of_turn|bos|eos|turn|think|thinking|reasoning|function_calls?|tool_calls?|tool_result|tool_response|invoke|antml)\b/i,
  },
  {
    says: 'opens a section in the name of the system',
    pattern:
      /<\/?(?:system|assistant|user|human|developer|admin|important|instructions?|prompt)(?:[-_][a-z]{1,20})?>|\[\/?(?:system|assistant|human|developer|instructions?|prompt|ai)(?: (?:message|note|prompt|override))?\]/i,
  },
  {
    says: 'names a role as a message record does',
    pattern: /["']?role["']?\s{0,3}[:=]\s{0,3}["']?(?:system|assistant|user|tool|developer|model|function)\b/i,
  },
  {
    says: 'holds a heading of a prompt',
    pattern:
      /#{1,6}\s{0,3}(?:new |end of |updated? )?(?:instructions?|system|assistant|user|human|response|input|output|prompt|task|rubric|rules|context|developer)\b/i,
  },
] as const;

/** Labels that begin a line and are used for nothing but the turn of a machine. */
const MACHINE_TURN =
  /(?:^|\n|[.!?"'\]] )\s{0,10}(?:assistant|ai(?: assistant| reviewer)?|chatgpt|gpt|claude|gemini|llm|chatbot|bot|developer message|system (?:prompt|message|note|override|instruction|update|notice)|tool (?:result|output|response)|function (?:result|output))(?: ?\([^()\n]{1,40}\))?\s?[:>]/i;
/** Labels that tickets use as well: two different ones make a conversation, one must speak of rating. */
const PERSON_TURN = /(?:^|\n)\s{0,10}(system|user|human|developer|operator|admin|reviewer|tool)\s?:([^\n]{0,200})/gi;
const OF_RATING = /\b(?:risks?|rat(?:e|ed|ing)|scor(?:e|ed|ing)|rubric|instructions?|prompt|pre-?cleared|low)\b/i;

export function roleTokens({ lines }: View): string[] {
  const turns = [...lines.matchAll(PERSON_TURN)];
  const conversation = MACHINE_TURN.test(lines) || turns.some(([, , rest]) => OF_RATING.test(rest ?? ''));
  return [...found(TOKENS, lines), ...(conversation ? ['holds a turn of a conversation with a model'] : [])];
}

const PART =
  '(?:justification|request|data|input|text|record|prompt|untrusted|section|message|block|user|content|document|instructions?|context|system|notes?|ticket|description|quote|batch|list|response|reply)s?';

/** Marks that pretend to end the data, the text or the message, so that what follows reads as ours. */
const MARKS = [
  { says: 'holds a fence of code', pattern: /```|~~~|"""|'''/ },
  { says: 'holds a mark in angle brackets', pattern: /<<<|\w>>>/ },
  { says: 'holds a ruled line with words after it', pattern: /(?:^|\n)\s{0,10}(?:[-_]{3,80}|[=~*+#]{3,80})\s{0,10}\n/ },
  {
    says: 'shouts a heading between rules',
    pattern:
      /[*=~_#-]{3,80} {0,3}(?!BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED |PUBLIC |PRIVATE |PGP |NEW ){0,4}(?:CERTIFICATE|[A-Z]{1,20} KEY|KEY|MESSAGE))[A-Z][A-Z _-]{2,60} {0,3}[*=~_#-]{3,80}|\*{3,20} ?[A-Z]{3}/,
  },
  {
    says: 'says that the text or the data ends here',
    pattern: new RegExp(
      String.raw`[[({<*=_-]\s?/?(?:end|stop|close|eof|finish)(?:[ _-]of)?[ _-](?:the[ _-])?(?:\w{1,20}[ _-])?${PART}|\bend of (?:the )?(?:\w{1,20} )?(?:${PART})(?: block| section)?\s?[.:\])>*=-]|\b(?:begin|end)_[a-z]{1,20}|\b(?:rest|remainder) of (?:the )?(?:justification|input|prompt)`,
      'iu',
    ),
  },
  {
    says: 'says that a mark or the trust has changed',
    pattern:
      /\b(?:marker|delimiter|separator|boundary)s?\b.{0,30}\b(?:changed|ends?|closed?|is now|void)\b|\bnow trusted\b/i,
  },
  {
    says: 'uses a field name of our own question',
    pattern:
      /untrusted[ _-]text|expected_automation|requestor_requests_in_window|injection_suspected|anomaly_flags|risk_score\b/i,
  },
  { says: 'puts one unusual sign between its words', pattern: /\w([\^¦§¬·•▁˽‖¶¤])\w{1,30}\1\w{1,30}\1\w{1,30}\1/u },
] as const;

export const delimiter = ({ lines }: View): string[] => found(MARKS, lines);

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
