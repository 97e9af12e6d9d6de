import { found } from './pattern.ts';
import type { View } from './view.ts';

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
