import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { rememberedRatings } from '../../../src/score/memory/step.ts';
import { scoreStep } from '../../../src/score/step.ts';
import { realDisk } from '../../../src/store/disk.ts';
import type { Log } from '../../../src/util/log.ts';
import type { Progress } from '../../../src/util/progress.ts';
import { tempFolder } from '../../helpers/requests.ts';
import { goodAnswer, modelEndpoint } from './client/model_endpoint.ts';
import { aDossier } from './dossiers.ts';
import { seeded } from './fake_model.ts';

test('What the model said is on disk before the step is over: whoever is killed then does not pay for it again', async () => {
  const dossiers = ['first', 'second'].map((justification) =>
    aDossier({ id: justification, justification, status: 'Completed' }),
  );
  const time = { at: Date.UTC(2026, 10, 20, 12) };
  const clock = { now: () => time.at, sleep: async () => {} };
  const log = { warn: () => {}, error: () => {} } as unknown as Log;
  const knownBefore: number[] = [];
  const endpoint = await modelEndpoint(async (asked) => {
    await expect.poll(known).toBeGreaterThanOrEqual(knownBefore.length);
    knownBefore.push(await known());
    time.at += 120_000;
    return goodAnswer(asked);
  });
  const config = loadConfig({
    ...{ VAULT_URL: 'https://vault.example', VAULT_API_TOKEN: 'o.t.her', STATE_DIR: tempFolder() },
    ...{ OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: endpoint.baseUrl },
    ...{ OPENAI_CONCURRENCY: '1', OPENAI_ANALYSIS_BATCH_SIZE: '1' },
  });
  const run = { config, prompts: { system: 'Assess.', digest: 'd' }, agentUser: null, clock, log, runId: 'run-1' };
  const remembered = rememberedRatings(config, { clock, disk: realDisk, log, runId: 'run-1' });
  async function known(): Promise<number> {
    const screened = new Map(dossiers.map(({ request, texts }) => [request.id, texts]));
    const { windowDays, prompts, agentUser } = { ...run, windowDays: config.analysis.lookbackDays };
    return (await remembered(dossiers, { windowDays, prompts, agentUser, screened, accessContexts: new Map() })).known
      .size;
  }
  const model = scoreStep({
    ...run,
    vault: { secret: () => Promise.reject(new Error('not asked')) },
    signal: new AbortController().signal,
    progress: { update: () => {} } as unknown as Progress,
    random: seeded(1),
    remembered,
    budget: async () => undefined,
  });
  await model.score(dossiers, new Map());
  expect(knownBefore).toEqual([0, 1]);
});
