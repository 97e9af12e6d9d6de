import OpenAI, { APIError } from 'openai';
import { z } from 'zod';
import type { ConnectionOptions } from '../../http/connections.ts';
import type { Network } from '../../http/network.ts';
import { type Fetch, openUpstream } from '../../http/upstream.ts';
import { type Clock, systemClock } from '../../util/clock.ts';
import { UPSTREAMS, UpstreamError } from '../../util/errors.ts';
import type { Budget } from '../budget/budget.ts';
import { openCallCost } from '../budget/call_cost.ts';
import { createRateLimiter } from '../budget/rate_limiter.ts';
import { bodyFor, countedTokens, FULL_ABILITIES, lower, type Question, stepDown } from './abilities.ts';
import { complaintOf, isFiltered, isTooLong, modelFault } from './model_fault.ts';

export type { Question } from './abilities.ts';

/** One question, asked; nothing about what it means. */
export type ModelClient = {
  readonly model: string;
  /** Never rejects: what went wrong is an answer too, because it has cost calls and tokens as well. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
};

/** `close` ends its connections. */
export type OpenModelClient = ModelClient & { close(): void };

export type Answer = { readonly spent: Spent } & (
  | { readonly kind: 'text'; readonly text: string }
  /** The answer or the question did not fit; a smaller question may. */
  | { readonly kind: 'truncated' }
  /** The model or a filter would not speak about what the question says. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly error: UpstreamError }
);

/** HTTP requests sent, the SDK's own repetitions included, and the tokens that the endpoint counted. */
export type Spent = {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Those of the prompt that the endpoint took out of its cache. */
  readonly cachedTokens?: number;
  /** US dollars, where the price is known. */
  readonly usd?: number;
};

export type ModelClientOptions = Pick<ConnectionOptions, 'ca' | 'proxy'> & {
  /** Asked for at the first question, once; a failure is final too, so that no credential is requested twice. */
  readonly apiKey: () => Promise<string>;
  /** Undefined means OpenAI's own service. */
  readonly baseUrl: string | undefined;
  readonly model: string;
  /** For each HTTP request, not for all repetitions together. */
  readonly timeoutMs: number;
  /** Repetitions after 408, 409, 429 (as soon as the endpoint says, in turn with the other questions), 5xx and a failed connection. */
  readonly maxRetries?: number;
  readonly network?: Network | undefined;
  /** What the questions are paid from, where the price is known. */
  readonly budget?: Budget | undefined;
  /** What the waiting for the endpoint's limits stands on. */
  readonly clock?: Clock;
};

/** What `agentaz.json` promises: a failed call is repeated so often and no more. */
export const MAX_RETRIES = 2;

/** Ten times the longest honest answer. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** The SDK keeps the time; our own deadline is a moment later, so that its clock rules. */
const LATER_MS = 1000;
const PUBLIC_ENDPOINT = 'https://api.openai.com/v1';

export function createModelClient(options: ModelClientOptions): OpenModelClient {
  const { baseUrl: url = PUBLIC_ENDPOINT, ca, proxy, network, timeoutMs } = options;
  const upstream = openUpstream({
    ...{ upstream: UPSTREAMS.model, url, ca, proxy, network },
    timeoutMs: timeoutMs + LATER_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  const rateLimiter = createRateLimiter(options.clock ?? systemClock);
  const maxTries = 1 + (options.maxRetries ?? MAX_RETRIES);
  let abilities = FULL_ABILITIES;
  let knownKey: Promise<string> | undefined;

  async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const spent = { calls: 0, promptTokens: 0, completionTokens: 0, cachedTokens: 0 };
    const callCost = openCallCost(options.budget, question, signal);
    const permit = rateLimiter.permit(countedTokens(question));
    let key = '';
    let tries = 0;
    try {
      knownKey ??= options.apiKey().then(usableKey, noKey);
      key = await knownKey;
      // A client object per question costs nothing (the connections live in `upstream`) and counts its own calls.
      const client = createClient(options, key, (url, init) =>
        callCost.paid(init?.signal, () => {
          spent.calls += 1;
          tries += 1;
          return permit.sent(() => post(url, { ...init, headers: ownHeaders(init?.headers, key) }));
        }),
      );
      for (;;) {
        const used = abilities;
        const broke = await callCost.opened();
        if (broke !== null) throw broke;
        await permit.opened(signal);
        try {
          const completion: unknown = await client.chat.completions.create(bodyFor(question, options.model, used), {
            signal,
            maxRetries: maxTries - 1 - tries,
          });
          const answer = readCompletion(completion, spent);
          return { ...answer, spent: { ...spent, ...callCost.closed(spent) } };
        } catch (error) {
          if (!(error instanceof APIError)) throw error;
          if (isFiltered(error)) return { kind: 'refused', spent: { ...spent, ...callCost.closed(null) } };
          if (permit.postponed && tries < maxTries && !signal.aborted) continue;
          if (isTooLong(error)) return { kind: 'truncated', spent: { ...spent, ...callCost.closed(null) } };
          const less = REFUSALS.has(error.status ?? 0) ? stepDown(used, complaintOf(error)) : null;
          if (less === null) throw error;
          abilities = lower(abilities, less);
          tries = 0;
        }
      }
    } catch (error) {
      const cost = callCost.closed(null);
      const failure = callCost.refused ?? modelFault(error, key, permit.toldPauseMs);
      return { kind: 'failed', error: failure, spent: { ...spent, ...cost } };
    } finally {
      permit.closed();
    }
  }
  /** What ended by the SDK's clock, or by a stop, is no answer, however much of it had come. */
  const post: Fetch = async (url, init) => {
    const answer = await upstream.fetch(url, init);
    init?.signal?.throwIfAborted();
    return answer;
  };
  return { model: options.model, ask, close: upstream.close };
}

/** How endpoints say that they do not know a parameter. */
const REFUSALS: ReadonlySet<number> = new Set([400, 415, 422, 501]);

/** The SDK would also send what OPENAI_CUSTOM_HEADERS names, in place of the key if need be; only its own ones go out. */
const SENT_HEADERS = /^(?:accept|content-type|user-agent|x-stainless-.*)$/;

const ownHeaders = (given: RequestInit['headers'], key: string): Record<string, string> => ({
  ...Object.fromEntries([...new Headers(given)].filter(([name]) => SENT_HEADERS.test(name))),
  authorization: `Bearer ${key}`,
});

// Everything that the SDK would otherwise take from the environment is given, so that only our settings count.
function createClient(options: ModelClientOptions, apiKey: string, fetch: Fetch): OpenAI {
  return new OpenAI({
    apiKey,
    fetch,
    baseURL: options.baseUrl ?? PUBLIC_ENDPOINT,
    timeout: options.timeoutMs,
    // Each question says how many are left to it.
    maxRetries: 0,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
  });
}

/** A key with a line break or an accent cannot be sent, and the error that says so would hold it. */
function usableKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new UpstreamError(
    'model',
    'unauthorized',
    'the key for the model is empty or holds characters that no key has',
  );
}

/** The vault's own errors say what to do. Anything else may hold what it was fetching, so nothing of it is kept. */
function noKey(error: unknown): never {
  if (error instanceof UpstreamError) throw error;
  throw new UpstreamError('model', 'unauthorized', 'the key for the model could not be fetched');
}

const count = z.number().int().nonnegative().catch(0);
/** Some endpoints answer in parts, as multi-modal questions are asked in parts. */
const TextPart = z.object({ text: z.string().catch('') });
const Completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.union([z.string(), z.array(TextPart)]).nullish(),
          refusal: z.string().nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

function readCompletion(
  completion: unknown,
  spent: { calls: number; promptTokens: number; completionTokens: number; cachedTokens: number },
): Answer {
  const body = typeof completion === 'string' ? jsonOrNull(completion) : completion;
  if (typeof body !== 'object' || body === null) {
    throw new UpstreamError('model', 'not-json', 'the model endpoint answered something other than JSON');
  }
  const read = Completion.safeParse(body);
  const choice = read.data?.choices[0];
  if (choice === undefined) {
    throw new UpstreamError('model', 'wrong-shape', 'the model endpoint answered JSON that is not a chat completion');
  }
  spent.promptTokens += read.data?.usage?.prompt_tokens ?? 0;
  spent.completionTokens += read.data?.usage?.completion_tokens ?? 0;
  spent.cachedTokens += read.data?.usage?.prompt_tokens_details?.cached_tokens ?? 0;
  if (choice.message.refusal || choice.finish_reason === 'content_filter') return { kind: 'refused', spent };
  if (choice.finish_reason === 'length') return { kind: 'truncated', spent };
  if (CALLS_A_TOOL.has(choice.finish_reason ?? '')) {
    throw new UpstreamError('model', 'wrong-shape', 'the model wants to call a tool, and there is none');
  }
  // Endpoints have many words for an ordinary end, or none. An answer that was cut is no whole JSON, and so is noticed.
  const content = choice.message.content ?? '';
  return {
    kind: 'text',
    text: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
    spent,
  };
}
const CALLS_A_TOOL: ReadonlySet<string> = new Set(['tool_calls', 'function_call']);

/** The SDK hands out the plain text of anything that is not declared as JSON: JSON all the same, or a log-in page. */
function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
