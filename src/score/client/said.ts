/**
 * What an endpoint says when it does not answer. Each server has a shape of its own for it, and some send it with HTTP 200:
 * OpenAI's `{error: {message, code}}`, the plain texts of Ollama and LM Studio, Bedrock's `{message}`, FastAPI's `{detail}`, the
 * lists of Gemini, an error inside a choice (OpenRouter). Only the fields named here are read, and only so much of them:
 * endpoints repeat the question in their errors, and what a requestor wrote is no word of the endpoint.
 */
export type Said = {
  /** The HTTP status; for an error inside an answer with HTTP 200, the status that it names or stands for. */
  readonly status: number;
  /** It came with HTTP 200: a model may have worked on the question. */
  readonly inside: boolean;
  /** What the error is called: `code`, `type`, `status` and the like, in lower case. */
  readonly codes: readonly string[];
  readonly param: string | null;
  readonly message: string;
  /** What the body is: anything but JSON may have been sent by something on the way. */
  readonly form: 'none' | 'json' | 'line' | 'page';
};

/** Longer than the words of an endpoint, shorter than the questions that some repeat behind them. */
const MOST_WORDS = 600;

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectIn = (value: unknown): Json | null => {
  const one = Array.isArray(value) ? value[0] : value;
  return isObject(one) ? one : null;
};

/** What the answer says instead of being one; null for a completion, and for what is neither. */
export function saidIn(status: number, text: string): Said | null {
  const body = jsonOrNull(text);
  if (status >= 200 && status < 300) return body === undefined ? null : saidInside(body);
  return said(status, false, errorsIn(body), bodyOf(text, body));
}

/** An error in an answer with HTTP 200. */
function saidInside(body: unknown): Said | null {
  const root = objectIn(body);
  if (root === null) return null;
  const choice = objectIn(root.choices);
  const blocked = objectIn(root.promptFeedback) ?? objectIn(root.prompt_feedback);
  const failed = isError(choice?.error) || choice?.finish_reason === 'error';
  if (choice !== null && !failed && !isError(root.error)) return null;
  const errors = [
    ...errorsIn(choice),
    ...errorsIn(root),
    ...(blocked === null ? [] : [{ ...blocked, type: 'content_filter' }]),
  ];
  // JSON of another kind altogether is for whoever reads completions.
  if (errors.length === 0) return null;
  return said(statusNamed(errors), true, errors, { form: 'json', text: '' });
}

const isError = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && value !== false && !(isObject(value) && empty(value));
const empty = (value: Json): boolean => Object.keys(value).length === 0;

/** The objects that speak of the error, the outermost first. */
function errorsIn(body: unknown): Json[] {
  const root = objectIn(body) ?? (typeof body === 'string' ? { message: body } : null);
  if (root === null) return [];
  const found: Json[] = [];
  const add = (value: unknown): void => {
    if (typeof value === 'string' && value !== '') found.push({ message: value });
    const ones = Array.isArray(value) ? value.slice(0, 4) : [value];
    found.push(...ones.filter((one) => isObject(one) && !empty(one)));
  };
  for (const key of ['error', 'errors', 'detail', 'fault', 'base_resp']) add(root[key]);
  // Mistral lists what it does not take in an object under `message`.
  if (isObject(root.message)) add(root.message);
  // Beside null choices, or none, the answer itself is the error.
  const speaks = WORDS.some((key) => typeof root[key] === 'string') || numberNamed([root]) !== null;
  if (found.length === 0 && objectIn(root.choices) === null && speaks) found.push(root);
  // Gateways wrap what they were told: LiteLLM's guardrails in `message`, Azure's filter in `innererror`, OpenRouter's in `metadata`.
  for (const outer of [...found]) for (const key of INNER) add(outer[key]);
  // A number beside the error, as in `{code: 429, error: "…"}`.
  if (found.length > 0 && !found.includes(root)) found.push(Object.fromEntries(NAMES.map((key) => [key, root[key]])));
  return found.slice(0, 8);
}
const WORDS = [
  ...['message', 'Message', 'msg', 'detail', 'error'],
  ...['error_message', 'errorMessage', 'error_msg', 'error_description', 'faultstring', 'status_msg'],
];
const NAMES = [
  ...[
    'code',
    'type',
    'status',
    'status_code',
    'statusCode',
    'http_status',
    'httpStatus',
    'error_code',
    'errorCode',
    'errorcode',
  ],
  ...['error_type', 'reason', 'blockReason', 'block_reason', 'native_finish_reason'],
];
const INNER = ['message', 'error', 'innererror', 'metadata', 'provider_specific_fields', 'details', 'detail'];

