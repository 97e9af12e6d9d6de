import type { Config } from '../config/config.ts';
import { describeError, UpstreamError } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { Progress } from '../kit/progress.ts';
import type { Dossier } from '../request/dossier.ts';
import { createModelClient } from '../score/model_client.ts';
import type { Prompts } from '../score/prompts.ts';
import { type ScoreResult, score } from '../score/score.ts';
import type { VaultParts } from './vault_parts.ts';

type ScoreParts = {
  readonly config: Config;
  readonly prompts: Prompts;
  readonly agentUser: string | null;
  readonly vault: Pick<VaultParts, 'secret'>;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly log: Log;
  readonly runId: string;
};

/** Gets the key first, once: waiting for a person to grant it must not be repeated for every batch. */
export async function scoreStep(dossiers: readonly Dossier[], parts: ScoreParts): Promise<ScoreResult> {
  const { config, prompts, agentUser, signal, progress, log, runId } = parts;
  const { model } = config;
  const key = dossiers.length === 0 ? { why: 'there is nothing to score', advice: null } : await keyOf(parts);
  const client =
    'why' in key
      ? null
      : createModelClient({
          apiKey: () => Promise.resolve(key.secret),
          baseUrl: model.baseUrl,
          model: model.model,
          timeoutMs: model.timeoutMs,
          ca: model.ca,
        });
  progress.update('score', 0, dossiers.length);
  const result = await score(dossiers, {
    model: client,
    ...('why' in key && { noModelWhy: key.why }),
    prompts,
    batchSize: model.batchSize,
    concurrency: model.concurrency,
    windowDays: config.analysis.lookbackDays,
    agentUser,
    signal,
    onProgress: (done, total) => progress.update('score', done, total),
  });
  for (const note of result.notes) log.warn('model.note', { run: runId, note });
  for (const problem of result.problems) log.error('run.problem', { run: runId, ...problem });
  if (!('why' in key)) return result;
  return {
    ...result,
    problems: result.problems.map((problem) => ({ ...problem, advice: problem.advice ?? key.advice })),
  };
}

type Key = { readonly secret: string } | { readonly why: string; readonly advice: string | null };

async function keyOf({ config: { model }, vault, signal, runId }: ScoreParts): Promise<Key> {
  if (model.assetId === undefined) {
    if (model.apiKey !== undefined) return { secret: model.apiKey };
    return { why: 'no model key is configured', advice: 'set OPENAI_ASSET_ID, or OPENAI_API_KEY for a trial' };
  }
  try {
    return { secret: await vault.secret(model.assetId, `Portcullis needs its model key for run ${runId}`, signal) };
  } catch (error) {
    return {
      why: `the model key could not be had: ${describeError(error)}`,
      advice: error instanceof UpstreamError ? `${error.advice}; the asset is OPENAI_ASSET_ID` : null,
    };
  }
}
