import type { Config } from '../config/config.ts';
import { describeError, UpstreamError } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { Progress } from '../kit/progress.ts';
import { NO_USAGE } from '../request/assessment.ts';
import type { Dossier } from '../request/dossier.ts';
import { statusAllows } from '../request/status.ts';
import { type Candidate, type ConfirmResult, confirm } from '../score/confirm.ts';
import { createModelClient, type ModelClient } from '../score/model_client.ts';
import type { Prompts } from '../score/prompts.ts';
import { type ScoreOptions, type ScoreResult, score } from '../score/score.ts';
import type { VaultParts } from './vault_parts.ts';

type ModelSurroundings = {
  readonly config: Config;
  readonly prompts: Prompts;
  readonly agentUser: string | null;
  readonly vault: Pick<VaultParts, 'secret'>;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly log: Log;
  readonly runId: string;
};

/** The model as one run uses it. */
export type ModelParts = {
  score(dossiers: readonly Dossier[]): Promise<ScoreResult>;
  /** Only for what `score` saw before: it is asked with the same key and the same treated texts. */
  confirm(candidates: readonly Candidate[]): Promise<ConfirmResult>;
};

/** Gets the key first, once: waiting for a person to grant it must not be repeated for every question. */
export function openModel(given: ModelSurroundings): ModelParts {
  const { config, prompts, agentUser, signal, progress, log, runId } = given;
  let access: Promise<Access> | null = null;
  let options: ScoreOptions | null = null;

  async function optionsFor(dossiers: readonly Dossier[]): Promise<ScoreOptions> {
    access ??= accessTo(given);
    const known = await access;
    return {
      model: 'client' in known ? known.client : null,
      ...('why' in known && { noModelWhy: known.why }),
      prompts,
      batchSize: config.model.batchSize,
      concurrency: config.model.concurrency,
      windowDays: config.analysis.lookbackDays,
      agentUser,
      signal,
      screened: new Map(
        dossiers.map(({ request, texts }) => [
          request.id,
          { ...texts, suspicious: texts.suspicious || mayBeDecided(request.status, config) },
        ]),
      ),
    };
  }

  async function told<R extends ScoreResult | ConfirmResult>(result: R): Promise<R> {
    const known = await access;
    const advice = known !== null && 'why' in known ? known.advice : null;
    const problems = result.problems.map((problem) => ({ ...problem, advice: problem.advice ?? advice }));
    for (const note of result.notes) log.warn('model.note', { run: runId, note });
    for (const problem of problems) log.error('run.problem', { run: runId, ...problem });
    return { ...result, problems };
  }

  return {
    async score(dossiers) {
      if (dossiers.length === 0) return { assessments: new Map(), usage: NO_USAGE, problems: [], notes: [] };
      options = await optionsFor(dossiers);
      progress.update('score', 0, dossiers.length);
      return told(
        await score(dossiers, { ...options, onProgress: (done, total) => progress.update('score', done, total) }),
      );
    },
    async confirm(candidates) {
      if (candidates.length === 0 || options === null) {
        return { votes: new Map(), usage: NO_USAGE, problems: [], notes: [] };
      }
      progress.update('confirm', 0, candidates.length);
      return told(
        await confirm(candidates, { ...options, onProgress: (done, total) => progress.update('confirm', done, total) }),
      );
    },
  };
}

/**
 * Screening misses some texts, and one that it missed could speak for its neighbours in the question.
 * INVARIANT: what may be approved or rejected shares its question with nobody, so no text changes another's outcome.
 */
const mayBeDecided = (status: string, { actions }: Config): boolean =>
  (actions.autoApprove && statusAllows(status, 'approve')) || (actions.autoReject && statusAllows(status, 'reject'));

type Access = { readonly client: ModelClient } | { readonly why: string; readonly advice: string | null };

async function accessTo({ config: { model }, vault, signal, runId }: ModelSurroundings): Promise<Access> {
  const clientWith = (key: string): Access => ({
    client: createModelClient({
      apiKey: () => Promise.resolve(key),
      baseUrl: model.baseUrl,
      model: model.model,
      timeoutMs: model.timeoutMs,
      ca: model.ca,
    }),
  });
  if (model.assetId === undefined) {
    if (model.apiKey !== undefined) return clientWith(model.apiKey);
    return { why: 'no model key is configured', advice: 'set OPENAI_ASSET_ID, or OPENAI_API_KEY for a trial' };
  }
  try {
    return clientWith(await vault.secret(model.assetId, `Portcullis needs its model key for run ${runId}`, signal));
  } catch (error) {
    return {
      why: `the model key could not be had: ${describeError(error)}`,
      advice: error instanceof UpstreamError ? `${error.advice}; the asset is OPENAI_ASSET_ID` : null,
    };
  }
}
