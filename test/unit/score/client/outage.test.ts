/** When a run stops asking, with questions under way at the same time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Answer, createModelClient, type ModelClientOptions } from '../../../../src/score/client/model_client.ts';
import { Outage } from '../../../../src/score/client/outage.ts';
import { score } from '../../../../src/score/score.ts';
import { UpstreamError } from '../../../../src/util/errors.ts';
import { aDossier, someDossiers } from '../dossiers.ts';
import { OPTIONS, SPENT, says } from '../fake_model.ts';
import { type Asked, failure, goodAnswer, modelEndpoint, type Reaction } from './model_endpoint.ts';

/** Asks about each request by itself, four at once, over real connections. */
async function run(
  react: (asked: Asked, n: number) => Promise<Reaction>,
  {
    dossiers = someDossiers(60),
    ...over
  }: Partial<ModelClientOptions> & { dossiers?: ReturnType<typeof someDossiers> },
) {
  const endpoint = await modelEndpoint(react);
  const options = { apiKey: async () => 'sk-test', baseUrl: endpoint.baseUrl, model: 'gpt-test', timeoutMs: 5000 };
  const model = createModelClient({ ...options, ca: undefined, ...over });
  const { assessments } = await score(dossiers, { ...OPTIONS, model, batchSize: 1, concurrency: 4 });
  const unscored = [...assessments].flatMap(([id, { kind }]) => (kind === 'unscored' ? [id] : []));
  return { unscored, asked: endpoint.asked };
}

describe('With four questions at once', () => {
  test('three texts that make the model think for too long cost no request but their own', async () => {
    const hostile = new Set([2, 3, 4]);
    const dossiers = someDossiers(60).map((dossier, i) =>
      hostile.has(i) ? aDossier({ id: `hostile-${i}`, justification: 'PONDER' }) : dossier,
    );
    const react = async (asked: Asked): Promise<Reaction> => {
      if (JSON.stringify(asked.body.messages).includes('PONDER')) return 'hang';
      await sleep(60);
      return goodAnswer(asked);
    };
    const { unscored } = await run(react, { dossiers, timeoutMs: 2000, maxRetries: 0 });
    expect(unscored.sort()).toEqual(['hostile-2', 'hostile-3', 'hostile-4']);
  });

  test('three seconds without a connection cost what was under way, and not the rest of the run', async () => {
    let since: number | null = null;
    const react = async (asked: Asked, n: number): Promise<Reaction> => {
      if (n === 20) since = performance.now();
      if (since !== null && performance.now() - since < 3000) return 'drop';
      return goodAnswer(asked);
    };
    const { unscored } = await run(react, { dossiers: someDossiers(200) });
    expect(unscored.length).toBeLessThanOrEqual(12);
  });

  test.each([
    ['asks for a pause of an hour', failure(429, {}, { 'retry-after': '3600' })],
    ['has nothing left for the account', failure(429, { code: 'insufficient_quota' }, { 'retry-after': '0' })],
  ])('an endpoint that %s is asked once for what is under way, and no more', async (_what, reaction) => {
    const { unscored, asked } = await run(async () => reaction, {});
    expect(unscored).toHaveLength(60);
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  test.each(['drop', 'hang'] as const)('an endpoint that stays down (%s) is soon left alone', async (reaction) => {
    const { unscored, asked } = await run(async () => reaction, { timeoutMs: 200, maxRetries: 0 });
    expect(unscored).toHaveLength(60);
    expect(asked.length).toBeLessThanOrEqual(12);
  });
});

describe('An outage', () => {
  const failed = (code: 'unreachable' | 'timeout' | 'over-budget'): Answer => ({
    kind: 'failed',
    error: new UpstreamError('model', code, `fault ${code}`),
    spent: SPENT,
  });
  /** Asks; answered when the test says so. */
  function asking(outage: Outage) {
    let answer: (one: Answer) => void = () => {};
    const over = outage.watch(() => new Promise((resolve) => (answer = resolve)));
    return async (one: Answer) => {
      answer(one);
      await over;
    };
  }
  const fails = async (outage: Outage, code: 'unreachable' | 'timeout' | 'over-budget', times: number) => {
    for (let n = 0; n < times; n += 1) await asking(outage)(failed(code));
  };

  test('is called after three failures, each of a question that was started after the one before', async () => {
    const outage = new Outage();
    const together = [1, 2, 3, 4].map(() => asking(outage));
    for (const one of together) await one(failed('unreachable'));
    await fails(outage, 'unreachable', 1);
    expect(await outage.error()).toBeNull();
    await fails(outage, 'unreachable', 1);
    expect(await outage.error()).toMatchObject({ code: 'unreachable' });
  });

  test('is not called by time-outs while something was answered meanwhile', async () => {
    const outage = new Outage();
    await fails(outage, 'timeout', 2);
    const slow = asking(outage);
    await asking(outage)(says('{}'));
    await fails(outage, 'timeout', 2);
    await slow(failed('timeout'));
    expect(await outage.error()).toBeNull();
  });

  test('is over when a question that was under way is answered, and whoever is about to ask waits for that', async () => {
    const outage = new Outage();
    const slow = asking(outage);
    await fails(outage, 'unreachable', 3);
    const next = outage.error();
    await slow(says('{}'));
    expect(await next).toBeNull();
  });

  test('lasts when the questions under way fail as well, and waits for none when there is no money left', async () => {
    const outage = new Outage();
    const slow = asking(outage);
    await fails(outage, 'unreachable', 3);
    const next = outage.error();
    await slow(failed('timeout'));
    expect(await next).toMatchObject({ code: 'unreachable' });

    const poor = new Outage();
    asking(poor);
    await fails(poor, 'over-budget', 1);
    expect(await poor.error()).toMatchObject({ code: 'over-budget' });
  });
});
