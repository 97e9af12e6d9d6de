import { expect, test } from 'vitest';
import type { Config } from '../../../src/config/config.ts';
import { UpstreamError } from '../../../src/util/errors.ts';
import { openActingToken } from '../../../src/vault/acting_token.ts';
import { jwt, NOON, testClock } from './tools.ts';

const config = {
  vault: { url: 'https://vault.sim.test', paths: {}, tlsInsecure: false, timeoutMs: 1, concurrency: 1 },
  actions: { actionAssetId: 'asset-1' },
} as unknown as Config;

function handOver(secret: () => Promise<string>) {
  const asked: string[] = [];
  const vault = {
    ownWriter: () => {
      throw new Error('the own token must not write');
    },
    secret: async (assetId: string) => {
      asked.push(assetId);
      return secret();
    },
    giveBack: async (assetId: string) => [`gave back ${assetId}`],
  };
  const { signal } = new AbortController();
  const acting = openActingToken({ config, clock: testClock(NOON), vault, ownUser: 'svc', runId: 'run-1', signal });
  return { acting, asked };
}

test('The token to act with is asked for once, however many actions wait for it, and each of them looks again', async () => {
  const token = Promise.withResolvers<string>();
  const { acting, asked } = handOver(() => token.promise);
  const waiting = [acting.ready(), acting.ready(), acting.ready()];
  token.resolve(jwt({ ousr: 'svc-act' }));
  expect(await Promise.all(waiting)).toEqual(Array(3).fill({ kind: 'ready', fresh: true }));
  expect(await acting.ready()).toEqual({ kind: 'ready', fresh: false });
  expect(acting.user()).toBe('svc-act');
  expect(asked).toEqual(['asset-1']);
  expect(await acting.giveBack()).toEqual(['gave back asset-1']);
});

test('A token that cannot be had is not asked for again by the actions that were waiting for it', async () => {
  const { acting, asked } = handOver(() => Promise.reject(new UpstreamError('vault', 'refused', 'no')));
  const answers = [await acting.ready(), await acting.ready()];
  expect(answers.map(({ kind }) => kind)).toEqual(['none', 'none']);
  expect(asked).toHaveLength(1);
});
