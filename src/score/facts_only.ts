import type { Scored } from '../domain/assessment.ts';
import type { Considered } from '../domain/confirmation.ts';
import { parseAnswer } from './answer.ts';
import { type BatchResult, FAILURES, type Failure, failureOf, refusalOf, STOPPED } from './batch.ts';
import { CANARIES, ratedRight } from './canary.ts';
import type { ModelClient, Spent } from './client/model_client.ts';
import type { Outage } from './client/outage.ts';
import { dealt } from './compose.ts';
import { type Context, factsOnlyFacts, factsOnlyMessage, slotName } from './payload.ts';
import { type Random, shuffled } from './random.ts';

/**
 * The confirmation that an approval needs: a question that holds nothing a requestor can write, so several requests may
 * share it, of one person too: there is no text that could work on another request or be completed by one.
 *
 * Stricter than the ordinary scoring, because an approval hangs on it: an answer with any fault (a slot left out or
 * given twice, a canary rated wrong) is thrown away as a whole, and each request is asked about once more by itself, with
 * its own canaries. When that fails three times in a row the model is not fit for it, and the rest gets no confirmation.
 * What is too long for the endpoint is asked about in halves.
 * INVARIANT: a confirmation comes only out of an answer that got both canaries right; never more than one question for the
 * batch, one for each request of it and two for each that was too long.
 */
export type FactsOnlyDesk = {
  readonly model: ModelClient;
  readonly system: string;
  readonly context: Context;
  readonly random: Random;
  readonly outage: Outage;
  readonly signal: AbortSignal;
};

/** What is asked about together, in an order that cannot be predicted. */
export const factsOnlyBatches = <Item>(items: readonly Item[], size: number, random: Random): Item[][] =>
  dealt(shuffled(items, random), size);

const CANARY_WRONG: Failure = {
  why: 'the model gave a made-up request of known risk another risk, so nothing in its answer counts',
  advice: 'choose a model that tells a test server from a domain controller (OPENAI_MODEL)',
};
const IN_A_ROW = 3;

export async function factsOnlyBatch<Item extends Considered>(
  batch: readonly Item[],
  desk: FactsOnlyDesk,
): Promise<BatchResult<Item>> {
  const scored = new Map<Item, Scored>();
  const failures = new Map<Item, Failure>();
  const spent: Spent[] = [];
  const notes: string[] = [];

  const askAbout = async (group: readonly Item[]): Promise<Asked<Item>> => {
    const barred = desk.signal.aborted ? STOPPED : await desk.outage.error();
    if (barred !== null) return { kind: 'failed', failure: failureOf(barred), again: false, read: false };
    const result = await ask(group, desk, spent, notes);
    if (result.kind === 'confirmations' || (result.kind === 'failed' && result.read)) desk.outage.brought(null, scored);
    else if (result.kind === 'failed' && spent.at(-1)?.calls !== 0) desk.outage.brought(result.failure, scored);
    if (result.kind === 'confirmations')
      for (const [item, confirmation] of result.confirmations) scored.set(item, confirmation);
    return result;
  };

  const together = await askAbout(batch);
  if (together.kind === 'too-long') {
    const middle = Math.ceil(batch.length / 2);
    const halves = [batch.slice(0, middle), batch.slice(middle)];
    for (const half of halves) {
      const result = await factsOnlyBatch(half, desk);
      for (const [item, one] of result.scored) scored.set(item, one);
      for (const [item, why] of result.failures) failures.set(item, why);
      spent.push(...result.spent);
      notes.push(...result.notes);
    }
    return { scored, failures, spent, notes };
  }
  if (together.kind === 'confirmations') return { scored, failures, spent, notes };
  let last = together;
  let inARow = together.again ? 0 : IN_A_ROW;
  for (const item of batch) {
    if (inARow < IN_A_ROW) {
      const alone = await askAbout([item]);
      inARow = alone.kind === 'confirmations' ? 0 : inARow + 1;
      if (alone.kind === 'failed') last = alone;
    }
    if (!scored.has(item)) failures.set(item, last.failure);
  }
  return { scored, failures, spent, notes };
}

/** `again`: whether a smaller question may do better. */
type Asked<Item> =
  | { readonly kind: 'too-long' }
  | { readonly kind: 'confirmations'; readonly confirmations: ReadonlyMap<Item, Scored> }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly again: boolean;
      /** There was an answer that could be read, if not one that counts. */
      readonly read: boolean;
    };

async function ask<Item extends Considered>(
  group: readonly Item[],
  desk: FactsOnlyDesk,
  spent: Spent[],
  notes: string[],
): Promise<Asked<Item>> {
  const asked = [
    ...group.map((item) => ({ item, canary: null, facts: factsOnlyFacts(item) })),
    ...CANARIES.map((canary) => ({ item: null, canary, facts: canary.facts })),
  ];
  const rows = shuffled(asked, desk.random).map((row, index) => ({ ...row, slot: slotName(index) }));
  const slots = rows.map(({ slot }) => slot);
  const question = {
    kind: 'facts-only',
    system: desk.system,
    user: factsOnlyMessage(rows, desk.context),
    slots,
  } as const;
  const answer = await desk.outage.watch(() => desk.model.ask(question, desk.signal));
  spent.push(answer.spent);
  if (answer.kind === 'failed') {
    const failure = desk.signal.aborted ? STOPPED : failureOf(answer.error);
    return { kind: 'failed', failure, again: answer.error.code === 'not-json', read: false };
  }
  if (answer.kind === 'too-long') {
    if (group.length > 1) return { kind: 'too-long' };
    return { kind: 'failed', failure: FAILURES.tooLong, again: false, read: false };
  }
  if (answer.kind !== 'text') {
    const failure = answer.kind === 'truncated' ? FAILURES.cut : refusalOf(answer);
    return { kind: 'failed', failure, again: true, read: false };
  }

  const parsed = parseAnswer(answer.text, slots);
  notes.push(...parsed.notes);
  const confirmations = new Map<Item, Scored>();
  for (const { slot, item, canary } of rows) {
    const rated = parsed.assessments.get(slot);
    if (rated === undefined) {
      const failure = parsed.malformed ? FAILURES.garbled : FAILURES.leftOut;
      return { kind: 'failed', failure, again: true, read: !parsed.malformed };
    }
    if (canary !== null && !ratedRight(canary, rated))
      return { kind: 'failed', failure: CANARY_WRONG, again: true, read: true };
    if (item !== null) confirmations.set(item, rated);
  }
  return { kind: 'confirmations', confirmations };
}
