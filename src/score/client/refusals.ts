import { isQuotaUsedUp } from '../budget/rate_limit_headers.ts';
import { named } from './abilities.ts';
import type { Said } from './said.ts';

/**
 * What a refusal means, by its body first and its status second: gateways pack one refusal into the status of another.
 * The words are those of the servers in docs/models.md and of the gateways in front of them.
 */
export type Meaning =
  /** The question does not fit; a smaller one may. */
  | 'too-long'
  /** A filter does not let through what the question says. */
  | 'filtered'
  /** It names a parameter that it does not know. */
  | 'parameter'
  /** There is no such model, or nothing answers at that path. */
  | 'unknown-model'
  | 'used-up'
  | 'unauthorized'
  /** Worth another try as it is. */
  | 'busy'
  /** All else: it does not like the question. */
  | 'refused';

export function meaningOf(said: Said): Meaning {
  const found = RULES.find(({ holds }) => holds(said));
  return found?.meaning ?? 'refused';
}

/** Some words; a list stands for all of its own. */
type Words = RegExp | readonly RegExp[];

/** Whether one of these stands in the names that the error gives itself, or in its words. */
function says({ codes, message }: Said, any: readonly Words[]): boolean {
  const text = `${codes.join(' ')}\n${message}`;
  return any.some((words) => [words].flat().every((one) => one.test(text)));
}
const within =
  (...statuses: readonly number[]) =>
  ({ status }: Said): boolean =>
    statuses.includes(status);

/** Statuses in which gateways wrap what another server refused. */
const wraps = within(400, 403, 413, 415, 422, 424, 451, 500, 501, 502, 503);
const failing = ({ status }: Said): boolean => PASSING.has(status) || (status >= 500 && status !== 501);
/** Besides those of HTTP itself: a server that ended the call (nginx), and a tier that is full (Groq). */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429, 498, 499]);

type Rule = { readonly meaning: Meaning; readonly holds: (said: Said) => boolean };

/** The first that holds counts. */
const RULES: readonly Rule[] = [
  { meaning: 'too-long', holds: isTooLong },
  { meaning: 'filtered', holds: isFiltered },
  { meaning: 'used-up', holds: isUsedUp },
  { meaning: 'unknown-model', holds: isUnknownModel },
  { meaning: 'unauthorized', holds: isUnauthorized },
  { meaning: 'parameter', holds: isParameter },
  { meaning: 'busy', holds: isBusy },
];

/** OpenAI and Azure, Anthropic, Bedrock, Gemini, Mistral, Cohere, xAI, Groq, Together; vLLM, TGI, Ollama, llama.cpp, LM Studio, OpenRouter. */
const TOO_LONG: readonly Words[] = [
  [
    /context[ _-]?(?:length|window|size|limit)|\bn_ctx\b/i,
    /exceed|overflow|too (?:small|long|large)|larger|longer|greater|maximum|only \d/i,
  ],
  /context the overflows|context overflow|model_context_window_exceeded|exceed_context_size/i,
  /maximum (?:context|prompt|input|sequence) (?:length|limit|size)|request_too_large/i,
  [
    /number of tokens|tokens allowed|allowed (?:input|content) length|token limit|input limit/i,
    /exceed|more than|larger|longer/i,
  ],
  /\b(?:prompt|input|text|messages?|conversation|length|request) (?:text )?(?:is|are|was|were|has been) too (?:long|large|big)/i,
  /\bprompt too (?:long|large)|(?:payload|entity|body|content)[ _]too[ _]large|too large for model/i,
  [/\b(?:input|prompt|requested tokens)\b/i, /\btokens?\b|\blength\b/i, /\bexceed/i],
  /range of input length|input length should be|reduce the (?:length|size|number) of|size limit exceeded/i,
  /too many (?:input |prompt |total )?tokens|string[ _]too[ _]long|token[ _]limit[ _]exceeded|exceeded model token limit/i,
  /inputs.? tokens \+/i,
  /\d tokens > \d/i,
  /must have less than \d+ tokens/i,
  /current length is \d/i,
  /\bkv[ -]?cache\b[^\n]{0,30}\b(?:full|space|slot|size)/i,
  /expected max_?length|maxLength: \d|longer than the maximum|(?:exceeds?|over|beyond) (?:the )?(?:model|max(?:imum)?)\b[^.\n]{0,20}\b(?:context|length|tokens|input)/i,
  /token count is \d[^\n]{0,60}\bonly\b|reduce the input\b|\bmax_(?:seq|model)_len\b|model max length|tokens too long|at least 1, got -\d|payload exceeds|超长/i,
  /contains \d{1,9} (?:characters|tokens)[^.\n]{0,30}\b(?:exceed|limit|over)|\bcontext of \d{1,9} is over \d/i,
  /(?:token|context|length|input) (?:limit|length|window) (?:was |is |has been |been )?(?:reached|hit|exceeded|full)|reached (?:the |its )?(?:max\w{0,20} )?(?:token|context) limit/i,
];
/** Limits of a time, which are told in the same words. */
const PER_TIME =
  /rate.?limit|too many requests|per (?:minute|hour|day|second)|\b[rt]p[md]\b|throttl|please wait|try again (?:later|in)/i;
