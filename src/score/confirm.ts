import type { Assessment, ModelUsage } from '../domain/assessment.ts';
import {
  CONFIRMED_BY,
  type Confirmation,
  type Confirmations,
  type ConfirmCandidate,
  type SecondAnswers,
} from '../domain/confirmation.ts';
import type { Problem } from '../domain/run_record.ts';
import { runPool } from '../util/pool.ts';
import type { BatchResult } from './batch.ts';
import type { ModelClient } from './client/model_client.ts';
import { Outage } from './client/outage.ts';
import { factsOnlyBatch, factsOnlyBatches } from './facts_only.ts';
import { systemOf } from './prompts.ts';
import { QuestionTotals } from './question_totals.ts';
import { systemRandom } from './random.ts';
import type { ScoreOptions } from './score.ts';
import { singleBatch } from './single.ts';

export type ConfirmResult = {
  /** By request id; one for every candidate that has none yet. */
  readonly confirmations: Confirmations;
  /** By request id; one for every candidate of which a reading is asked for again. */
  readonly second: SecondAnswers;
  readonly usage: ModelUsage;
  /** One per distinct failure, with how many candidates it left without a confirmation. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
};

/**
 * Confirms what is about to be approved (a facts-only question) or rejected (a single question), and asks a second time for a
 * reading that stands alone: for one by facts alone in the same way, for one with a text in a single question. Whether an
 * answer agrees is decided elsewhere (`decide/`).
 * INVARIANT: never throws for a fault of the model; every candidate gets exactly one answer, and one that failed is unscored,
 * which no action survives.
 */
export async function confirm(candidates: readonly ConfirmCandidate[], options: ScoreOptions): Promise<ConfirmResult> {
  const { model } = options;
  const confirmations = new Map<string, Confirmation>();
  const second = new Map<string, Assessment>();
  const totals = new QuestionTotals(model?.model ?? '');
  const settle = (result: BatchResult<ConfirmCandidate>): void => {
    for (const [{ dossier, action, again }, assessment] of totals.settle(result)) {
      if (again === undefined) confirmations.set(dossier.request.id, { kind: CONFIRMED_BY[action], assessment });
      else second.set(dossier.request.id, assessment);
    }
    options.onProgress?.(confirmations.size + second.size, candidates.length);
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
    second,
    usage: totals.usage,
    problems: totals.problems('confirm', (requests) => `${requests} without a confirmation`),
    notes: totals.notes,
  };
}

type Ask = () => Promise<BatchResult<ConfirmCandidate>>;

/** By facts alone, so that no text takes part; all else is asked about with its text. */
const byFacts = ({ action, again }: ConfirmCandidate): boolean => action === 'approve' && again !== 'reading';

/** Everything that has to be asked, not asked yet. */
function questions(candidates: readonly ConfirmCandidate[], model: ModelClient, options: ScoreOptions): Ask[] {
  const { screened, batchSize, windowDays, agentUser, signal, prompts, random = systemRandom } = options;
  const context = { windowDays, agentUser };
  const desk = { model, outage: new Outage(), signal };

  const single =
    (candidate: ConfirmCandidate): Ask =>
    () =>
      singleBatch(candidate, { ...desk, prompts, screened, context });
  const factsOnly =
    (batch: readonly ConfirmCandidate[]): Ask =>
    () =>
      factsOnlyBatch(batch, { ...desk, system: systemOf(prompts, 'facts-only'), context, random });

  const batches = factsOnlyBatches(candidates.filter(byFacts), batchSize, random);
  return [...batches.map(factsOnly), ...candidates.filter((one) => !byFacts(one)).map(single)];
}
