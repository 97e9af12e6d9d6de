import type { Dossier } from '../request/dossier.ts';
import type { TreatedText } from './payload.ts';
import { type Random, shuffled } from './random.ts';

/**
 * Which requests are asked about together. A text can try to speak for its neighbours, and one person can spread an
 * attack over several requests that look harmless each; so
 * INVARIANT: a suspicious text is alone in its question, and no question holds two requests of one person. What was not
 * screened counts as suspicious.
 *
 * Cost: with `n` unsuspicious requests the questions are `n / size` rounded up, or as many as the busiest person has
 * requests, whichever is more: 500 requests of one script cost 500 questions, spread over 25 people 20. Every
 * suspicious text costs one more.
 */
type Composition = {
  readonly screened: ReadonlyMap<string, TreatedText>;
  readonly size: number;
  readonly random: Random;
};

export function composed(dossiers: readonly Dossier[], { screened, size, random }: Composition): Dossier[][] {
  const alone: Dossier[][] = [];
  const byPerson = new Map<string, Dossier[]>();
  for (const dossier of dossiers) {
    const person = personOf(dossier);
    if (screened.get(dossier.request.id)?.suspicious !== false) alone.push([dossier]);
    else byPerson.set(person, [...(byPerson.get(person) ?? []), dossier]);
  }
  const people = shuffled([...byPerson.values()], random).map((theirs) => shuffled(theirs, random));
  return shuffled([...dealt(people, size), ...alone], random).map((call) => shuffled(call, random));
}

/**
 * Like cards: with the requests of each person in a row and as many hands as the busiest person has requests, no hand
 * gets two of one person, and the hands differ in size by one at most.
 */
function dealt(people: readonly (readonly Dossier[])[], size: number): Dossier[][] {
  const all = people.flat();
  const most = people.reduce((largest, theirs) => Math.max(largest, theirs.length), 0);
  const hands: Dossier[][] = Array.from({ length: Math.max(Math.ceil(all.length / size), most) }, () => []);
  all.forEach((dossier, index) => {
    hands[index % hands.length]?.push(dossier);
  });
  return hands;
}

/** Requests without a requestor count as one person's: they may be. */
function personOf({ request: { requestor } }: Dossier): string {
  return (requestor.id ?? requestor.name ?? requestor.displayName ?? '').trim().toLowerCase();
}
