import { exactRequestorKey } from '../domain/access_request.ts';
import type { Dossier } from '../domain/dossier.ts';
import { isOpen, statusAllows } from '../domain/status.ts';
import type { TreatedText } from './payload.ts';
import { type Random, shuffled } from './random.ts';

/** Requests that are asked about together, and whose words therefore stand in the question. */
export type Group = { readonly kind: 'personal' | 'shared'; readonly dossiers: readonly Dossier[] };

type Composition = {
  readonly screened: ReadonlyMap<string, TreatedText>;
  readonly size: number;
  /** How many that are settled share a question; the same unless given. */
  readonly sharedSize?: number | undefined;
  readonly random: Random;
};

/**
 * Which requests are asked about together, the most urgent first. A text can try to speak for the other requests in its
 * question, and screening misses some that do.
 * INVARIANT: an open request shares its question only with open requests of the very same account, so that no text of
 * another person takes part in anything that is said about it. Where the account is not known it is alone.
 * INVARIANT: a suspicious text of what is waiting or granted is alone in its question; what was not screened counts as
 * suspicious. Of what is over, suspicious texts share questions with each other, and with nothing else.
 * What is settled shares its questions with anybody: nothing is done on what they say.
 */
export function composed(
  dossiers: readonly Dossier[],
  { screened, size, sharedSize = size, random }: Composition,
): Group[] {
  const alone: Group[] = [];
  const settled: Dossier[] = [];
  const suspiciousAndOver: Dossier[] = [];
  const byPerson = new Map<string, Dossier[]>();
  const add = (key: string, dossier: Dossier) => {
    const theirs = byPerson.get(key);
    if (theirs === undefined) byPerson.set(key, [dossier]);
    else theirs.push(dossier);
  };
  for (const dossier of dossiers) {
    const suspicious = screened.get(dossier.request.id)?.suspicious !== false;
    const isWaiting = waits(dossier);
    if (suspicious && !isOpen(dossier.request.status)) suspiciousAndOver.push(dossier);
    else if (suspicious) alone.push({ kind: isWaiting ? 'personal' : 'shared', dossiers: [dossier] });
    else if (!isWaiting) settled.push(dossier);
    else add(accountOf(dossier) ?? `request:${dossier.request.id}`, dossier);
  }
  const personal = [...byPerson.values()].flatMap((theirs) => dealt(shuffled(theirs, random), size));
  const shared = dealt(shuffled(settled, random), sharedSize);
  const over = dealt(shuffled(suspiciousAndOver, random), sharedSize);
  // Suspicious texts last: should the money run out, it is theirs that is missing, and nobody else's.
  return [
    ...shuffled(personal, random).map((group): Group => ({ kind: 'personal', dossiers: group })),
    ...shared.map((group): Group => ({ kind: 'shared', dossiers: group })),
    ...shuffled(alone, random),
    ...over.map((group): Group => ({ kind: 'shared', dossiers: group })),
  ];
}

/** Whether anybody still has to decide on it: such a request shares no question with those of others. */
export const waits = ({ request }: Pick<Dossier, 'request'>): boolean => statusAllows(request.status, 'approve');

/** The key of the very account; null where the vault gives neither an id nor an account name: a display name is nobody's own. */
function accountOf({ request }: Dossier): string | null {
  const { id, name } = request.requestor;
  return (id ?? '').trim() === '' && (name ?? '').trim() === '' ? null : exactRequestorKey(request);
}

/** In as few portions as there can be, none larger than `size`, all of about the same size. */
export function dealt<Item>(items: readonly Item[], size: number): Item[][] {
  const portions: Item[][] = Array.from({ length: Math.ceil(items.length / size) }, () => []);
  items.forEach((item, index) => {
    portions[index % portions.length]?.push(item);
  });
  return portions;
}
