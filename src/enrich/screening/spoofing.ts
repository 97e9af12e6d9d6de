import { isOfAnotherRecord, PART } from './records.ts';
import { found, type View } from './view.ts';

/*
 * Texts that pretend to be something else than the words of a requestor: a turn of a conversation with the model, or the
 * end of the data.
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
    // Not an element of an XML document that holds others, and not the name of a logger behind time and level.
    pattern:
      /<(?:system|assistant|user|human|developer|admin|important|instructions?|prompt)(?:[-_][a-z]{1,20})?>(?!\s{0,3}<[a-z])|(?<!>\s{0,3})<\/(?:system|assistant|user|human|developer|admin|important|instructions?|prompt)(?:[-_][a-z]{1,20})?>|(?<!(?:\d\d|\b(?:info|warn|warning|error|debug|trace|notice|fatal))[^\s[]{0,6} )\[\/?(?:system|assistant|human|developer|instructions?|prompt|ai)(?: (?:message|note|prompt|override))?\]/i,
  },
  {
    says: 'holds a heading of a prompt',
    pattern:
      /#{1,6}\s{0,3}(?:new |end of |updated? )?(?:instructions?|system|assistant|user|human|response|input|output|prompt|task|rubric|rules|context|developer)\b/i,
  },
] as const;

/** What a message to a model names; a record of an account does as well. */
const ROLE =
  /["']?role["']?\s{0,3}[:=]\s{0,3}["']?(?:system|assistant|user|tool|developer|model|function)\b(?=["'\s]{0,3}(?:[,;:.|}\]\n]|$))/i;

/** A label at the beginning of a line or a sentence, and the words after it. */
const TURN =
  /(?:^|\n|[.!?"'\]] )\s{0,10}(assistant|ai(?: assistant| reviewer)?|chatgpt|gpt|claude|gemini|llm|chatbot|bot|developer message|system(?: (?:prompt|message|note|override|instruction|update|notice))?|(?:tool|function)(?: (?:result|output|response))?|user|human|developer|operator|admin|reviewer)(?: ?\([^()\n]{1,40}\))?\s?[:>](?=([^\n]{0,200}))/gi;
/** Of nothing but a machine; the others are fields of tickets as well. */
const MACHINE =
  /^(?:assistant|ai\b|chatgpt|gpt|claude|gemini|llm|chatbot|bot|developer m|system (?:prompt|override|ins))/i;
/** Systems and users have risks and scores, too. What nobody says of those is that *this* is rated, or is low. */
const OF_RATING =
  /\b(?:rated?|scored?|assess(?:ed)?|output|answer|return|emit)\b(?= (?:this|it|them|the|all|every|as|low|risk))|\b(?:this|that|your|its|same|recommended) (?:\w{1,20} )?(?:rating|score|risk|verdict|value)\b|\b(?:no|low|minimal) risk\b|\brisk\W{1,3}(?:is |level |of )?\W{0,2}low\b|\blow\b(?=\s?(?:[.,;!"]|$|for\b|by\b))|_risk"|\b(?:new|your|these|previous) (?:instructions?|prompt|rules)\b|\brubric\b|\bpre-?cleared\b/i;

/** One label at the very beginning is the heading of a note; a machine that speaks after somebody else is a conversation. */
export function roleTokens({ lines, readings }: View): string[] {
  const turns = [...lines.matchAll(TURN)];
  const conversation = turns.some(
    ({ index, 1: label = '', 2: rest = '' }) => OF_RATING.test(rest) || (MACHINE.test(label) && index > 0),
  );
  const message = ROLE.test(lines) && (/\bcontents?\b/.test(lines) || !isOfAnotherRecord(lines, readings[0] ?? ''));
  return [
    ...found(TOKENS, lines),
    ...(message ? ['names a role as a message record does'] : []),
    ...(conversation ? ['holds a turn of a conversation with a model'] : []),
  ];
}

/** Marks that pretend to end the data, the text or the message, so that what follows reads as ours. */
const MARKS = [
  { says: 'holds a mark in angle brackets', pattern: /<<<\s?\/?\p{L}[^<>\n]{0,60}>>>|<<<\/?\p{L}|\w>>>/u },
  {
    says: 'holds a ruled line with words after it',
    // Not above the head of a mail that is quoted, which is two fields at least.
    pattern:
      /(?:^|\n)\s{0,10}(?:[-_]{3,80}|[=~*+#]{3,80})\s{0,10}\n(?!\s{0,3}\p{L}[\p{L}-]{1,12}:[^\n]{1,120}\n\s{0,3}\p{L}[\p{L}-]{1,12}:)/u,
  },
  {
    says: 'says that the text or the data ends here',
    pattern: new RegExp(
      String.raw`[[({<*=_-]\s?/?(?:end|eof)(?:[ _-]of)?[ _-](?:the[ _-])?(?!certificate)(?:\w{1,20}[ _-])?${PART}|[[<]\s?/?(?:stop|close|finish)[ _-](?:of[ _-])?${PART}|(?:^|[\n.!?:;*=#>\])-] {0,3})end of (?:the )?(?:\w{1,20} )?(?:${PART})(?: block| section)?\s?[.:\])>*=-]|\b(?:begin|end)_${PART}\b|\b(?:rest|remainder) of (?:the )?(?:justification|input|prompt)`,
      'iu',
    ),
  },
  {
    says: 'says that a mark or the trust has changed',
    pattern:
      /\b(?:marker|delimiter|separator|boundary)s?\b.{0,30}\b(?:changed|ends?|closed?|is now|void)\b.{0,200}\b(?:trust|instruct|prompt|justification|review|rat(?:e|ing)\b)|\bnow trusted\b/i,
  },
  {
    says: 'uses a field name of our own question',
    pattern: /untrusted[ _-]text|expected_automation|requestor_requests_in_window|injection_suspected|anomaly_flags/i,
  },
  { says: 'puts one unusual sign between its words', pattern: /\w([\^¦§¬·•▁˽‖¶¤])\w{1,30}\1\w{1,30}\1\w{1,30}\1/u },
] as const;

export const delimiter = ({ lines }: View): string[] => [
  ...found(MARKS, lines),
  ...(headings(lines).some((heading) => OF_MESSAGE.test(heading)) ? ['shouts a heading between rules'] : []),
  ...(fencesWords(lines) ? ['holds a fence around words'] : []),
];

/** What stands in capitals between rules. */
const headings = (text: string): string[] =>
  [...text.matchAll(/[*=~_#-]{3,80} {0,3}([A-Z][A-Z _-]{2,60})(?=$|[^\w-])/gmu)].map(([, heading = '']) => heading);
/** Part of a message to a model, or the begin or end of a part; the armour of a key is neither. */
const OF_MESSAGE = new RegExp(
  String.raw`^(?!.{0,60}\b(?:CERTIFICATE|KEY|PGP)\b)(?:.{0,60}\b(?:END|BEGIN|START|STOP|NEW)[ _-](?:.{0,60}[ _-])?${PART}\b|.{0,60}\b(?:TRUSTED|UNTRUSTED|INSTRUCTIONS?|PROMPT|REVIEWER|RATINGS?)\b|(?:SYSTEM|ASSISTANT|DEVELOPER|ADMIN)(?: (?:MESSAGE|NOTE|OVERRIDE))?[ _-]{0,60}$)`,
  'iu',
);

/** A fence holds code or a log, and is closed again; one around words, or without an end, sets them apart from the rest. */
function fencesWords(text: string): boolean {
  const pieces = text.split(/```|~~~|"""|'''/u);
  return pieces.length % 2 === 0 || pieces.some((piece, n) => n % 2 === 1 && !/[=\\/{}<>$_|]|\d:\d|\w\(/.test(piece));
}
