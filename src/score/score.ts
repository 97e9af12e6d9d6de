import type { AccessContext } from '../domain/access_context.ts';
import { type Assessment, addUsage, type ModelUsage, type Scored } from '../domain/assessment.ts';
import type { Confirmation, Confirmations, Considered } from '../domain/confirmation.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Problem } from '../domain/run_record.ts';
import { yieldBetween } from '../util/event_loop.ts';
import { runPool } from '../util/pool.ts';
import { scoreBatch } from './batch.ts';
import type { ModelClient } from './client/model_client.ts';
import { Outage } from './client/outage.ts';
import { composed, type Group } from './compose.ts';
import { factsOnlyBatch, factsOnlyBatches } from './facts_only.ts';
import type { Among, Keep } from './memory/recall.ts';
import { type Slotted, slotted, type TreatedText, userMessage } from './payload.ts';
import { type Prompts, systemOf } from './prompts.ts';
import { QuestionTotals } from './question_totals.ts';
import { type Random, systemRandom } from './random.ts';
import { neutral } from './redact.ts';
import { singleBatch } from './single.ts';

export type ScoreOptions = {
  /** Null when there is no model to ask; `noModelWhy` then says why. */
  readonly model: ModelClient | null;
  readonly noModelWhy?: string;
  readonly prompts: Prompts;
  readonly batchSize: number;
  /** Of what is settled; the same unless given. */
  readonly sharedBatchSize?: number | undefined;
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
  /** What could be approved: asked about by facts alone as well, beside the usual questions. */
  readonly foreseen?: readonly Considered[];
  /** What is asked about alone at once, because of what was just said of it; null for nothing. */
  readonly followUp?: (dossier: Dossier, assessment: Scored) => Considered | null;
  /** By request id, what the policy's files say; without it a question holds the facts of the vault alone. */
  readonly accessContexts?: ReadonlyMap<string, AccessContext>;
  /** Where order and composition of the questions come from; the system's own unless a test wants to foretell them. */
  readonly random?: Random;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told about each new assessment, and about whose requests else its question was. */
  readonly keep?: Keep;
  readonly log?: (event: string, facts: Readonly<Record<string, string | number>>) => void;
};

