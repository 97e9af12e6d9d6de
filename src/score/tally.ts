/** Counts things that are the same, so that a report has one line for each and not one for every time. */
export class Tally<Thing> {
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
