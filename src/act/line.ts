import { personKeys } from '../domain/recorded_decisions.ts';
import type { Planned } from './ports.ts';

/** The planned actions in their order, by their places in the plan. */
export type Line = {
  /** The first one whose turn may come now; undefined when none may before another one is over. */
  next(): number | undefined;
  over(place: number): void;
};

/**
 * INVARIANT: what is planned for one person is done one after the other, in the planned order: what one action does can
 * bear on the next one of the same person, which is decided on what was read after it. A request that names nobody may be
 * anybody's, so that all of those are one person's.
 */
export function openLine(planned: readonly Planned[]): Line {
  const personOf = personsOf(planned);
  const theirs = Map.groupBy(planned.keys(), (place) => personOf[place] ?? place);
  /** The first of each person of whom nothing is under way, in the planned order. */
  const ready: number[] = [...theirs.values()].flatMap((places) => places.splice(0, 1));
  return {
    next: () => ready.shift(),
    over(place) {
      const following = theirs.get(personOf[place] ?? place)?.shift();
      if (following === undefined) return;
      const behind = ready.findIndex((one) => one > following);
      ready.splice(behind === -1 ? ready.length : behind, 0, following);
    },
  };
}

/** For each action a number that all of the same person share, however the accounts are spelt. */
function personsOf(planned: readonly Planned[]): number[] {
  const above = [...planned.keys()];
  const personOf = (place: number): number => {
    let top = place;
    for (let next = above[top]; next !== undefined && next !== top; next = above[top]) top = next;
    above[place] = top;
    return top;
  };
  const known = new Map<string, number>();
  for (const [place, { request }] of planned.entries()) {
    const persons = personKeys(request);
    const keys = (persons.length === 0 ? [''] : persons).map((key) => `person ${key}`);
    for (const key of [...keys, `request ${request.id}`]) {
      const other = known.get(key);
      if (other === undefined) known.set(key, place);
      else above[personOf(place)] = personOf(other);
    }
  }
  return [...planned.keys()].map(personOf);
}