/** A single question that is more than a minute's allowance never passes, however long one waits. */
const NEVER_FITS = /request too large/i;

function isTooLong(said: Said): boolean {
  if (said.status === 413) return true;
  if (said.status === 429) return NEVER_FITS.test(said.message);
  return wraps(said) && says(said, TOO_LONG) && !PER_TIME.test(said.message);
}

/** Azure, OpenAI, Anthropic, Gemini, Bedrock; LiteLLM, OpenRouter, Portkey, Cloudflare and other gateways; DeepSeek, Qwen, Zhipu. */
const FILTERED: readonly Words[] = [
  /content[ _-]?(?:filter|management|policy|moderation|safety|exists risk|violation|blocked)|\bcontentfilter/i,
  /responsible ?ai|data_?inspection|safety[ _-]?(?:system|filter|setting|reason|polic|check|violation|rating)/i,
  [/\bsafety\b/i, /\bblock/i],
  /guard ?rails?\b|guardrail|moderation|moderated|\bflagged\b|prohibited[ _]?(?:content|use)|blocklist/i,
  /blocked[ _](?:word|by|due|because|content|prompt)|prompt[ _-](?:was |is |has been )?(?:blocked|injection|shield)/i,
  /(?:usage|acceptable use|content|trust|safety) polic(?:y|ies)|invalid_prompt|jailbreak/i,
  [/\bviolat/i, /\bpolic(?:y|ies)\b|\bguidelines?\b|\bterms\b/i],
  /(?:harmful|inappropriate|sensitive|unsafe|disallowed|forbidden|offensive) (?:content|information|words?|text|input|language|prompt)/i,
  /(?:request|input|prompt|pattern) (?:is|was|has been) (?:blocked|rejected|filtered)|web application firewall|\bspii\b|recitation/i,
  // What gateways for the protection of data find, in whatever sentence.
  /\bmalicious|\bpii\b|\bphi\b|\bdlp\b|data (?:loss|leak)|\b(?:prompt|llm|input|ai)[ _-]?(?:guard|firewall|armor)\b|toxic|profan/i,
  /(?:sql|code|command|script|prompt)[ _-]injection|injection (?:attack|attempt|detect)|(?:personal|confidential|secret|sensitive) (?:data|info\w{0,20}|details|material|topics?)/i,
  /(?:denied|blocked|rejected|refused|stopped) by (?:an? |the |our |your )?(?:\w{1,20} ){0,2}(?:rules?|filters?|firewall|waf|guard|scanner|security)\b|you (?:have been|are|were) blocked|url was rejected/i,
  /敏感|不安全|违规/,
];
/** That something of the question is blocked; the same is said of keys and parameters. */
const BLOCKED =
  /\b(?:prompts?|inputs?|texts?|messages?|content|quer(?:y|ies)|questions?|keywords?|requests?)\b[^.\n]{0,60}\b(?:blocked|denied|detected)\b|\b(?:blocked|denied|detected)\b[^.\n]{0,40}\b(?:prompts?|inputs?|texts?|content|keywords?|patterns?)\b/i;
const NOT_OF_TEXT =
  /\bkeys?\b|\btokens?\b|credential|permission|account|subscription|response_format|temperature|max_/i;
/** The filter itself is what failed. */
const FILTER_FAILED =
  /(?:unavailable|unreachable|not reachable|timed? ?out|could not be (?:reached|applied)|failed to (?:reach|call|connect|load)|overload|queue|too many|rate.?limit)/i;
const filterMay = within(400, 403, 406, 422, 424, 446, 451, 500, 501, 502, 503);

function isFiltered(said: Said): boolean {
  const blocked = says(said, FILTERED) || (says(said, [BLOCKED]) && !says(said, [NOT_OF_TEXT]));
  return filterMay(said) && blocked && !FILTER_FAILED.test(said.message);
}

const NO_MONEY: readonly Words[] = [
  /(?:used|spent|exhausted) all (?:of )?(?:its |your |the )?(?:available |included |remaining )?credits|(?:spending|billing|monthly credit) limit|included credits/i,
  /insufficient[ _](?:quota|balance|credits?|funds)|(?:credit|account) balance is too low|billing_?hard_?limit|out of credits|(?:more|enough) credits|payment required|budget has been exceeded|budget_exceeded/i,
];

