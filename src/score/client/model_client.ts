import OpenAI, { APIError } from 'openai';
import type { ConnectionOptions } from '../../http/connections.ts';
import type { Network } from '../../http/network.ts';
import { type Fetch, openUpstream } from '../../http/upstream.ts';
import { type Clock, systemClock } from '../../util/clock.ts';
import { UPSTREAMS, UpstreamError } from '../../util/errors.ts';
import type { Budget } from '../budget/budget.ts';
import { openCallCost } from '../budget/call_cost.ts';
import { type Abilities, bodyFor, countedTokens, FULL_ABILITIES, lower, type Question, stepDown } from './abilities.ts';
import { type Answer, readCompletion } from './completion.ts';
import { type Heard, hear, inThisRun, isForGood, isOfTheQuestion } from './hear.ts';
import { modelFault } from './model_fault.ts';
import { statePerModel } from './model_state.ts';

export type { Question } from './abilities.ts';
export type { Answer, Spent } from './completion.ts';

/** One question, asked; nothing about what it means. */
export type ModelClient = {
  readonly model: string;
  /** Never rejects: what went wrong is an answer too, because it has cost calls and tokens as well. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
};

/** `close` ends its connections. */
export type OpenModelClient = ModelClient & {
  /** What the endpoint turned out to take so far. */
  abilities(): Abilities;
  close(): void;
};

export type ModelClientOptions = Pick<ConnectionOptions, 'ca' | 'proxy'> & {
  /** Asked for at the first question, once; a failure is final too, so that no credential is requested twice. */
  readonly apiKey: () => Promise<string>;
  /** Undefined means OpenAI's own service. */
  readonly baseUrl: string | undefined;
  readonly model: string;
  /** For shared questions; the same unless given. */
  readonly sharedModel?: string | undefined;
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
/** Where the model is when no setting says so. */
export const MODEL_ADDRESS = 'https://api.openai.com/v1';

export function createModelClient(options: ModelClientOptions): OpenModelClient {
  const { baseUrl: url = MODEL_ADDRESS, ca, proxy, network, timeoutMs } = options;
  const upstream = openUpstream({
    ...{ upstream: UPSTREAMS.model, url, ca, proxy, network },
    timeoutMs: timeoutMs + LATER_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  const maxTries = 1 + (options.maxRetries ?? MAX_RETRIES);
  const stateOf = statePerModel(options.clock ?? systemClock);
  let knownKey: Promise<string> | undefined;
  let client: OpenAI | undefined;
  /** How each question that is under way sends a call: it counts and pays its own. */
  const underWay = new Map<string, Send>();
  let asked = 0;

  async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const { model: usual, sharedModel = usual } = options;
    const model = question.kind === 'shared' ? sharedModel : usual;
    const state = stateOf(model);
    const counted = { calls: 0, promptTokens: 0, completionTokens: 0, cachedTokens: 0 };
    const spent = model === usual ? counted : { ...counted, model };
    const callCost = openCallCost(options.budget, question, signal);
    const isAboutMany = question.slots.length > FEW_SLOTS;
    const size = countedTokens(question);
    const permit = state.rateLimiter.permit(size);
    const number = `${++asked}`;
    let key = '';
    let tries = 0;
    /** What the endpoint said to the last call. */
    const call: { heard: Heard | null } = { heard: null };
    let started = 0;
    /** What a refusal without a direction may have been about; learned when it turns out to be. */
    let guess = FULL_ABILITIES;
    let done = (): void => {};
    try {
      knownKey ??= options.apiKey().then(usableKey, noKey);
      key = await knownKey;
      client ??= createClient(options, key, (url, init) => sendOf(init)(url, init));
      done = await state.turn(signal);
      if (state.gone !== null) throw state.gone;
      if (isAboutMany && state.isTooLong(size)) return { kind: 'too-long', spent };
      started = state.started();
      underWay.set(number, (url, init) =>
        callCost.paid(init?.signal, () => {
          spent.calls += 1;
          tries += 1;
          return permit.sent(async () => {
            call.heard = null;
            const answer = await hear(await post(url, { ...init, headers: ownHeaders(init?.headers, key) }));
            call.heard = answer.heard;
            return answer.response;
          });
        }),
      );
      for (;;) {
        const used = lower(state.abilities, guess);
        const broke = await callCost.opened();
        if (broke !== null) throw broke;
        await permit.opened(signal);
        try {
          const completion: unknown = await client.chat.completions.create(bodyFor(question, model, used), {
            signal,
            maxRetries: maxTries - 1 - tries,
            headers: { [NUMBER]: number },
          });
          const answer = readCompletion(completion, spent);
          state.learn(guess);
          state.answered(size);
          return { ...answer, spent: { ...spent, ...callCost.closed(spent) } };
        } catch (error) {
          if (!(error instanceof APIError) || error.status === undefined || call.heard === null) throw error;
          if (permit.postponed && tries < maxTries && !signal.aborted) continue;
          const { said, meaning } = call.heard;
          const closed = () => ({ spent: { ...spent, ...callCost.closed(null) } });
          if (meaning === 'filtered') return { kind: 'refused', by: 'filter', ...closed() };
          if (meaning === 'too-long') {
            if (isAboutMany) state.tooLong(size);
            return { kind: 'too-long', ...closed() };
          }
          // What points nowhere is taken for a complaint about the schema, until the endpoint has answered with it.
          const pointless = meaning === 'refused' && !state.proven && started <= GUESSES && REFUSALS.has(said.status);
          const less = meaning === 'parameter' || pointless ? stepDown(used, said) : null;
          if (less === null) throw error;
          if (pointless) guess = less;
          else state.learn(less);
          tries = 0;
        }
      }
    } catch (error) {
      const cost = callCost.closed(null);
      const last = error instanceof APIError && error.status !== undefined ? inThisRun(call.heard, state) : null;
      const fault = callCost.refused ?? modelFault(error, { key, heard: last, toldPauseMs: permit.toldPauseMs, model });
      const whole = { error: fault, spent: { ...spent, ...cost } };
      if (callCost.refused !== null || last === null) return { kind: 'failed', ...whole };
      if (isForGood(last, fault, state)) state.refusedForGood(fault, started);
      const inHalves = (isAboutMany && ONE_MAY_CAUSE.has(last.said.status)) || isOfTheQuestion(last, fault, state);
      return { kind: inHalves ? 'rejected' : 'failed', ...whole };
    } finally {
      done();
      underWay.delete(number);
      permit.closed();
    }
  }
  function sendOf(init: RequestInit | undefined): Send {
    const send = underWay.get(new Headers(init?.headers).get(NUMBER) ?? '');
    if (send === undefined) throw new Error('a call that belongs to no question');
    return send;
  }
  /** What ended by the SDK's clock, or by a stop, is no answer, however much of it had come. */
  const post: Fetch = async (url, init) => {
    const answer = await upstream.fetch(url, init);
    init?.signal?.throwIfAborted();
    return answer;
  };
  return { model: options.model, ask, abilities: () => stateOf(options.model).abilities, close: upstream.close };
}

/** A failure with one of these may be brought about by one request among several, whatever its words. */
const ONE_MAY_CAUSE: ReadonlySet<number> = new Set([400, 403, 424, 500]);

/** One request, with the two control records that a facts-only question has besides. */
const FEW_SLOTS = 3;

type Send = (url: string | URL | Request, init: RequestInit | undefined) => Promise<Response>;

/** Tells the calls of one client apart; never sent (`SENT_HEADERS`). A client for each question took longer to make than to use. */
const NUMBER = 'question-number';

/** So many questions of a run guess what a refusal was about: one may be refused for its texts. */
const GUESSES = 4;

/** How endpoints say that they do not know a parameter. */
const REFUSALS: ReadonlySet<number> = new Set([400, 404, 415, 422, 501]);

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
    baseURL: options.baseUrl ?? MODEL_ADDRESS,
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
