import type { AccessContext } from '../domain/access_context.ts';
import type { Assessment, ModelUsage, Scored } from '../domain/assessment.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Problem } from '../domain/run_record.ts';
import { yieldBetween } from '../util/event_loop.ts';
import { runPool } from '../util/pool.ts';
import { scoreBatch } from './batch.ts';
import type { ModelClient } from './client/model_client.ts';
import { Outage } from './client/outage.ts';
import { composed } from './compose.ts';
import type { Keep } from './memory/recall.ts';
import { type Slotted, slotted, type TreatedText, userMessage } from './payload.ts';
import { type Prompts, systemOf } from './prompts.ts';
import { QuestionTotals } from './question_totals.ts';
import { type Random, systemRandom } from './random.ts';
import { neutral } from './redact.ts';

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
  /**
   * By request id, what screening made of the texts. With it the model reads the screened copies, and the questions are
   * composed so that no text meets one that it could work on (compose.ts); without it they hold the requests in order.
   */
  readonly screened?: ReadonlyMap<string, TreatedText>;
  /** By request id, what the policy's files say; without it a question holds the facts of the vault alone. */
  readonly accessContexts?: ReadonlyMap<string, AccessContext>;
  /** Where order and composition of the questions come from; the system's own unless a test wants to foretell them. */
  readonly random?: Random;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told about each new assessment, and whether its request was alone in the question. */
  readonly keep?: Keep;
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
  const { model, prompts, screened, signal, windowDays, agentUser } = options;
  const assessments = new Map<string, Assessment>();
  const totals = new QuestionTotals(model?.model ?? '');
  if (model === null) {
    const failure = { why: options.noModelWhy ?? 'there is no model to ask', advice: null };
    for (const { request } of dossiers) assessments.set(request.id, totals.unscored(failure));
    return { assessments, ...closed(totals) };
  }

  const write = (items: readonly Slotted[]) => userMessage(items, { windowDays, agentUser });
  const fit = (assessment: Scored, asked: readonly Slotted[]) => neutral(assessment, asked, prompts.system);
  const desk = {
    model,
    kind: 'personal',
    system: systemOf(prompts, 'personal'),
    write,
    outage: new Outage(),
    signal,
    fit,
  } as const;
  await yieldBetween(dossiers);
  const asked = questions(dossiers, options);
  await yieldBetween(dossiers);
  await runPool(asked, options.concurrency, async (batch) => {
    const result = await scoreBatch(slotted(batch, screened, options.accessContexts), desk);
    for (const [{ dossier }, assessment] of totals.settle(result)) {
      assessments.set(dossier.request.id, assessment);
      if (assessment.kind === 'scored') options.keep?.(dossier, assessment, batch.length === 1);
    }
    options.onProgress?.(assessments.size, dossiers.length);
    options.log?.('batch.scored', {
      scored: result.scored.size,
      unscored: result.failures.size,
      questions: result.spent.length,
    });
  });
  return { assessments, ...closed(totals) };
}

function questions(
  dossiers: readonly Dossier[],
  { screened, batchSize: size, random = systemRandom }: ScoreOptions,
): Iterable<readonly Dossier[]> {
  return screened === undefined ? inOrder(dossiers, size) : composed(dossiers, { screened, size, random });
}

function* inOrder(dossiers: readonly Dossier[], size: number): Generator<readonly Dossier[]> {
  for (let start = 0; start < dossiers.length; start += size) yield dossiers.slice(start, start + size);
}

const closed = (totals: QuestionTotals) => ({
  usage: totals.usage,
  problems: totals.problems('score', (requests) => `${requests} unscored`),
  notes: totals.notes,
});
