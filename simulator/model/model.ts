/** An OpenAI-compatible endpoint in front of the simulated reviewer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { idFor } from '../identity.ts';
import { faultPoint, makeUpstream, parsed, rawBody, type SimulatorContext, type Upstream } from '../upstream.ts';
import { type AllowanceSettings, makeAllowance } from './allowance.ts';
import {
  BEHAVIOURS,
  type Behaviour,
  type BehaviourName,
  type ModelAnswer,
  type ModelCall,
  ratings,
} from './behaviours.ts';
import { ChatRequest, messagesOf, readQuestion, shown, spoken } from './question.ts';
import { answered, strictSchemaProblem } from './schema.ts';
import { SERVERS, type Server, type ServerName } from './servers.ts';

export const MODEL_NAME = 'sim-reviewer-1';
/** A second name for the same reviewer, to be had for less. */
export const SMALL_MODEL_NAME = 'sim-reviewer-small';
const NAMES: readonly string[] = [MODEL_NAME, SMALL_MODEL_NAME];

/** The switchboard of the simulated model. */
export type Model = {
  /** May be changed at any time; setting it starts the count of `ModelCall.n` anew. */
  behaviour: BehaviourName | Behaviour;
  /** Real milliseconds before each answer. */
  delayMs: number;
  /** The chat completions that carried the right key and were well formed, in order. */
  readonly calls: readonly ModelCall[];
  /** How many were refused because they were more than the endpoint takes. */
  readonly refused: number;
  /** All chat completions that it was asked for with the right key, those that the server refused among them. */
  readonly asked: number;
};

/** The key is read at each call, so that a key rotated in the vault counts at once. */
export type ModelSettings = {
  behaviour: Model['behaviour'];
  delayMs: number;
  key: () => string | undefined;
  /** Left out: it takes everything. */
  allowance?: AllowanceSettings;
  /** Left out: a server without peculiarities. */
  like?: ServerName;
};

export function makeModel(settings: ModelSettings, context: SimulatorContext): { app: Upstream; model: Model } {
  const app = makeUpstream('model', context);
  const { now, closing } = context;
  const calls: ModelCall[] = [];
  const cache = new Set<string>();
  let { behaviour, delayMs } = settings;
  let since = 0;
  let refusedSoFar = 0;
  let askedSoFar = 0;
  const server: Server = settings.like === undefined ? { about: '' } : SERVERS[settings.like];
  const allowance = settings.allowance === undefined ? null : makeAllowance(settings.allowance, now);

  app.use('/v1/*', faultPoint('model', context), async (c, next) => {
    const key = settings.key();
    if (key !== undefined && c.req.header('authorization') === `Bearer ${key}`) return next();
    return refused(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
  });

  const card = (id: string) => ({ id, object: 'model', created: 0, owned_by: 'portcullis-simulator' });
  app.get('/v1/models', (c) => c.json({ object: 'list', data: NAMES.map(card) }));
  app.get('/v1/models/:id', (c) => {
    const id = c.req.param('id');
    return NAMES.includes(id) ? c.json(card(id)) : unknownModel(id);
  });

  app.post('/v1/chat/completions', async (c) => {
    const body = parsed(await rawBody(c));
    const read = ChatRequest.safeParse(body);
    if (!read.success) {
      const [issue] = read.error.issues;
      return refused(400, issue?.message ?? 'bad request', { param: issue?.path.join('.') || null });
    }
    askedSoFar++;
    const refusal = refusalFor(read.data);
    if (refusal) return refusal;
    const call = callOf(read.data, body);
    const size = tokens(call.user) + (read.data.max_completion_tokens ?? 0);
    const received = { n: askedSoFar, request: read.data, question: call.question, tokens: size };
    const peculiar = server.refuses?.(received);
    if (peculiar) return peculiar;
    const taken = allowance?.take(tokens(call.system) + tokens(call.user) + (read.data.max_completion_tokens ?? 0));
    for (const [name, value] of Object.entries(taken?.headers ?? {})) c.header(name, value);
    if (taken?.ok === false) {
      refusedSoFar++;
      return c.json(errorOf('Rate limit reached.', { code: 'rate_limit_exceeded', type: 'requests' }), 429);
    }
    calls.push(call);
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: closing });
    const answer = await (typeof behaviour === 'function' ? behaviour : BEHAVIOURS[behaviour])(call, ratings(call));
    return answer instanceof Response ? answer : c.json(completion(call, answer, read.data));
  });

  function callOf(request: ChatRequest, body: unknown): ModelCall {
    const { system, user } = messagesOf(request);
    const question = shown(readQuestion(user), server.cutsAt);
    const schema = server.ignoresSchema ? undefined : schemaOf(request);
    const slots = schema
      ? Object.keys((schema.properties as object | undefined) ?? {})
      : Object.keys(question?.requests ?? {});
    const n = calls.length - since + 1;
    const responseFormat = request.response_format?.type ?? 'text';
    return {
      at: now(),
      n,
      model: request.model,
      system,
      user,
      question,
      mode: question?.mode ?? 'review',
      slots,
      responseFormat,
      body,
    };
  }

  /** The system message stands first; whoever sends it again, to the letter, has it read out of the cache. */
  function cachedTokens({ model: name, system }: ModelCall): number {
    const known = cache.has(`${name} ${system}`);
    cache.add(`${name} ${system}`);
    return known ? Math.floor(tokens(system) / CACHE_STEP) * CACHE_STEP : 0;
  }

  const said = (content: string) => server.says?.(content) ?? { content };

  function completion(call: ModelCall, answer: Exclude<ModelAnswer, Response>, request: ChatRequest) {
    const { content, finishReason = 'stop', refusal = null } = worded(answer, request, call.system);
    const prompt = tokens(call.system) + tokens(call.user);
    call.answered = content ?? refusal ?? '';
    const spent = tokens(call.answered);
    return {
      id: `chatcmpl-${idFor('completion', calls.length)}`,
      object: 'chat.completion',
      created: Math.floor(call.at / 1000),
      model: call.model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', refusal, ...(content === null ? { content } : said(content)) },
          ...{ logprobs: null, finish_reason: finishReason },
        },
      ],
      ...(!server.countsNothing && {
        usage: {
          prompt_tokens: prompt,
          completion_tokens: spent,
          total_tokens: prompt + spent,
          prompt_tokens_details: { cached_tokens: cachedTokens(call) },
        },
      }),
    };
  }

  const model: Model = {
    calls,
    get refused() {
      return refusedSoFar;
    },
    get asked() {
      return askedSoFar;
    },
    get behaviour() {
      return behaviour;
    },
    set behaviour(wanted) {
      behaviour = wanted;
      since = calls.length;
    },
    get delayMs() {
      return delayMs;
    },
    set delayMs(ms) {
      delayMs = ms;
    },
  };
  return { app, model };
}

