/** Windows of hundreds of requests in front of endpoints that refuse, over real connections: what is asked, and what is left unscored. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createModelClient, type ModelClientOptions } from '../../../../src/score/client/model_client.ts';
import { score } from '../../../../src/score/score.ts';
import { aDossier, rating, ratingsFor, someDossiers } from '../dossiers.ts';
import { OPTIONS } from '../fake_model.ts';
import {
  type Asked,
  completion,
  failure,
  goodAnswer,
  modelEndpoint,
  type Reaction,
  type Reply,
} from './model_endpoint.ts';

type Over = Partial<ModelClientOptions> & {
  readonly dossiers?: ReturnType<typeof someDossiers>;
  readonly batchSize?: number;
  readonly concurrency?: number;
};

/** Eight questions at a time, as shipped. */
async function run(react: (asked: Asked, n: number) => Reaction | Promise<Reaction>, over: Over = {}) {
  const { dossiers = someDossiers(400), batchSize = 5, concurrency = 8, ...options } = over;
  const endpoint = await modelEndpoint(react);
  const model = createModelClient({
    ...{ apiKey: async () => 'sk-test', baseUrl: endpoint.baseUrl, model: 'gpt-test', timeoutMs: 5000, ca: undefined },
    ...options,
  });
  const result = await score(dossiers, { ...OPTIONS, model, batchSize, concurrency });
  model.close();
  const unscored = [...result.assessments].flatMap(([id, { kind }]) => (kind === 'unscored' ? [id] : []));
  return {
    ...result,
    unscored,
    asked: endpoint.asked,
    formats: endpoint.asked.map(({ body }) => body.response_format?.type),
  };
}

const reply = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  body,
  headers,
});
const hostile = (n: number, word: string) =>
  someDossiers(60).with(n, aDossier({ id: 'hostile', justification: `${word} the job` }));
const mentions = (asked: Asked, word: string): boolean => JSON.stringify(asked.body.messages).includes(word);

describe('an endpoint that is of no use is soon left alone', () => {
  test.each<[what: string, most: number, reaction: Reaction]>([
    [
      'knows no such model',
      2,
      failure(404, { code: 'model_not_found', message: 'The model `gpt-test` does not exist' }),
    ],
    ['says so with 400', 2, failure(400, { message: 'Invalid model name passed in model=gpt-test' })],
    ['says so with 200', 2, reply(200, { error: { code: 404, message: 'no endpoints found for gpt-test' } })],
    ['is no API', 2, reply(404, '<html>Not Found</html>')],
    ['does not know the key', 2, failure(401, { message: 'Incorrect API key provided' })],
    ['forbids it', 2, failure(403, { message: 'Forbidden' })],
    ['forbids it without a word', 2, reply(403, '')],
    ['forbids it in words that nobody knows', 32, failure(403, { message: 'no' })],
    [
      'has no quota left',
      1,
      failure(429, { code: 'insufficient_quota', type: 'insufficient_quota' }, { 'retry-after': '0' }),
    ],
    ['has no money left', 1, failure(402, { message: 'Insufficient balance' })],
    ['has no credit left, with 400', 1, failure(400, { message: 'Your credit balance is too low' })],
    ['refuses all for a reason of its own', 32, failure(400, { message: 'the project is archived' })],
    ['has no choices', 32, reply(200, { choices: [] })],
    ['has null choices', 32, reply(200, { choices: null })],
    ['writes prose', 32, completion('I looked at all of them. They are fine.')],
    ['filters its own instructions', 32, failure(400, { code: 'content_filter', message: 'jailbreak' })],
  ])('one that %s is asked at most %i times', async (_what, most, reaction) => {
    const { asked, unscored, problems } = await run(() => reaction);
    expect(unscored).toHaveLength(400);
    expect(asked.length).toBeLessThanOrEqual(most);
    expect(problems.length).toBeLessThanOrEqual(2);
  });

  test('and so is one that always fails on its side', async () => {
    const { asked } = await run(() => failure(503, {}, { 'retry-after-ms': '1' }), { maxRetries: 1 });
    expect(asked.length).toBeLessThanOrEqual(60);
  });

  test('one whose model for what is settled was withdrawn is asked for the other', async () => {
    const { asked } = await run(
      (one) => (one.body.model === 'small' ? failure(404, { code: 'model_not_found' }) : goodAnswer(one)),
      { sharedModel: 'small' },
    );
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  test('the message says which model, and what to look at', async () => {
    const { problems } = await run(() => failure(404, { message: 'The model `gpt-test` does not exist' }));
    expect(problems).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^400 requests unscored: .*no model `gpt-test`.*: 404 \(.*does not exist/),
        advice: expect.stringContaining('OPENAI_MODEL'),
      }),
    ]);
  });
});