function isUsedUp(said: Said): boolean {
  if (said.status === 402) return true;
  if (said.status === 429) return said.codes.some((code) => isQuotaUsedUp({ code }) || code === 'budget_exceeded');
  return within(400, 403)(said) && says(said, NO_MONEY);
}

const UNKNOWN_MODEL: readonly Words[] = [
  /model_?not_?found|unknown_?model|invalid_?model|model_?decommissioned|deployment_?not_?found|not_?found_?error|no such model/i,
  [
    /\b(?:models?|deployment)\b/i,
    /not found|does ?n[o']t exist|do not exist|not exist|is unknown|no longer|decommissioned|deprecated|retired|withdrawn|been removed|not (?:a )?(?:valid|served|loaded)|identifier is invalid/i,
  ],
  /model_not_(?:available|supported)|on-demand throughput|(?:not supported|unsupported) (?:by any provider|for (?:the )?task)|only (?:be )?(?:supported|used) in v1\/|unexpected endpoint/i,
  /(?:unknown|invalid|no) model(?: name| id| identifier)?\b|no models? (?:is |are )?(?:loaded|available|found)|try pulling it/i,
];
/** The model is there, but none of the servers that have it takes what was sent (OpenRouter). */
const NONE_CAN = /\bfound\b[^.\n]{0,20}\b(?:can |that )?(?:handle|support)s?\b/i;
const modelMay = within(400, 403, 422);

function isUnknownModel(said: Said): boolean {
  if (within(404, 405, 410)(said)) return !NONE_CAN.test(said.message);
  return modelMay(said) && said.param !== 'response_format' && says(said, UNKNOWN_MODEL) && named(said) === null;
}

const WRONG_KEY: readonly Words[] = [
  /(?:invalid|incorrect|wrong|expired|missing|revoked|no|malformed)[ _](?:api[ _-]?key|key|token|credentials?|authorization)\b|api[ _-]?key[ _](?:is )?(?:not valid|invalid|expired|missing|revoked|incorrect)|api_key_invalid|unauthenticated|authentication[ _](?:failed|error|required)|unauthori[sz]ed/i,
];

/** What a 403 is about when it is no question's: the key, the right to use the model, the account, the place. */
const NO_RIGHT: readonly Words[] = [
  /\bforbidden\b|(?:access|permission|authori[sz]ation)[ _](?:is |was )?denied|\bdenied access|permission|\brbac\b|\biam\b/i,
  /\bnot[ _](?:be )?(?:authori[sz]ed|permitted|entitled|enabled|subscribed|allowed|activated|verified|a member)|access to|no access|have access|access[ _]not/i,
  /\b(?:api|access|subscription|virtual)?[ _-]?keys?\b|\b(?:api|access|bearer|auth|id|security)[ _-]?token|credential|public (?:network )?access|private endpoint|sign ?in|log ?in|authenticat|unauthori/i,
  /subscription|\blicen[cs]e|\b(?:account|organi[sz]ation|project|user|workspace|tenant|team|plan)\b[^.\n]{0,40}\b(?:disabled|suspended|deactivated|inactive|not|blocked|must|does)\b/i,
  /unsupported_country|\b(?:your|this) (?:country|region|territory|location|ip)\b/i,
];

/** A page is a firewall's or a proxy's, which forbids in the same words what a question says: it has to name the key. */
function isUnauthorized(said: Said): boolean {
  if (said.status === 401 || said.status === 407) return true;
  if (named(said) !== null) return false;
  if (said.status === 403 && said.form === 'none') return true;
  if (said.status === 403 && said.form !== 'page' && says(said, NO_RIGHT)) return true;
  return within(400, 403)(said) && says(said, WRONG_KEY);
}

/**
 * Gateways give a refusal of their own status to what passes. The worst that such words in a requestor's text do is that
 * its question is repeated.
 */
const PASSING_WORDS =
  /throttling(?:exception|error)|service (?:is )?(?:overloaded|unavailable)|(?:timed out|overloaded|unavailable|busy|capacity)\b[^\n]{0,60}\btry (?:your request )?again/i;

function isBusy(said: Said): boolean {
  return failing(said) || (within(400, 403, 424)(said) && says(said, [PASSING_WORDS]));
}

/** A 5xx has to name it: without a word it is a failure like any other. */
function isParameter(said: Said): boolean {
  return within(400, 403, 404, 415, 422, 500, 501, 502)(said) && named(said) !== null;
}
