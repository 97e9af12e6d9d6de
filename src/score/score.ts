import pLimit from 'p-limit';
import { type Assessment, type ModelUsage, NO_USAGE } from '../request/assessment.ts';
import type { Dossier } from '../request/dossier.ts';
import type { Problem } from '../request/run_record.ts';
import { type BatchResult, type Failure, STOPPED, scoreBatch, unscored } from './batch.ts';
import type { ModelClient } from './model_client.ts';
import { Outage } from './outage.ts';
import { slotted } from './payload.ts';
import type { Prompts } from './prompts.ts';
import { Tally } from './tally.ts';

export type ScoreOptions = {
  /** Null when there is no model to ask; `noModelWhy` then says why. */
  readonly model: ModelClient | null;
  readonly noModelWhy?: string;
  readonly prompts: Prompts;
  readonly batchSize: number;
  /** Batches under way at a time. */
  readonly concurrency: number;
  readonly windowDays: number;
  /** The agent's own account, whose requests are expected. */
  readonly agentUser: string | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  readonly log?: (event: string, facts: Readonly<Record<string, string | number>>) => void;
};

export type ScoreResult = {
  /** By request id; one for every dossier. */
  readonly assessments: ReadonlyMap<string, Assessment>;
  readonly usage: ModelUsage;
  /** One per distinct failure, with how many requests it left unscored. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
};

/**
 * Has the model assess the requests, batch by batch. Whatever the model or its endpoint does, the run goes on: what
 * could not be assessed is unscored, with the reason.
 * INVARIANT: never throws for a fault of the model; every dossier gets exactly one assessment.
 */
export async function score(dossiers: readonly Dossier[], options: ScoreOptions): Promise<ScoreResult> {
  const { model, prompts, signal, windowDays, agentUser } = options;
  const assessments = new Map<string, Assessment>();
  const failures = new Tally<Failure>((failure) => failure.why);
  const notes = new Tally<string>((note) => note);
  let usage: ModelUsage = { ...NO_USAGE, model: model?.model ?? '' };

  if (model === null) {
    const failure: Failure = { why: options.noModelWhy ?? 'there is no model to ask', advice: null };
    for (const { request } of dossiers) {
      assessments.set(request.id, unscored(failure));
      failures.add(failure);
    }
    return { assessments, usage, problems: problemsOf(failures), notes: [] };
  }

  const settle = (result: BatchResult) => {
    for (const [{ dossier }, scored] of result.scored) assessments.set(dossier.request.id, scored);
    for (const [{ dossier }, failure] of result.failures) {
      assessments.set(dossier.request.id, unscored(failure));
      failures.add(failure);
    }
    for (const note of result.notes) notes.add(note);
    for (const { calls, promptTokens, completionTokens } of result.spent) {
      usage = {
        ...usage,
        calls: usage.calls + calls,
        promptTokens: usage.promptTokens + promptTokens,
        completionTokens: usage.completionTokens + completionTokens,
      };
    }
  };

  const desk = { model, system: prompts.system, context: { windowDays, agentUser }, outage: new Outage(), signal };
  const limit = pLimit(options.concurrency);
  await limit.map(batches(dossiers, options.batchSize), async (batch) => {
    const result = await scoreBatch(slotted(batch), desk);
    settle(result);
    options.onProgress?.(assessments.size, dossiers.length);
    options.log?.('batch.scored', {
      scored: result.scored.size,
      unscored: result.failures.size,
      questions: result.spent.length,
    });
  });
  return {
    assessments,
    usage,
    problems: problemsOf(failures),
    notes: notes.entries().map(([note, count]) => (count === 1 ? note : `${note} (${count} times)`)),
  };
}

function* batches(dossiers: readonly Dossier[], size: number): Generator<readonly Dossier[]> {
  for (let start = 0; start < dossiers.length; start += size) yield dossiers.slice(start, start + size);
}

/** A stop is the run's own verdict, not a problem of the model's. */
function problemsOf(failures: Tally<Failure>): Problem[] {
  return failures
    .entries()
    .filter(([failure]) => failure !== STOPPED)
    .map(([{ why, advice }, count]) => ({
      where: 'score',
      message: `${count === 1 ? '1 request' : `${count} requests`} unscored: ${why}`,
      advice,
    }));
}
