/** What questions cost, over real connections: each HTTP call is paid for before it is sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Budget, createBudget } from '../../../../src/score/budget/budget.ts';
import { costOf } from '../../../../src/score/budget/prices.ts';
import { countedTokens, mostTokens } from '../../../../src/score/client/abilities.ts';
import {
  createModelClient,
  type ModelClientOptions,
  type Question,
} from '../../../../src/score/client/model_client.ts';
import { type Asked, completion, failure, goodAnswer, modelEndpoint, type Reaction } from '../client/model_endpoint.ts';

const PRICE = { input: 1, cachedInput: 0.5, output: 4, asOf: '2026-01-01' };
const QUESTION: Question = {
  kind: 'personal',
  system: 'You assess requests.',
  user: '{"requests":{"r1":{}}}',
  slots: ['r1'],
};
const MOST = costOf(PRICE, { ...mostTokens(QUESTION), cached: 0 });
/** What the endpoint of these tests counts: 100 tokens asked, 10 answered. */
const REAL = 140 / 1e6;
const AT_ONCE = { 'retry-after': '0' };

function budgetOf(perRun?: number): Budget {
  const day = { today: () => 0, spentToday: () => 0, set: async () => ({ end: () => {} }), settle: async () => {} };
  return createBudget(PRICE, { perRun, perDay: undefined }, day);
}

async function asked(
  react: (asked: Asked, n: number) => Reaction,
  { perRun, ...over }: Partial<ModelClientOptions> & { perRun?: number } = {},
) {
  const endpoint = await modelEndpoint(react);
  const budget = budgetOf(perRun);
  const options = { apiKey: async () => 'sk-test', baseUrl: endpoint.baseUrl, model: 'gpt-test', timeoutMs: 5000 };
  const client = createModelClient({ ...options, ca: undefined, maxRetries: 2, budget, ...over });
  const ask = () => client.ask(QUESTION, new AbortController().signal);
  return { answer: await ask(), ask, budget, asked: endpoint.asked };
}

const withUsage =
  (usage: unknown) =>
  (one: Asked): Reaction => {
    const { body } = goodAnswer(one) as { body: object };
    return { body: { ...body, usage } };
  };

describe('a question costs', () => {
  test('what the endpoint counted', async () => {
    const { answer, budget } = await asked(goodAnswer);
    expect([answer.spent, budget.spent()]).toEqual([
      { calls: 1, promptTokens: 100, completionTokens: 10, cachedTokens: 0, usd: expect.closeTo(REAL, 12) },
      expect.closeTo(REAL, 12),
    ]);
  });

  test('less where a part of it came out of the cache', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 80 } };
    const { answer } = await asked(withUsage(usage));
    expect(answer.spent).toMatchObject({ cachedTokens: 80, usd: expect.closeTo(100 / 1e6, 12) });
  });

  test.each([
    ['counts nothing', undefined],
    ['counts zero', { prompt_tokens: 0, completion_tokens: 0 }],
    ['counts in words', { prompt_tokens: 'few', completion_tokens: 'some' }],
  ])('the most that it could where the endpoint %s', async (_, usage) => {
    const { answer } = await asked(withUsage(usage));
    expect([answer.kind, answer.spent.usd]).toEqual(['text', expect.closeTo(MOST, 12)]);
  });

  test.each([
    ['none', { prompt_tokens: 100 }],
    ['null', { prompt_tokens: 100, completion_tokens: null }],
    ['zero', { prompt_tokens: 100, completion_tokens: 0 }],
  ])('the most that its answer could where the endpoint counts %s of it', async (_, usage) => {
    const { answer } = await asked(withUsage(usage));
    const usd = (100 * PRICE.input + mostTokens(QUESTION).completion * PRICE.output) / 1e6;
    expect(answer.spent.usd).toBeCloseTo(usd, 12);
  });

  test('no more than the ceiling where a gateway gives up on every call', async () => {
    const { ask, budget, asked: sent } = await asked(() => failure(504, {}, AT_ONCE), { perRun: MOST * 4.5 });
    const rest = [await ask(), await ask()];
    expect(rest.map((one) => one.kind === 'failed' && one.error.code)).toEqual(['over-budget', 'over-budget']);
    expect([sent.length, budget.ranOut()]).toEqual([4, true]);
  });

  test.each<[string, Reaction, number]>([
    ['nothing when it was refused', failure(401, {}), 0],
    ['nothing when the endpoint is busy, however often it is tried', failure(503, {}, AT_ONCE), 0],
    ['nothing for a redirect, which is not followed', failure(302, {}), 0],
    ['nothing when it was one too many', failure(429, {}, AT_ONCE), 0],
    ['nothing when the endpoint is overloaded', failure(529, {}, AT_ONCE), 0],
    ['the most for each call that a gateway gave up on', failure(504, {}, AT_ONCE), 3 * MOST],
    ['the most for each call that a gateway gave up waiting for', failure(408, {}, AT_ONCE), 3 * MOST],
    ['the most for each call that failed behind the gateway', failure(502, {}, AT_ONCE), 3 * MOST],
    ['the most for each call that failed at the endpoint', failure(500, {}, AT_ONCE), 3 * MOST],
    ['the most for each call that was cut off', 'drop', 3 * MOST],
    ['what was counted when the answer was cut', completion('{', { finish: 'length' }), REAL],
    ['the most when the answer is no completion', { body: { hello: 'world' } }, MOST],
  ])('%s', async (_, reaction, usd) => {
    const { answer, budget } = await asked(() => reaction);
    expect([answer.spent.usd, budget.spent()]).toEqual([expect.closeTo(usd, 12), expect.closeTo(usd, 12)]);
  });

  test('nothing when nobody could be reached', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { answer } = await asked(goodAnswer, { baseUrl: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
    expect([answer.kind, answer.spent.usd]).toEqual(['failed', 0]);
  });

  test('nothing that anybody knows without a price', async () => {
    const { answer } = await asked(goodAnswer, { budget: undefined });
    expect(answer.spent).not.toHaveProperty('usd');
  });
});

