import type { LedgerHead } from '../domain/run_record.ts';
import type { Anchor } from './anchors.ts';
import { BrokenLedgerError, type Place } from './broken_ledger_error.ts';
import { type AllLines, atSeal, outOfOrder } from './diagnosis.ts';
import { entryOn, type SealedEntry } from './entry.ts';
import { fileFor } from './months.ts';
import { fits, isKeyed, type LedgerKey, NO_SEAL, type Parts, partsOf } from './seal.ts';

/** Told of every entry, in order, together with its line as it stands in the file. */
export type Visit = (entry: SealedEntry, line: string) => void;
/** Where a line stands, with the name of its file in the folder of the ledger. */
export type LinePlace = Place & { readonly name: string };
/** What is broken: the word depends on what stands further down. */
export type Broken = (lines: AllLines) => Promise<BrokenLedgerError>;

/** What the ledger was found to be so far. */
export type Chain = {
  /** Takes the next line; says what is broken about it, or about the one before. */
  take(line: string, place: LinePlace): Broken | null;
  head(): LedgerHead;
  /** The file that holds the last entry; null when there is none. */
  lastFile(): string | null;
  /** How many entries at the beginning carry no key; all of them, when none does. */
  plain(): number;
};

/** Holds each line against its own seal, the line before, the file it stands in, and what is known from outside. */
export function startChain(key: LedgerKey | null, anchors: readonly Anchor[], visit: Visit): Chain {
  const known = Map.groupBy(anchors, ({ entries }) => entries);
  let last: { seal: string; place: LinePlace } | null = null;
  let entries = 0;
  let plain = 0;
  /** Whether a decision was bound to its line of the archive so far. */
  let bound = false;
  /** The newest anchor that agreed. */
  let agreed: Anchor | null = null;

  function take(line: string, place: LinePlace): Broken | null {
    const parts = partsOf(line);
    if (parts === null) return says('not-readable', place, 'the line does not end with a seal');
    const misfit = sealMisfit(parts, place);
    if (misfit !== null) return misfit;
    const entry = entryOn(line);
    if ('odd' in entry) return says('not-readable', place, entry.odd);
    const next = entries + 1;
    if (entry.seq !== next) return (lines) => outOfOrder(lines, next, entry.seq, place, last?.place ?? null);
    const unchained = chainMisfit(entry, place);
    if (unchained !== null) return unchained;

    const file = fileFor(entry.at, last?.place.name ?? null);
    if (file !== place.name) {
      return says('reordered', place, `entry ${next} was written to \`${file}\` and stands in another file`);
    }
    for (const anchor of known.get(next) ?? []) {
      if (anchor.seal !== entry.seal) return says('altered', place, otherThanSeen(anchor, agreed));
      agreed = anchor;
    }
    if (entry.kind === 'request.decided') {
      // INVARIANT: once decisions are bound to the archive, one that is not bound is none of ours.
      if (bound && entry.data.line === undefined) return says('unbound', place, `entry ${next} ${UNBOUND}`);
      bound ||= entry.data.line !== undefined;
    }
    entries = next;
    last = { seal: entry.seal, place };
    if (!parts.keyed) plain = next;
    visit(entry, line);
    return null;
  }

  function sealMisfit(parts: Parts, place: LinePlace): Broken | null {
    const keyedBefore = last !== null && isKeyed(last.seal);
    if (parts.keyed && key === null) {
      return says('wrong-key', place, 'this and further entries are sealed with a key, and none was given');
    }
    if (!parts.keyed && keyedBefore) {
      return says('altered', place, 'the entry carries no key, although the one before does');
    }
    if (fits(parts, key)) return null;
    return (lines) => atSeal(lines, parts, key, place);
  }

  function chainMisfit({ prev }: SealedEntry, place: LinePlace): Broken | null {
    if (prev === (last?.seal ?? NO_SEAL)) return null;
    if (last === null) return says('altered', place, 'it says that entries came before it, and its number is 1');
    // Its own seal fits, so it was sealed anew after the change; whoever did that could not do it to the entry after it.
    const what = `entry ${entries}, or one before it, was changed and sealed anew: entry ${entries + 1} was chained to another one`;
    return says('altered', last.place, what);
  }

  return {
    take,
    head: () => ({ entries, seal: last?.seal ?? null, keyed: last !== null && isKeyed(last.seal) }),
    lastFile: () => last?.place.name ?? null,
    plain: () => plain,
  };
}

const UNBOUND = 'says what was decided without a digest of the reviewed line, although decisions before it have one';

const says =
  (...[finding, place, what]: ConstructorParameters<typeof BrokenLedgerError>): Broken =>
  async () =>
    new BrokenLedgerError(finding, place, what);

function otherThanSeen({ entries, source }: Anchor, agreed: Anchor | null): string {
  const since = agreed === null ? '' : `; up to entry ${agreed.entries} it is what ${agreed.source} saw`;
  return `entry ${entries} is not the one that ${source} saw: it, or one before it, was replaced${since}`;
}