describe('an endpoint that does not know something', () => {
  test.each<[what: string, refuses: (asked: Asked) => boolean, refusal: Reply]>([
    ['the system role (400)', hasSystem, failure(400, { message: 'System role not supported' })],
    [
      'the system role (422)',
      hasSystem,
      reply(422, { error: 'Template error: Conversation roles must alternate user/assistant' }),
    ],
    [
      'the system role (500)',
      hasSystem,
      reply(500, { error: { code: 500, message: 'Only user and assistant roles are supported, got system' } }),
    ],
    [
      'the developer instruction',
      hasSystem,
      reply(400, [{ error: { code: 400, message: 'Developer instruction is not enabled for models/gemma' } }]),
    ],
    [
      'the system role in the words of a template',
      hasSystem,
      reply(400, { error: 'Only user and assistant roles are supported!' }),
    ],
    [
      'the place of the role',
      hasSystem,
      reply(422, { detail: [{ loc: ['body', 'messages', 0, 'role'], msg: 'unexpected value' }] }),
    ],
    ['the system role in words that nobody knows', hasSystem, failure(400, { message: 'nope' })],
    ['a grammar (500)', hasSchema, reply(500, { error: { code: 500, message: 'failed to parse grammar' } })],
    ['a schema (500)', hasSchema, reply(500, { detail: 'json schema conversion failed' })],
    ['a schema (200)', hasSchema, reply(200, { error: { message: "'response_format.type' must be 'text'" } })],
    [
      'the temperature (500)',
      (one) => 'temperature' in one.body,
      reply(500, { error: { message: 'temperature is not supported' } }),
    ],
  ])('%s learns it once, for all questions', async (_what, refuses, refusal) => {
    const { asked, unscored } = await run((one) => (refuses(one) ? refusal : goodAnswer(one)));
    expect(unscored).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(80 + 3);
  });

  test('the rules of a question stand in front of its document where there is no system role', async () => {
    const { asked } = await run(
      (one) => (hasSystem(one) ? failure(400, { message: 'System role not supported' }) : goodAnswer(one)),
      {
        dossiers: someDossiers(3),
      },
    );
    const [message, ...others] = asked.at(-1)?.body.messages ?? [];
    expect(others).toEqual([]);
    expect(message?.role).toBe('user');
    expect(message?.content).toMatch(/^Assess\.\n\n---\nThe rules end here\..*\n---\n\n\{.*\}$/s);
  });
});

const hasSystem = ({ body }: Asked): boolean => body.messages.some(({ role }) => role === 'system');
const hasSchema = ({ body }: Asked): boolean => body.response_format?.type === 'json_schema';

describe('a filter in front of the model', () => {
  test.each<[what: string, refusal: Reply]>([
    [
      'of Azure',
      failure(400, {
        code: 'content_filter',
        message: 'The response was filtered',
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      }),
    ],
    ['of a gateway with 500', reply(500, { detail: 'blocked by the content safety policy' })],
    [
      'of OpenRouter',
      reply(403, { error: { code: 403, message: 'requires moderation', metadata: { flagged_input: 'KILL' } } }),
    ],
    ['of LiteLLM', reply(400, { error: { message: { error: 'Violated guardrail policy' }, code: '400' } })],
    ['of Gemini, as an end', completion('', { finish: 'SAFETY' })],
    ['of Gemini, without a choice', reply(200, { choices: [], promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } })],
    ['that is a firewall', reply(403, '<html>The request is blocked.</html>')],
    ['that is a firewall of few words', reply(403, '<html><h1>403 Forbidden</h1></html>')],
    ['that finds something', reply(403, { error: 'Request blocked: malicious prompt detected' })],
    ['that speaks as if of rights', reply(403, { message: 'Forbidden' })],
    ['in words that nobody knows', failure(400, { message: 'nope' })],
    ['in words that nobody knows, with 403', reply(403, 'nope')],
  ])('%s costs the text at fault and no other, keeps the schema and blames no key', async (_what, refusal) => {
    const { unscored, formats, problems, asked } = await run(
      (one) => (mentions(one, 'KILL') ? refusal : goodAnswer(one)),
      { dossiers: hostile(33, 'KILL'), batchSize: 10, concurrency: 4 },
    );
    expect(unscored).toEqual(['hostile']);
    expect(new Set(formats)).toEqual(new Set(['json_schema']));
    expect(asked.length).toBeLessThanOrEqual(6 + 8);
    expect(problems.map(({ advice }) => advice).join()).not.toMatch(/OPENAI_(?:ASSET_ID|API_KEY)/);
  });
});

