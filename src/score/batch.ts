import type { Scored } from '../domain/assessment.ts';
import { parseAnswer } from './answer.ts';
import type { Answer, ModelClient, Spent } from './client/model_client.ts';
import type { Outage } from './client/outage.ts';
import type { QuestionKind } from './question_kinds.ts';

/**
 * One batch: from its requests to an assessment, or a reason for none, for each of them.
 *
 * A question that brings nothing because of what it says or how long it is (cut, refused, garbled) is asked again in two
 * halves, down to the one request at fault, so that one hostile text does not leave the other requests unscored. Slots that
 * a sound answer leaves out are asked for once more, by themselves; most of them left out means that the question was cut on
 * its way, and they are asked for in halves. All of this spends one budget of questions.
 * INVARIANT: at most `budgetFor(n)` questions, and two for each one that the endpoint found too long (so at most 2n more);
 * every request of the batch gets exactly one result.
 */
export type BatchDesk<Item> = {
  readonly model: ModelClient;
  readonly kind: QuestionKind;
  readonly system: string;
  /** The `user` message of a question about these. */
  readonly write: (items: readonly Item[]) => string;
  readonly outage: Outage;
  readonly signal: AbortSignal;
  /** Makes an assessment fit to be shown; told about everything that the question held. */
  readonly fit?: (assessment: Scored, asked: readonly Item[]) => Scored;
};

export type Failure = { readonly why: string; readonly advice: string | null };
export type BatchResult<Item> = {
  readonly scored: ReadonlyMap<Item, Scored>;
  readonly failures: ReadonlyMap<Item, Failure>;
  readonly spent: readonly Spent[];
  readonly notes: readonly string[];
};

export const STOPPED: Failure = { why: 'stopped', advice: null };

export const FAILURES = {
  cut: {
    why: 'the answer of the model was cut off',
    advice: 'lower OPENAI_ANALYSIS_BATCH_SIZE, or choose a model that takes longer texts (OPENAI_MODEL)',
  },
  tooLong: {
    why: 'the question is too long for the model, even about this request alone',
    advice: 'give the model a longer context on its server, or choose one that takes longer texts (OPENAI_MODEL)',
  },
  declined: {
    why: 'the model refused to assess it',
    advice: 'read the justification: a text may be written to cause this',
  },
  filtered: {
    why: 'a content filter at the model or in front of it does not let the question through',
    advice: 'read the justification; where it is honest, have the filter let such texts through',
  },
  garbled: {
    why: 'the model answered something other than the JSON object that it was asked for',
    advice: 'choose a model that keeps to a JSON schema (OPENAI_MODEL)',
  },
  leftOut: {
    why: 'the model left it out, gave it twice or gave no risk and flags, also when asked again',
    advice: 'choose a model that keeps to a JSON schema (OPENAI_MODEL)',
  },
} as const satisfies Record<string, Failure>;

/** Enough for the first question, one repetition, and the halving that isolates one bad request. */
export const budgetFor = (size: number): number => 2 + 2 * Math.ceil(Math.log2(Math.max(1, size)));

/** What questions that the endpoint refuses as too long may add to that: each of them is followed by two halves. */
export const mostHalvings = (size: number): number => 2 * (Math.max(1, size) - 1);

/** Requests still to be asked about together, whether this is their second chance, and why the last question failed. */
type Group<Item> = { readonly items: readonly Item[]; readonly again: boolean; readonly last: Failure };