describe('at the ceiling', () => {
  const barred = expect.objectContaining({
    kind: 'failed',
    error: expect.objectContaining({ code: 'over-budget', message: expect.stringContaining('MAX_USD_PER_RUN=') }),
  });

  test('no question is sent', async () => {
    const { answer, asked: sent } = await asked(goodAnswer, { perRun: MOST * 0.99 });
    expect([answer, sent.length]).toEqual([barred, 0]);
    expect(answer.spent).toMatchObject({ calls: 0, usd: 0 });
  });

  test('what was saved on the questions before is there for the next ones', async () => {
    const { ask, asked: sent, budget } = await asked(goodAnswer, { perRun: MOST + 2.5 * REAL });
    const rest = [await ask(), await ask(), await ask()];
    expect(rest.map(({ kind }) => kind)).toEqual(['text', 'text', 'failed']);
    expect([sent.length, budget.spent()]).toEqual([3, expect.closeTo(3 * REAL, 12)]);
  });

  test('a call that failed is not repeated, and nobody waits for it', async () => {
    const { answer, asked: sent } = await asked(() => 'drop', { perRun: MOST * 1.5 });
    expect([answer, sent.length]).toEqual([barred, 1]);
    expect(answer.spent.usd).toBeCloseTo(MOST, 12);
  });
});

test('the estimate is above what any tokeniser makes of a question, and grows with its slots', () => {
  const wild: Question = { kind: 'personal', system: '', user: '\u{1F469}‍\u{1F680}Ꙁ', slots: ['r1'] };
  expect(mostTokens(wild).prompt).toBeGreaterThanOrEqual(Buffer.byteLength(wild.user));
  const many = { ...QUESTION, slots: Array.from({ length: 25 }, (_, n) => `r${n + 1}`) };
  expect(mostTokens(many).completion).toBe(2000 + 300 * 25);
});

test.each([
  ['personal', 300],
  ['shared', 260],
  ['facts-only', 180],
  ['single', 180],
] as const)(
  'an answer to a %s question may take %d tokens for each request, and there is room to think',
  (kind, each) => {
    const most = mostTokens({ ...QUESTION, kind });
    expect(most.completion).toBe(2000 + each);
    expect(countedTokens({ ...QUESTION, kind })).toBeGreaterThanOrEqual(most.completion);
  },
);

test('a shared question is paid by the price of the model that reads what is settled', async () => {
  const day = { today: () => 0, spentToday: () => 0, set: async () => ({ end: () => {} }), settle: async () => {} };
  const cheap = { ...PRICE, input: PRICE.input / 10, output: PRICE.output / 10 };
  const budget = createBudget(PRICE, { perRun: MOST, perDay: undefined }, day, cheap);
  const endpoint = await modelEndpoint(goodAnswer);
  const client = createModelClient({
    ...{ apiKey: async () => 'k', baseUrl: endpoint.baseUrl, timeoutMs: 5000, maxRetries: 0, budget },
    ...{ model: 'gpt-test', sharedModel: 'gpt-small', ca: undefined },
  });
  onTestFinished(client.close);
  const ask = (kind: Question['kind']) => client.ask({ ...QUESTION, kind }, new AbortController().signal);
  expect((await ask('shared')).spent.usd).toBeCloseTo(REAL / 10, 12);
  expect((await ask('personal')).kind).toBe('failed');
  expect((await ask('shared')).kind).toBe('text');
  expect(budget.spent()).toBeCloseTo((2 * REAL) / 10, 12);
});