test.each<[what: string, refusal: Reply]>([
  ['a filter', reply(403, { error: 'Prompt contains PII and was blocked' })],
  ['a firewall', reply(403, '<html><h1>403 Forbidden</h1></html>')],
  ['words that nobody knows', failure(400, { message: 'nope' })],
])('texts at the beginning and in a row that meet %s cost themselves only', async (_what, refusal) => {
  const bad = new Set([0, 1, 5, 6, 7, 10, 11, 30]);
  const dossiers = someDossiers(60).map((dossier, i) =>
    bad.has(i) ? aDossier({ id: `hostile-${i}`, justification: 'KILL the job' }) : dossier,
  );
  const { unscored, asked } = await run((one) => (mentions(one, 'KILL') ? refusal : goodAnswer(one)), {
    ...{ dossiers, batchSize: 5, concurrency: 1 },
  });
  expect(unscored.toSorted()).toEqual([...bad].map((i) => `hostile-${i}`).toSorted());
  expect(asked.at(-1)?.body.response_format?.type).toBe('json_schema');
});

test('texts in a row that meet a 403 as if of rights cost themselves only, once the model has answered', async () => {
  const dossiers = someDossiers(60).map((dossier, i) =>
    i >= 20 && i < 25 ? aDossier({ id: `hostile-${i}`, justification: 'KILL the job' }) : dossier,
  );
  const forbids = reply(403, { message: 'Access denied' });
  const { unscored } = await run((one) => (mentions(one, 'KILL') ? forbids : goodAnswer(one)), {
    ...{ dossiers, batchSize: 5, concurrency: 1 },
  });
  expect(unscored).toHaveLength(5);
});

describe('a question of many that fails on the side of the endpoint', () => {
  test('with 500, after its repetitions, is asked in halves', async () => {
    const { unscored } = await run(
      (one) => (one.slots.length > 3 ? failure(500, { message: 'x' }, { 'retry-after-ms': '1' }) : goodAnswer(one)),
      { dossiers: someDossiers(40), batchSize: 10, concurrency: 2 },
    );
    expect(unscored).toEqual([]);
  });

  test('always with 500, is soon asked no more', async () => {
    const { asked, unscored } = await run(() => failure(500, {}, { 'retry-after-ms': '1' }), { maxRetries: 1 });
    expect(unscored).toHaveLength(400);
    expect(asked.length).toBeLessThanOrEqual(60);
  });
});

describe('an error in an answer with HTTP 200', () => {
  test.each<[what: string, body: unknown]>([
    ['429', { error: { code: 429, message: 'Provider returned error' } }],
    ['502 beside null choices', { choices: null, error: { code: 502, message: 'Upstream error' } }],
    [
      '503 in a choice',
      { choices: [{ finish_reason: 'error', message: { content: '' }, error: { code: 503, message: 'x' } }] },
    ],
    ['a word for it', { error: { type: 'overloaded_error', message: 'Overloaded' } }],
  ])('that says %s is tried again, and every try is counted', async (_what, body) => {
    const { unscored, usage } = await run((one, n) => (n === 1 ? reply(200, body) : goodAnswer(one)), {
      dossiers: someDossiers(4),
    });
    expect([unscored, usage.calls]).toEqual([[], 2]);
  });

  test('that lasts is told with its own number', async () => {
    const { problems } = await run(() => reply(200, { error: { code: 502, message: 'Upstream error' } }), {
      ...{ dossiers: someDossiers(4), maxRetries: 0 },
    });
    expect(problems[0]?.message).toContain('502 in an answer with HTTP 200 (Upstream error)');
  });
});

