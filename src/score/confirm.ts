import type { ModelUsage, Scored } from '../domain/assessment.ts';
import { CONFIRMED_BY, type Confirmation, type Confirmations, type ConfirmCandidate } from '../domain/confirmation.ts';
import type { Problem } from '../domain/run_record.ts';
import { runPool } from '../util/pool.ts';
import { type BatchResult, scoreBatch } from './batch.ts';
import type { ModelClient } from './client/model_client.ts';
import { Outage } from './client/outage.ts';
import { factsOnlyBatch } from './facts_only.ts';
import { type Slotted, singleMessage, slotName } from './payload.ts';
import { systemOf } from './prompts.ts';
import { QuestionTotals } from './question_totals.ts';
import { shuffled, systemRandom } from './random.ts';
import { neutral } from './redact.ts';
import type { ScoreOptions } from './score.ts';

export type ConfirmResult = {
  /** One for every candidate. */
  readonly confirmations: Confirmations;
  readonly usage: ModelUsage;
  /** One per distinct failure, with how many candidates it left without a confirmation. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
};

/**
 * Confirms what is about to be approved (a facts-only question) or rejected (a single question). Whether a confirmation
 * agrees is decided elsewhere (`decide/confirm.ts`). Confirmations are asked for anew in each run and never kept.
 * INVARIANT: never throws for a fault of the model; every candidate gets exactly one confirmation, and one that failed is
 * unscored, which no action survives.
 */
export async function confirm(candidates: readonly ConfirmCandidate[], options: ScoreOptions): Promise<ConfirmResult> {
  const { model } = options;
  const confirmations = new Map<string, Confirmation>();
  const totals = new QuestionTotals(model?.model ?? '');
  const settle = (result: BatchResult<ConfirmCandidate>): void => {
    for (const [{ dossier, action }, assessment] of totals.settle(result)) {
      confirmations.set(dossier.request.id, { kind: CONFIRMED_BY[action], assessment });
    }
    options.onProgress?.(confirmations.size, candidates.length);
  };

  if (model === null) {
    const failure = { why: options.noModelWhy ?? 'there is no model to ask', advice: null };
    const failures = new Map(candidates.map((candidate) => [candidate, failure]));
    if (failures.size > 0) settle({ scored: new Map(), failures, spent: [], notes: [] });
  } else {
    const all = questions(candidates, model, options);
    await runPool(all, options.concurrency, async (ask) => settle(await ask()));
  }
  return {
    confirmations,
    usage: totals.usage,
    problems: totals.problems('confirm', (requests) => `${requests} without a confirmation`),
    notes: totals.notes,
  };
}

type Ask = () => Promise<BatchResult<ConfirmCandidate>>;

/** Everything that has to be asked, not asked yet. */
function questions(candidates: readonly ConfirmCandidate[], model: ModelClient, options: ScoreOptions): Ask[] {
  const { screened, batchSize, windowDays, agentUser, signal, random = systemRandom } = options;
  const context = { windowDays, agentUser };
  const { prompts } = options;
  const desk = { model, outage: new Outage(), signal };
  const system = systemOf(prompts, 'single');
  const fit = (assessment: Scored, asked: readonly Slotted[]) => neutral(assessment, asked, system);

  const single = (candidate: ConfirmCandidate): Ask => {
    const item = { ...candidate, slot: slotName(0), texts: screened?.get(candidate.dossier.request.id) };
    return () =>
      scoreBatch([item], { ...desk, kind: 'single', system, write: () => singleMessage(item, context), fit });
  };
  const factsOnly =
    (batch: readonly ConfirmCandidate[]): Ask =>
    () =>
      factsOnlyBatch(batch, { ...desk, system: systemOf(prompts, 'facts-only'), context, random });

  const approvals = shuffled(
    candidates.filter(({ action }) => action === 'approve'),
    random,
  );
  const rejections = candidates.filter(({ action }) => action === 'reject');
  const batches = Array.from({ length: Math.ceil(approvals.length / batchSize) }, (_, index) =>
    approvals.slice(index * batchSize, (index + 1) * batchSize),
  );
  return [...batches.map(factsOnly), ...rejections.map(single)];
}