/** What the real endpoint refuses before any model is asked. */
function refusalFor(request: ChatRequest): Response | undefined {
  if (!NAMES.includes(request.model)) return unknownModel(request.model);
  if (request.stream) return refused(400, 'Streaming is not simulated.', { param: 'stream' });
  const format = request.response_format;
  const texts = `${spoken(request, 'system')} ${spoken(request, 'user')}`;
  if (format?.type === 'json_object' && !/json/i.test(texts)) {
    const rule =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    return refused(400, rule, { param: 'messages' });
  }
  if (format?.type !== 'json_schema' || !format.json_schema.strict) return undefined;
  const problem = strictSchemaProblem(format.json_schema.schema);
  const named = `Invalid schema for response_format '${format.json_schema.name}': ${problem}`;
  return problem ? refused(400, named, { param: 'response_format' }) : undefined;
}

function schemaOf({ response_format: format }: ChatRequest): Record<string, unknown> | undefined {
  return format?.type === 'json_schema' ? format.json_schema.schema : undefined;
}

type Worded = { content: string | null; finishReason?: string; refusal?: string };

function worded(answer: Exclude<ModelAnswer, Response>, request: ChatRequest, system: string): Worded {
  if (typeof answer === 'string') return { content: answer };
  if ('content' in answer) return answer;
  return { content: JSON.stringify(answered(answer.ratings, schemaOf(request), system)) };
}

function unknownModel(name: string): Response {
  return refused(404, `The model \`${name}\` does not exist or you do not have access to it.`, {
    code: 'model_not_found',
  });
}

type ErrorFacts = { param?: string | null; code?: string; type?: string };

const refused = (status: number, message: string, facts: ErrorFacts): Response =>
  Response.json(errorOf(message, facts), { status });

const errorOf = (message: string, facts: ErrorFacts) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...facts },
});

/** Prompts are cached in blocks of so many tokens. */
const CACHE_STEP = 128;

/** Four letters make about one token: the usual rule of thumb, and repeatable. */
const tokens = (text: string): number => Math.ceil(text.length / 4);