export async function scoreBatch<Item extends { readonly slot: string }>(
  batch: readonly Item[],
  desk: BatchDesk<Item>,
): Promise<BatchResult<Item>> {
  const scored = new Map<Item, Scored>();
  const failures = new Map<Item, Failure>();
  const spent: Spent[] = [];
  const notes: string[] = [];
  const queue: Group<Item>[] = batch.length === 0 ? [] : [{ items: batch, again: false, last: STOPPED }];
  let budget = budgetFor(batch.length);
  const brought = (nothing: Failure | null) => desk.outage.brought(nothing, scored);

  const giveUp = ({ items }: Pick<Group<Item>, 'items'>, why: Failure) => {
    for (const item of items) failures.set(item, why);
  };
  const askInHalves = ({ items, again }: Omit<Group<Item>, 'last'>, last: Failure) => {
    const middle = Math.ceil(items.length / 2);
    queue.push({ items: items.slice(0, middle), again, last }, { items: items.slice(middle), again, last });
  };
  const inParts = (group: Group<Item>, why: Failure) => {
    if (group.items.length === 1) giveUp(group, why);
    else askInHalves(group, why);
  };
  const askAgain = ({ items, again }: Omit<Group<Item>, 'last'>, last: Failure) => {
    if (again) giveUp({ items }, last);
    else queue.push({ items, again: true, last });
  };

  for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
    const { items, again } = group;
    const barred = desk.signal.aborted ? STOPPED : ((await desk.outage.error()) ?? (budget === 0 ? group.last : null));
    if (barred !== null) {
      giveUp(group, failureOf(barred));
      continue;
    }
    budget -= 1;
    const slots = items.map((item) => item.slot);
    const question = { kind: desk.kind, system: desk.system, user: desk.write(items), slots };
    const answer = await desk.outage.watch(() => desk.model.ask(question, desk.signal));
    spent.push(answer.spent);
    const single = items.length === 1;
    switch (answer.kind) {
      case 'text': {
        const parsed = parseAnswer(answer.text, slots);
        notes.push(...parsed.notes);
        for (const item of items) {
          const assessment = parsed.assessments.get(item.slot);
          if (assessment !== undefined) scored.set(item, desk.fit?.(assessment, items) ?? assessment);
        }
        const missing = items.filter((item) => !scored.has(item));
        const failure = parsed.malformed ? FAILURES.garbled : FAILURES.leftOut;
        brought(missing.length === items.length ? failure : null);
        const mostly = missing.length > 1 && (again || missing.length > items.length / 2);
        if (mostly) askInHalves({ items: missing, again }, failure);
        else if (missing.length > 0) askAgain({ items: missing, again }, failure);
        break;
      }
      case 'too-long':
        if (single) brought(FAILURES.tooLong);
        else budget += 2;
        inParts(group, FAILURES.tooLong);
        break;
      case 'truncated':
      case 'refused':
      case 'rejected': {
        const failure = answer.kind === 'truncated' ? FAILURES.cut : refusalOf(answer);
        brought(failure);
        inParts(group, failure);
        break;
      }
      case 'failed':
        // A question that was not sent says nothing new.
        if (answer.spent.calls > 0) brought(failureOf(answer.error));
        // A garbled body is the one failure that the SDK does not try again by itself.
        if (answer.error.code === 'not-json') askAgain(group, failureOf(answer.error));
        else giveUp(group, desk.signal.aborted ? STOPPED : failureOf(answer.error));
        break;
    }
  }
  return { scored, failures, spent, notes };
}

/** Names no key: other questions may well be taken with it. */
const NOT_TAKEN =
  'its words say what it disliked: where other requests were assessed, read the justification; where none was, look at OPENAI_BASE_URL, OPENAI_MODEL and what the key may do';

export function refusalOf(answer: Extract<Answer, { kind: 'refused' | 'rejected' }>): Failure {
  if (answer.kind === 'rejected') {
    const { code, message } = answer.error;
    return code === 'refused' ? { why: message, advice: NOT_TAKEN } : failureOf(answer.error);
  }
  return answer.by === 'filter' ? FAILURES.filtered : FAILURES.declined;
}

export function failureOf(cause: Failure | (Error & { readonly advice: string })): Failure {
  return cause instanceof Error ? { why: cause.message, advice: cause.advice } : cause;
}