function said(status: number, inside: boolean, errors: readonly Json[], body: Body): Said {
  const texts = errors.flatMap((one) => WORDS.flatMap((key) => (typeof one[key] === 'string' ? [one[key]] : [])));
  const raw = errors.flatMap((one) => (typeof one.raw === 'string' ? [one.raw] : []));
  const codes = errors.flatMap((one) =>
    NAMES.flatMap((key) => (typeof one[key] === 'string' || typeof one[key] === 'number' ? [`${one[key]}`] : [])),
  );
  for (const one of errors) {
    // What stands in them is the question's; that they are there says who refused.
    if ('flagged_input' in one) codes.push('moderation');
    if ('content_filter_result' in one || 'content_filter_results' in one) codes.push('content_filter');
  }
  const param = errors.find((one) => typeof one.param === 'string')?.param ?? placesIn(errors);
  return {
    status,
    inside,
    codes: codes.map((code) => code.slice(0, 80).toLowerCase()),
    param: typeof param === 'string' ? param.slice(0, 160) : null,
    message: [...new Set([...texts, ...raw])].join('; ').slice(0, MOST_WORDS) || plainPage(body.text),
    form: body.form,
  };
}

/** The places in our question that FastAPI names: `{detail: [{loc: ['body', 'messages', 0, 'role']}]}`. */
const placesIn = (errors: readonly Json[]): string =>
  errors
    .flatMap(({ loc }) => (Array.isArray(loc) ? [loc.filter((part) => typeof part !== 'object').join('.')] : []))
    .join(' ');

type Body = { readonly form: Said['form']; readonly text: string };

/** JSON without anything in it says as little as no body. */
function bodyOf(text: string, body: unknown): Body {
  const bare =
    body === undefined ? text.trim() === '' : body === null || body === '' || (isObject(body) && empty(body));
  if (bare) return { form: 'none', text: '' };
  if (body !== undefined) return { form: 'json', text: '' };
  return { form: /<[a-z!][^<>]*>/i.test(text) ? 'page' : 'line', text };
}

/** A page or a line of text: its words, without the marks. */
const plainPage = (page: string): string =>
  page
    .slice(0, 4000)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MOST_WORDS);

const namesIn = (errors: readonly Json[]): unknown[] => errors.flatMap((one) => NAMES.map((key) => one[key]));

function numberNamed(errors: readonly Json[]): number | null {
  for (const value of namesIn(errors)) {
    const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && number >= 400 && number < 600) return number;
  }
  return null;
}

/** The status that an error with HTTP 200 stands for; one that names none is the endpoint's own refusal. */
function statusNamed(errors: readonly Json[]): number {
  const number = numberNamed(errors);
  if (number !== null) return number;
  const names = namesIn(errors).filter((value) => typeof value === 'string');
  const byName = STATUS_WORDS.find(([named]) => named.test(names.join(' ')));
  if (byName !== undefined) return byName[1];
  const message = errors
    .flatMap((one) => WORDS.map((key) => one[key]))
    .join('\n')
    .slice(0, MOST_WORDS);
  return PASSING_WORDS.find(([named]) => named.test(message))?.[1] ?? 400;
}
const STATUS_WORDS: readonly (readonly [RegExp, number])[] = [
  [/rate.?limit|too.?many.?requests|resource.?exhausted|throttl/i, 429],
  [/overloaded|unavailable|capacity/i, 503],
  [/deadline|timed?.?out/i, 504],
  [/(?:server|internal|api)_?error|^internal$|\binternal\b/i, 500],
  [/auth|api_?key/i, 401],
];
/**
 * The same in sentences. INVARIANT: only what passes; a sentence may repeat what a requestor wrote, which must not end more
 * than its own question.
 */
const PASSING_WORDS: readonly (readonly [RegExp, number])[] = [
  [/rate.?limit|request limit|too many (?:concurrent )?requests|throttl|slow down/i, 429],
  [
    /overloaded|unavailable|(?:at|over|no|insufficient|out of) capacity|capacity (?:temporarily )?exceeded|(?:is|are|too) busy|try again (?:later|in)/i,
    503,
  ],
  [/deadline exceeded|tim(?:ed|e) ?-?out/i, 504],
  [/internal (?:server )?error|bad gateway|server error/i, 500],
];

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