describe('a question that is too long', () => {
  const tooLong = (most: number, refusal: Reply) => (one: Asked) =>
    one.slots.length > most ? refusal : goodAnswer(one);
  test.each<[what: string, refusal: Reply]>([
    [
      'Bedrock behind a gateway',
      failure(500, { message: 'BedrockException - Input is too long for requested model.' }),
    ],
    ['Anthropic', failure(400, { message: 'prompt is too long: 215000 tokens > 200000 maximum' })],
    [
      'llama.cpp',
      reply(500, {
        error: {
          code: 500,
          message: 'the request exceeds the available context size',
          type: 'exceed_context_size_error',
        },
      }),
    ],
    ['LM Studio with 200', reply(200, { error: 'Trying to keep the first 9000 tokens when context the overflows.' })],
  ])('in the words of %s is asked in halves, and the next ones begin where it fitted', async (_what, refusal) => {
    const { asked, unscored } = await run(tooLong(4, refusal), {
      dossiers: someDossiers(200),
      batchSize: 25,
      concurrency: 2,
    });
    expect(unscored).toEqual([]);
    const refused = asked.filter(({ slots }) => slots.length > 4).length;
    expect(asked.length - refused).toBeLessThanOrEqual(64);
    expect(refused).toBeLessThanOrEqual(32);
  });

  test('about one request leaves that one unscored, with the reason', async () => {
    const { unscored, problems } = await run(
      (one) => (mentions(one, 'LONG') ? failure(400, { code: 'context_length_exceeded' }) : goodAnswer(one)),
      { dossiers: hostile(20, 'LONG'), batchSize: 10 },
    );
    expect(unscored).toEqual(['hostile']);
    expect(problems).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/too long for the model, even/) }),
    ]);
  });

  test('and cut on its way, is asked in halves about what was left out', async () => {
    const lastEight = (one: Asked): Reply => completion(ratingsFor(one.slots.slice(-8)));
    const { asked, unscored } = await run(lastEight, { dossiers: someDossiers(100), batchSize: 25, concurrency: 2 });
    expect(unscored).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(4 * 6);
  });
});

describe('an answer in another place', () => {
  const at = (message: Record<string, unknown>, finish = 'stop'): Reply => ({
    body: { choices: [{ finish_reason: finish, message: { role: 'assistant', ...message } }] },
  });
  const text = JSON.stringify({ r1: rating(), r2: rating(), r3: rating() });
  const call = (name: string) => ({ tool_calls: [{ id: 'c', type: 'function', function: { name, arguments: text } }] });
  test.each<[where: string, reply: Reply, unscored: number]>([
    ['among the thoughts, with no content', at({ content: null, reasoning_content: text }), 0],
    ['among the thoughts, with an empty content', at({ content: '\n', reasoning: text }), 0],
    [
      'among the thoughts of a gateway, in parts',
      at({
        content: '',
        reasoning_details: [{ type: 'reasoning.text', text: text.slice(0, 9) }, { text: text.slice(9) }],
      }),
      0,
    ],
    ['behind thoughts there', at({ content: '', reasoning_content: `Hm.</think>${text}` }), 0],
    [
      'in a part of its own',
      at({
        content: [
          { type: 'thinking', text: '{"r1": 1}' },
          { type: 'text', text },
        ],
      }),
      0,
    ],
    ['in the tool that a gateway makes of a schema', at({ content: null, ...call('json_tool_call') }, 'tool_calls'), 0],
    ['in a tool of another name', at({ content: null, ...call('approve') }, 'tool_calls'), 3],
    ['as text of a choice', { body: { choices: [{ finish_reason: 'stop', text }] } }, 0],
  ])('%s', async (_where, answer, count) => {
    const { unscored } = await run(() => answer, { dossiers: someDossiers(3) });
    expect(unscored).toHaveLength(count);
  });
});

describe('the first questions of a run', () => {
  test('go one at a time while nothing is known, and wait for no answer for long', async () => {
    let under = 0;
    let most = 0;
    const started = performance.now();
    const seen: number[] = [];
    await run(
      async (one, n) => {
        under += 1;
        most = Math.max(most, under);
        if (n <= 2) seen.push(performance.now() - started);
        if (n === 1) await sleep(2500);
        under -= 1;
        return goodAnswer(one);
      },
      { dossiers: someDossiers(40) },
    );
    expect((seen[1] ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(200);
    expect(most).toBeGreaterThan(1);
  });
});
