import type { Switches } from '../domain/action.ts';
import type { Dossier } from '../domain/dossier.ts';
import { statusAllows } from '../domain/status.ts';
import type { TreatedText } from './payload.ts';
import { type Random, shuffled } from './random.ts';

/**
 * Which requests are asked about together. A text can try to speak for the other requests, and one person can
 * spread an attack over several requests that look harmless each.
 * INVARIANT: a suspicious text is alone in its question; what was not screened counts as suspicious.
 * The requests of one person are dealt over as many questions as there are anyway, not over more: a busy service account
 * would otherwise cost one question for each of its requests, and nothing that these questions say is acted on without
 * a confirmation in which no text of another request can speak.
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
    if (screened.get(dossier.request.id)?.suspicious !== false) {
      alone.push([dossier]);
      continue;
    }
    const person = personOf(dossier);
    const theirs = byPerson.get(person);
    if (theirs === undefined) byPerson.set(person, [dossier]);
    else theirs.push(dossier);
  }
  const people = shuffled([...byPerson.values()], random).map((theirs) => shuffled(theirs, random));
  // Suspicious texts last: should the money run out, it is theirs that is missing, and nobody else's.
  const inTurn = [...shuffled(dealt(people, size), random), ...shuffled(alone, random)];
  return inTurn.map((call) => shuffled(call, random));
}

/** In turn, the requests of each person in a row: no question gets two of one person unless there are too few questions. */
function dealt(people: readonly (readonly Dossier[])[], size: number): Dossier[][] {
  const all = people.flat();
  const asked: Dossier[][] = Array.from({ length: Math.ceil(all.length / size) }, () => []);
  all.forEach((dossier, index) => {
    asked[index % asked.length]?.push(dossier);
  });
  return asked;
}

/** Requests without a requestor count as one person's: they may be. */
function personOf({ request: { requestor } }: Dossier): string {
  return (requestor.id ?? requestor.name ?? requestor.displayName ?? '').trim().toLowerCase();
}

/**
 * Whether a request of that status may share its question. Screening misses some texts, and one that it missed could speak
 * for the other requests in the question.
 * INVARIANT: what may be approved or rejected shares its question with nobody, so no text changes another's outcome.
 */
export const sharesQuestion = (
  status: string,
  { autoApprove, autoReject }: Pick<Switches, 'autoApprove' | 'autoReject'>,
): boolean => !(autoApprove && statusAllows(status, 'approve')) && !(autoReject && statusAllows(status, 'reject'));