export type ScoreResult = {
  /** By request id; one for every dossier. */
  readonly assessments: ReadonlyMap<string, Assessment>;
  /** By request id; one for everything foreseen and everything that was followed up. */
  readonly confirmations: Confirmations;
  readonly usage: ModelUsage;
  /** One per distinct failure, with how many requests it left unscored. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
};

/**
 * Has the model assess the requests. All questions wait in one queue, the most urgent first: by facts alone what could be
 * approved, open requests by person, what is settled. Whatever the model or its endpoint does, the run goes on: what could
 * not be assessed is unscored, with the reason.
 * INVARIANT: never throws for a fault of the model; every dossier gets exactly one assessment, and everything foreseen exactly
 * one confirmation.
 */
export async function score(dossiers: readonly Dossier[], options: ScoreOptions): Promise<ScoreResult> {
  const { model, foreseen = [] } = options;
  const assessments = new Map<string, Assessment>();
  const confirmations = new Map<string, Confirmation>();
  const totals = {
    reading: new QuestionTotals(model?.model ?? ''),
    confirming: new QuestionTotals(model?.model ?? ''),
  };
  const confirmed = (kind: Confirmation['kind'], { dossier }: Considered, assessment: Assessment) => {
    // Its reading is known by then and wants it rejected: what would have opened an approval is of no use, and may come late.
    if (confirmations.get(dossier.request.id)?.kind === 'single') return;
    confirmations.set(dossier.request.id, { kind, assessment });
  };
  if (model === null) {
    const failure = { why: options.noModelWhy ?? 'there is no model to ask', advice: null };
    for (const { request } of dossiers) assessments.set(request.id, totals.reading.unscored(failure));
    for (const one of foreseen) confirmed('facts-only', one, totals.confirming.unscored(failure));
    return { assessments, confirmations, ...closed(totals) };
  }

  await yieldBetween(dossiers);
  const groups = groupsOf(dossiers, options);
  await yieldBetween(dossiers);
  const outage = new Outage();
  const ask = asking(model, outage, options);

  /** What an answer proposes to reject: in front of what is still to be asked. */
  const urgent: Considered[] = [];
  const single = (one: Considered) => async () => {
    for (const [, rated] of totals.confirming.settle(await ask.single(one))) confirmed('single', one, rated);
  };
  function* followUps(): Generator<() => Promise<void>> {
    for (let one = urgent.shift(); one !== undefined; one = urgent.shift()) yield single(one);
  }

  function* queue(): Generator<() => Promise<void>> {
    for (const batch of factsOnlyBatches(foreseen, options.batchSize, options.random ?? systemRandom)) {
      yield async () => {
        for (const [one, rated] of totals.confirming.settle(await ask.factsOnly(batch)))
          confirmed('facts-only', one, rated);
      };
    }
    for (const group of groups) {
      yield* followUps();
      yield async () => {
        const result = await ask.group(group);
        for (const [{ dossier }, assessment] of totals.reading.settle(result)) {
          assessments.set(dossier.request.id, assessment);
          if (assessment.kind !== 'scored') continue;
          options.keep?.(dossier, assessment, among(group));
          const follows = options.followUp?.(dossier, assessment);
          if (follows) urgent.push(follows);
        }
        options.onProgress?.(assessments.size, dossiers.length);
        const counts = { scored: result.scored.size, unscored: result.failures.size, questions: result.spent.length };
        options.log?.('batch.scored', counts);
        // Whoever takes the last question finds nobody behind to take what it leads to.
        for (const work of followUps()) await work();
      };
    }
  }
  await runPool(queue(), options.concurrency, (work) => work());
  return { assessments, confirmations, ...closed(totals) };
}

/** How the questions of one queue are asked. They share the notice of an outage. */
function asking(model: ModelClient, outage: Outage, options: ScoreOptions) {
  const { prompts, screened, signal, windowDays, agentUser, random = systemRandom } = options;
  const context = { windowDays, agentUser };
  const write = (items: readonly Slotted[]) => userMessage(items, context);
  return {
    group({ kind, dossiers }: Group) {
      const system = systemOf(prompts, kind);
      const fit = (assessment: Scored, asked: readonly Slotted[]) => neutral(assessment, asked, system);
      const desk = { model, kind, system, write, outage, signal, fit };
      return scoreBatch(slotted(dossiers, screened, options.accessContexts), desk);
    },
    factsOnly(batch: readonly Considered[]) {
      const desk = { model, system: systemOf(prompts, 'facts-only'), outage, signal, context, random };
      return factsOnlyBatch(batch, desk);
    },
    single: (one: Considered) => singleBatch(one, { model, prompts, screened, outage, signal, context }),
  };
}

/** Whose requests else were in the question. */
const among = ({ kind, dossiers }: Group): Among =>
  dossiers.length === 1 ? 'nobody' : kind === 'personal' ? 'own' : 'others';

/** Not screened, the requests are asked about in their order: only tests do that. */
function groupsOf(
  dossiers: readonly Dossier[],
  { screened, batchSize: size, sharedBatchSize: sharedSize, random = systemRandom }: ScoreOptions,
): Iterable<Group> {
  return screened === undefined ? inOrder(dossiers, size) : composed(dossiers, { screened, size, sharedSize, random });
}

function* inOrder(dossiers: readonly Dossier[], size: number): Generator<Group> {
  for (let start = 0; start < dossiers.length; start += size) {
    yield { kind: 'shared', dossiers: dossiers.slice(start, start + size) };
  }
}

const closed = ({ reading, confirming }: Record<'reading' | 'confirming', QuestionTotals>) => ({
  usage: addUsage(reading.usage, confirming.usage),
  problems: [
    ...reading.problems('score', (requests) => `${requests} unscored`),
    ...confirming.problems('score', (requests) => `${requests} without a confirmation`),
  ],
  notes: [...reading.notes, ...confirming.notes],
});
