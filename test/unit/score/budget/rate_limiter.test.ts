import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AllowanceSettings } from '../../../../simulator/model/allowance.ts';
import { startSimulator } from '../../../../simulator/simulator.ts';
import { createRateLimiter } from '../../../../src/score/budget/rate_limiter.ts';
import { createModelClient } from '../../../../src/score/client/model_client.ts';
import { score } from '../../../../src/score/score.ts';
import type { Clock } from '../../../../src/util/clock.ts';
import { someDossiers } from '../dossiers.ts';
import { OPTIONS } from '../fake_model.ts';

const answer = (status: number, headers: Record<string, string> = {}) => new Response('{}', { status, headers });
const left = (remaining: number, reset = '1s', limit = 5) => ({
  'x-ratelimit-limit-requests': `${limit}`,
  'x-ratelimit-remaining-requests': `${remaining}`,
  'x-ratelimit-reset-requests': reset,
});
const settle = async () => {
  for (let turns = 0; turns < 20; turns++) await turn();
};

/** Time that passes when it is told to. */
function handClock() {
  let now = 1_000_000;
  let waiting: { readonly at: number; readonly wake: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        waiting.push({ at: now + ms, wake: resolve });
        signal?.addEventListener('abort', () => resolve());
      }),
  };
  const pass = async (ms: number) => {
    now += ms;
    const due = waiting.filter(({ at }) => at <= now);
    waiting = waiting.filter(({ at }) => at > now);
    for (const { wake } of due) wake();
    await settle();
  };
  return { clock, pass };
}

describe('The questions of a run', () => {
  /** Asks; gives what has gone out so far, and lets one be answered. */
  function desk() {
    const { clock, pass } = handClock();
    const rateLimiter = createRateLimiter(clock);
    const out: string[] = [];
    const answers = new Map<string, (response: Response) => void>();
    const stop = new AbortController();
    const ask = async (name: string, tokens = 100) => {
      const permit = rateLimiter.permit(tokens);
      await permit.opened(stop.signal);
      if (stop.signal.aborted) return permit.closed();
      out.push(name);
      await permit.sent(() => new Promise((resolve) => answers.set(name, resolve)));
      permit.closed();
    };
    const hears = async (name: string, response: Response) => {
      answers.get(name)?.(response);
      await settle();
    };
    return { ask, hears, out, pass, stop };
  }

  test('go out at once as long as nothing is known', async () => {
    const { ask, out } = desk();
    for (const name of ['a', 'b', 'c']) void ask(name);
    await settle();
    expect(out).toEqual(['a', 'b', 'c']);
  });

  test('wait for the reset when nothing is left, and then go as many as there may be', async () => {
    const { ask, hears, out, pass } = desk();
    void ask('a');
    await settle();
    await hears('a', answer(200, left(0, '1s', 2)));
    for (const name of ['b', 'c', 'd']) void ask(name);
    await settle();
    expect(out).toEqual(['a']);
    await pass(999);
    expect(out).toEqual(['a']);
    await pass(1);
    expect(out).toEqual(['a', 'b', 'c']);
    await hears('b', answer(200, left(0, '1s', 2)));
    await pass(1_000);
    expect(out).toEqual(['a', 'b', 'c', 'd']);
  });

  test('look again when an answer tells of more', async () => {
    const { ask, hears, out } = desk();
    void ask('a');
    await settle();
    await hears('a', answer(200, left(1)));
    void ask('b');
    void ask('c');
    await settle();
    expect(out).toEqual(['a', 'b']);
    await hears('b', answer(200, left(3)));
    expect(out).toEqual(['a', 'b', 'c']);
  });

  test('all hold back after one was refused as one too many', async () => {
    const { ask, hears, out, pass } = desk();
    void ask('a');
    void ask('b');
    await settle();
    await hears('a', answer(429, { 'retry-after': '7' }));
    await hears('b', answer(200));
    void ask('c');
    void ask('d');
    await pass(6_999);
    expect(out).toEqual(['a', 'b']);
    await pass(1);
    expect(out).toEqual(['a', 'b', 'c', 'd']);
  });

  test('do not hold back for longer than is worth it', async () => {
    const { ask, hears, out } = desk();
    void ask('a');
    await settle();
    await hears('a', answer(429, { 'retry-after': '3600' }));
    void ask('b');
    await settle();
    expect(out).toEqual(['a', 'b']);
  });

  test('keep their order, so that a large one is not overtaken for ever', async () => {
    const { ask, hears, out, pass } = desk();
    void ask('a');
    await settle();
    const tokens = {
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '300',
      'x-ratelimit-reset-tokens': '2s',
    };
    await hears('a', answer(200, tokens));
    void ask('large', 900);
    void ask('small', 50);
    await settle();
    expect(out).toEqual(['a']);
    await pass(2_000);
    expect(out).toEqual(['a', 'large', 'small']);
  });

  test('that wait end with a stop', async () => {
    const { ask, hears, stop } = desk();
    void ask('a');
    await settle();
    await hears('a', answer(429, { 'retry-after': '30' }));
    const waiting = [ask('b'), ask('c')];
    stop.abort();
    await Promise.all(waiting);
  });
});

