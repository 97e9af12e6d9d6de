/**
 * The servers and gateways that people put behind an OpenAI-compatible address, each in what is peculiar to it. The words of the
 * refusals are those that the vendors' documents and their users' reports quote; nothing of the servers themselves is in here.
 */
import type { ChatRequest, Question } from './question.ts';

/** A question as the server receives it. */
export type Received = {
  /** 1 for the first that reached it. */
  readonly n: number;
  readonly request: ChatRequest;
  readonly question: Question | undefined;
  /** Tokens of the document and of the longest answer that is asked for. */
  readonly tokens: number;
};

export type Server = {
  readonly about: string;
  /** What it answers in place of the model. */
  readonly refuses?: (received: Received) => Response | undefined;
  /** Of a document that is longer it shows the model the end, and says nothing. */
  readonly cutsAt?: number;
  /** Whether it takes a schema and answers as if there were none. */
  readonly ignoresSchema?: true;
  /** What it makes of the text that the model wrote. */
  readonly says?: (text: string) => { readonly content: string | null; readonly [field: string]: unknown };
  /** It does not count. */
  readonly countsNothing?: true;
};

const refused = (status: number, body: unknown): Response => Response.json(body, { status });
const error = (status: number, message: string, more: object = {}): Response =>
  refused(status, { error: { message, type: 'invalid_request_error', param: null, code: null, ...more } });

/** What a filter for violence takes offence at, and what operators write every day. */
const OFFENSIVE = /\bkill(?:s|ed|ing)?\b/i;
const offends = ({ question }: Received): boolean =>
  Object.values(question?.requests ?? {}).some(({ untrusted_text: text }) => OFFENSIVE.test(text?.justification ?? ''));
const formatOf = ({ request }: Received): string => request.response_format?.type ?? 'text';
const hasSystem = ({ request }: Received): boolean => request.messages.some(({ role }) => role === 'system');

/** About eight requests with what may be said of them. */
const SMALL_CONTEXT = 6000;
const isLong = ({ tokens }: Received): boolean => tokens > SMALL_CONTEXT;
const fenced = (text: string): string => `Here is the review:\n\n\`\`\`json\n${text}\n\`\`\`\n`;

/** The first that has something to say. */
const firstOf =
  (...rules: readonly ((received: Received) => Response | undefined | false)[]) =>
  (received: Received): Response | undefined => {
    for (const rule of rules) {
      const response = rule(received);
      if (response) return response;
    }
    return undefined;
  };

export const SERVERS = {
  openai: {
    about: 'a reasoning model: no temperature but its own',
    refuses: ({ request }) =>
      'temperature' in request
        ? error(
            400,
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
            { param: 'temperature', code: 'unsupported_value' },
          )
        : undefined,
  },
  azure: {
    about: 'a content filter that takes words of operators amiss',
    refuses: (received) =>
      offends(received)
        ? error(
            400,
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
            {
              ...{ type: null, param: 'prompt', code: 'content_filter', status: 400 },
              innererror: {
                code: 'ResponsibleAIPolicyViolation',
                content_filter_result: { violence: { filtered: true, severity: 'medium' } },
              },
            },
          )
        : undefined,
  },
  ollama: {
    about: 'a short context: what does not fit is cut off in silence; answers in a fence',
    cutsAt: 2500,
    ignoresSchema: true,
    says: (text) => ({ content: fenced(text) }),
  },
  vllm: {
    about: 'no system role, a short context, the answer among the thoughts',
    refuses: firstOf(
      (received) =>
        hasSystem(received) &&
        refused(400, { object: 'error', message: 'System role not supported', type: 'BadRequestError', code: 400 }),
      (received) =>
        isLong(received) &&
        error(
          400,
          `This model's maximum context length is ${SMALL_CONTEXT} tokens. However, you requested ${received.tokens} tokens in total. Please reduce the length of the input prompt or the number of requested output tokens.`,
          { type: 'BadRequestError', code: 400 },
        ),
    ),
    says: (text) => ({ content: null, reasoning_content: text }),
  },
  lmstudio: {
    about: 'knows json_schema and no json_object; errors come with HTTP 200; thoughts end without having begun',
    refuses: firstOf(
      (received) =>
        formatOf(received) === 'json_object' &&
        refused(400, { error: "'response_format.type' must be 'json_schema' or 'text'" }),
      (received) =>
        isLong(received) &&
        refused(200, {
          error: `The number of tokens to keep from the initial prompt is greater than the context length (${SMALL_CONTEXT}). Try to load the model with a larger context length, or provide a shorter input`,
        }),
    ),
    says: (text) => ({ content: `Let me look at each of them.\n</think>\n\n${text}` }),
  },
  litellm: {
    about: 'a gateway: a guardrail, and what Bedrock finds too long as its own failure',
    refuses: firstOf(
      (received) =>
        offends(received) &&
        refused(400, {
          error: {
            message: { error: 'Violated guardrail policy', bedrock_guardrail_response: 'Sorry, I cannot answer this.' },
            ...{ type: 'None', param: 'None', code: '400' },
          },
        }),
      (received) =>
        isLong(received) &&
        error(
          500,
          'litellm.APIConnectionError: BedrockException - {"message":"The model returned the following errors: Input is too long for requested model."}',
          { type: null, code: '500' },
        ),
    ),
  },
  llamacpp: {
    about:
      'a grammar that it cannot build, said as its own failure; a short context; a sentence and a fence around the answer',
    refuses: firstOf(
      (received) =>
        formatOf(received) !== 'text' &&
        refused(500, {
          error: { code: 500, message: 'Failed to initialize samplers: failed to parse grammar', type: 'server_error' },
        }),
      (received) =>
        isLong(received) &&
        refused(400, {
          error: {
            ...{ code: 400, type: 'exceed_context_size_error', n_ctx: SMALL_CONTEXT },
            message: `request (${received.tokens} tokens) exceeds the available context size (${SMALL_CONTEXT} tokens), try increasing it`,
          },
        }),
    ),
    says: (text) => ({ content: fenced(text) }),
  },
  openrouter: {
    about: 'errors of others with HTTP 200; a moderation that says 403',
    refuses: firstOf(
      ({ n }) => n % 9 === 1 && refused(200, { error: { code: 429, message: 'Provider returned error' } }),
      ({ n }) =>
        n % 13 === 3 &&
        refused(200, { choices: null, error: { code: 502, message: 'Upstream error from Example: no answer' } }),
      (received) =>
        offends(received) &&
        refused(403, {
          error: {
            ...{ code: 403, message: 'Your chosen model requires moderation and your input was flagged' },
            metadata: { reasons: ['violence'], flagged_input: 'kill…', provider_name: 'Example' },
          },
        }),
    ),
  },
  gateway: {
    about: 'one of a company of its own: a filter that says 500, and no count of tokens',
    refuses: (received) =>
      offends(received) ? refused(500, { detail: 'blocked by the content safety policy of this gateway' }) : undefined,
    countsNothing: true,
  },
} as const satisfies Record<string, Server>;

export type ServerName = keyof typeof SERVERS;
export const SERVER_NAMES = Object.keys(SERVERS) as [ServerName, ...ServerName[]];
