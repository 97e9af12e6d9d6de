import { type Assessment, addUsage, type ModelUsage, NO_USAGE, type Unscored } from '../domain/assessment.ts';
import type { Problem } from '../domain/run_record.ts';
import { plural } from '../phrases/plural.ts';
import { type BatchResult, type Failure, STOPPED } from './batch.ts';

/**
 * What two failures have in common. Endpoints put the id of the request and counters into their words, which stand in
 * brackets behind ours: words with a digit in them say nothing there.
 */
const kindOf = ({ why }: Failure): string =>
  why.replace(/\(.*/, (theirs) => theirs.replace(/[\p{L}\p{N}_-]+/gu, (word) => (/\p{N}/u.test(word) ? '#' : word)));

/** What the questions of one step have cost, and what went wrong with them: one line for each kind of failure. */
export class QuestionTotals {
  readonly #failures = new Tally<Failure>(kindOf);
  readonly #notes = new Tally<string>((note) => note);
  readonly #model: string;
  #usage: ModelUsage;

  constructor(model: string) {
    this.#model = model;
    this.#usage = { ...NO_USAGE, model };
  }

  /** Enters what one batch came to; hands back what each of its items got. */
  settle<Item>({ scored, failures, spent, notes }: BatchResult<Item>): [Item, Assessment][] {
    for (const note of notes) this.#notes.add(note);
    for (const one of spent) this.#usage = addUsage(this.#usage, { ...one, model: one.model ?? this.#model });
    return [...scored, ...[...failures].map(([item, failure]): [Item, Unscored] => [item, this.unscored(failure)])];
  }

  /** Enters a failure; hands back what takes the place of the assessment. */
  unscored(failure: Failure): Unscored {
    this.#failures.add(failure);
    return { kind: 'unscored', why: failure.why };
  }

  get usage(): ModelUsage {
    return this.#usage;
  }

  /** A stop is the run's own verdict, not a problem of the model's. */
  problems(where: string, says: (requests: string) => string): Problem[] {
    return this.#failures
      .entries()
      .filter(([failure]) => failure !== STOPPED)
      .map(([{ why, advice }, count]) => ({
        where,
        message: `${says(plural(count, 'request'))}: ${why}`,
        advice,
      }));
  }

  get notes(): string[] {
    return this.#notes.entries().map(([note, count]) => (count === 1 ? note : `${note} (${count} times)`));
  }
}

/** Counts things that are the same, so that a report has one line for each and not one for every time. */
class Tally<Thing> {
  readonly #keyOf: (thing: Thing) => string;
  readonly #counts = new Map<string, { thing: Thing; count: number }>();

  constructor(keyOf: (thing: Thing) => string) {
    this.#keyOf = keyOf;
  }

  add(thing: Thing): void {
    const key = this.#keyOf(thing);
    const counted = this.#counts.get(key);
    if (counted === undefined) this.#counts.set(key, { thing, count: 1 });
    else counted.count += 1;
  }

  /** In the order in which each thing was first met. */
  entries(): [Thing, number][] {
    return [...this.#counts.values()].map(({ thing, count }) => [thing, count]);
  }
}