/** An endpoint over real sockets, and a client of it. */
async function place(allowance?: AllowanceSettings, delayMs = 0) {
  const sim = await startSimulator({ data: 'none', model: { delayMs, ...(allowance && { allowance }) } });
  onTestFinished(() => sim.close());
  const { OPENAI_ASSET_ID: assetId = '', OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: name = '' } = sim.settings;
  const model = createModelClient({
    apiKey: async () => sim.vault.asset(assetId)?.credential?.password ?? '',
    ...{ baseUrl, model: name, timeoutMs: 5_000, ca: sim.caPem },
  });
  return { sim, model };
}

test('Over real connections, a limit of ten questions in a stretch is kept after the first answer', async () => {
  const { sim, model } = await place({ requests: 10, everyMs: 400 }, 5);
  const asking = { ...OPTIONS, model, batchSize: 1, concurrency: 8 };
  const { assessments, usage } = await score(someDossiers(45), asking);
  expect([...assessments.values()].map(({ kind }) => kind)).toEqual(Array(45).fill('scored'));
  // On a machine that stands still between sending and arriving, one may arrive in the next stretch; without a limiter it is most.
  expect(sim.model.refused).toBeLessThanOrEqual(3);
  expect(usage.calls).toBe(45 + sim.model.refused);
});

test('Over real connections, a limit of tokens is not overrun either', async () => {
  const { sim, model } = await place({ tokens: 12_000, everyMs: 200 }, 5);
  const asking = { ...OPTIONS, model, batchSize: 1, concurrency: 3 };
  const { assessments } = await score(someDossiers(20), asking);
  expect([...assessments.values()].map(({ kind }) => kind)).toEqual(Array(20).fill('scored'));
  expect(sim.model.refused).toBeLessThanOrEqual(2);
});

test('Over real connections, more questions at once than the endpoint takes are all answered, in turn', async () => {
  const { sim, model } = await place({ requests: 1, everyMs: 150 }, 5);
  const asking = { ...OPTIONS, model, batchSize: 1, concurrency: 8 };
  const { assessments } = await score(someDossiers(20), asking);
  expect([...assessments.values()].map(({ kind }) => kind)).toEqual(Array(20).fill('scored'));
  // Those that left together, before anybody knew of a limit.
  expect(sim.model.refused).toBeLessThanOrEqual(7);
});

test('Over real connections, a batch that hangs delays nobody else', async () => {
  const { sim, model } = await place();
  const done: number[] = [];
  sim.faults.add({ on: 'model', kind: 'hang', skip: 1 });
  const stop = new AbortController();
  const onProgress = (count: number) => {
    done.push(count);
    if (count === 11) stop.abort();
  };
  const asking = { ...OPTIONS, model, batchSize: 1, concurrency: 3, signal: stop.signal, onProgress };
  const { assessments } = await score(someDossiers(12), asking);
  expect([...assessments.values()].filter(({ kind }) => kind === 'scored')).toHaveLength(11);
});
