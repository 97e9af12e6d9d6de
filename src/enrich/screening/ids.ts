import { folded } from '../../text/look_alikes.ts';
import { yieldEvery } from '../../util/event_loop.ts';

/** The ids and short names by which requests are known in this run. */
export type Ids = { readonly selfIds: readonly string[]; readonly otherIds: readonly string[] | ReadonlySet<string> };
export const NO_IDS: Ids = { selfIds: [], otherIds: [] };

export type Named = {
  /** The text with every known id as the word `itemid`, so that rules about words need not know how ids look. */
  readonly text: string;
  /** How many ids of other requests were named. */
  readonly others: number;
};

/** Looks the words of the text up among the ids: the cost does not grow with the number of requests. */
export function namedIds(text: string, { selfIds, otherIds }: Ids): Named {
  const own = knownOf(selfIds);
  const foreign = knownOf(otherIds);
  if (own.size + foreign.size === 0) return { text, others: 0 };
  let others = 0;
  let before = '';
  const replaced = text.replace(WORD, (word) => {
    const id = squeezed(word);
    const known = own.has(id) || foreign.has(id);
    const counts = known && (id.length >= LONG_ENOUGH || INTRODUCED.test(before));
    before = word;
    if (!counts) return word;
    if (!own.has(id)) others += 1;
    return ' itemid ';
  });
  return { text: replaced, others };
}

const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}_:#-]*[\p{L}\p{N}])?/gu;

/** Shorter ids (`7`, `r2`) are words of ordinary sentences and count only behind a word that introduces an id. */
const LONG_ENOUGH = 5;
const INTRODUCED = /^(?:requests?|req|ids?|items?|entry|entries|rows?|slots?|records?|numbers?|no|nr)$/i;

/** Case, look-alikes and the marks inside do not make another id of it. */
const squeezed = (id: string): string =>
  SQUEEZED.test(id) ? id : folded(id.normalize('NFKC')).replace(/[^\p{L}\p{N}]+/gu, '');
/** Nearly every word already is. */
const SQUEEZED = /^[a-z0-9]+$/;

// Remembered per list, because one list serves every text of a run.
const KNOWN = new WeakMap<Ids['otherIds'], ReadonlySet<string>>();
function knownOf(ids: Ids['otherIds']): ReadonlySet<string> {
  const known = KNOWN.get(ids) ?? new Set([...ids].map(squeezed).filter((id) => id !== ''));
  KNOWN.set(ids, known);
  return known;
}

const LEARNED_IN_A_ROW = 2000;

/**
 * Learns the ids of a whole window before the first text is looked at, and yields to the event loop meanwhile: with a
 * million ids the first text would block it for ten seconds.
 */
export async function learnIds(ids: Ids['otherIds']): Promise<void> {
  const yieldTurn = yieldEvery(LEARNED_IN_A_ROW);
  const known = new Set<string>();
  for (const id of ids) {
    const learned = squeezed(id);
    if (learned !== '') known.add(learned);
    await yieldTurn();
  }
  KNOWN.set(ids, known);
}
