import type { Scored } from '../request/assessment.ts';
import { parseAnswer } from './answer.ts';
import { type BatchResult, FAILURES, type Failure, failureOf, STOPPED } from './batch.ts';
import { CANARIES, sings } from './canary.ts';
import type { Considered } from './facts.ts';
import type { ModelClient, Spent } from './model_client.ts';
import type { Outage } from './outage.ts';
import { blindFacts, blindMessage, type Context, slotName } from './payload.ts';
import { type Random, shuffled } from './random.ts';

/**
 * The votes that approvals need: a question that holds nothing a requestor can write, so several requests may share it,
 * of one person too: there is no text that could work on a neighbour or be completed by one.
 *
 * Stricter than the ordinary scoring, because an approval hangs on it: an answer with any fault (a slot left out or
 * given twice, a canary misjudged) is thrown away as a whole, and each request is asked about once more by itself, with
 * its own canaries. When that fails three times in a row the model is not fit for it, and the rest gets no vote.
 * INVARIANT: a vote comes only out of an answer that got both canaries right; never more than one question for the
 * batch and one for each request of it.
 */
export type BlindDesk = {
  readonly model: ModelClient;
  readonly system: string;
  readonly context: Context;
  readonly random: Random;
  readonly outage: Outage;
  readonly signal: AbortSignal;
};

const MISJUDGED: Failure = {
  why: 'the model misjudged a record whose risk is known, so nothing in its answer counts',
  advice: 'choose a model that tells a test server from a domain controller (OPENAI_MODEL)',
};
const IN_A_ROW = 3;

export async function blindBatch<Item extends Considered>(
  batch: readonly Item[],
  desk: BlindDesk,
): Promise<BatchResult<Item>> {
  const scored = new Map<Item, Scored>();
  const failures = new Map<Item, Failure>();
  const spent: Spent[] = [];
  const notes: string[] = [];

  const look = async (group: readonly Item[]): Promise<Look<Item>> => {
    const barred = desk.signal.aborted ? STOPPED : await desk.outage.error();
    if (barred !== null) return { kind: 'failed', failure: failureOf(barred), again: false };
    const seen = await ask(group, desk, spent, notes);
    if (seen.kind === 'votes') for (const [item, vote] of seen.votes) scored.set(item, vote);
    return seen;
  };

  const together = await look(batch);
  if (together.kind === 'votes') return { scored, failures, spent, notes };
  let last = together;
  let inARow = together.again ? 0 : IN_A_ROW;
  for (const item of batch) {
    if (inARow < IN_A_ROW) {
      const alone = await look([item]);
      inARow = alone.kind === 'votes' ? 0 : inARow + 1;
      if (alone.kind === 'failed') last = alone;
    }
    if (!scored.has(item)) failures.set(item, last.failure);
  }
  return { scored, failures, spent, notes };
}

/** `again`: whether a smaller question may do better. */
type Look<Item> =
  | { readonly kind: 'votes'; readonly votes: ReadonlyMap<Item, Scored> }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly again: boolean };

async function ask<Item extends Considered>(
  group: readonly Item[],
  desk: BlindDesk,
  spent: Spent[],
  notes: string[],
): Promise<Look<Item>> {
  const asked = [
    ...group.map((item) => ({ item, canary: null, facts: blindFacts(item) })),
    ...CANARIES.map((canary) => ({ item: null, canary, facts: canary.facts })),
  ];
  const rows = shuffled(asked, desk.random).map((row, index) => ({ ...row, slot: slotName(index) }));
  const slots = rows.map(({ slot }) => slot);
  const question = { system: desk.system, user: blindMessage(rows, desk.context), slots };
  const answer = await desk.outage.watch(() => desk.model.ask(question, desk.signal));
  spent.push(answer.spent);
  if (answer.kind === 'failed') {
    const failure = desk.signal.aborted ? STOPPED : failureOf(answer.error);
    return { kind: 'failed', failure, again: answer.error.code === 'not-json' };
  }
  if (answer.kind !== 'text') {
    return { kind: 'failed', failure: answer.kind === 'refused' ? FAILURES.declined : FAILURES.cut, again: true };
  }

  const parsed = parseAnswer(answer.text, slots);
  notes.push(...parsed.notes);
  const votes = new Map<Item, Scored>();
  for (const { slot, item, canary } of rows) {
    const rated = parsed.assessments.get(slot);
    if (rated === undefined) {
      return { kind: 'failed', failure: parsed.malformed ? FAILURES.garbled : FAILURES.leftOut, again: true };
    }
    if (canary !== null && !sings(canary, rated)) return { kind: 'failed', failure: MISJUDGED, again: true };
    if (item !== null) votes.set(item, rated);
  }
  return { kind: 'votes', votes };
}
