import type { LedgerHead } from '../domain/run_record.ts';
import { type Disk, realDisk } from '../store/disk.ts';
import type { Anchor } from './anchors.ts';
import { ledgerCsv } from './csv.ts';
import { entryKindOf, type SealedEntry } from './entry.ts';
import type { Range } from './range.ts';
import { readLedger } from './read_ledger.ts';
import { isKeyed, type LedgerKey } from './seal.ts';

export type Wanted = {
  readonly range: Range;
  /** By the name of today or that of version 0.1; empty: every kind. */
  readonly kinds: readonly string[];
  readonly format: 'csv' | 'json';
};

export type Exported = { readonly text: string; readonly entries: number };

/**
 * A part of the ledger for auditors, once all of it was found to be whole. INVARIANT: the same ledger and the same range
 * give the same bytes, also later, when the ledger has grown beyond the range: nothing of today is in them. Of a range
 * that is not over yet the ledger may still get more.
 * @throws {BrokenLedgerError} when the ledger is broken anywhere
 * @throws {StorageError}
 */
export async function exportLedger(
  given: { readonly stateDir: string; readonly key: LedgerKey | null; readonly anchors: readonly Anchor[] },
  { range, kinds, format }: Wanted,
  disk: Disk = realDisk,
): Promise<Exported> {
  const wanted = new Set(kinds.map(entryKindOf));
  const chosen: { entry: SealedEntry; line: string }[] = [];
  let head: LedgerHead = { entries: 0, seal: null, keyed: false };
  await readLedger(given.stateDir, {
    ...{ key: given.key, anchors: given.anchors, disk },
    visit: (entry, line) => {
      const at = Date.parse(entry.at);
      if (at > range.to) return;
      head = { entries: entry.seq, seal: entry.seal, keyed: isKeyed(entry.seal) };
      if (at >= range.from && (kinds.length === 0 || wanted.has(entry.kind))) chosen.push({ entry, line });
    },
  });
  const text = format === 'csv' ? ledgerCsv(chosen) : document({ head, range, kinds, chosen });
  return { text, entries: chosen.length };
}

type Parts = Pick<Wanted, 'range' | 'kinds'> & {
  readonly head: LedgerHead;
  readonly chosen: readonly { readonly line: string }[];
};

/** The lines stand in it byte for byte, so that whoever has the key can check their seals. */
function document({ head, range, kinds, chosen }: Parts): string {
  const about = {
    // The last entry up to the end of the range: what `ledger verify --head` takes.
    head,
    range: { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() },
    kinds: kinds.length === 0 ? null : kinds,
  };
  const lines = chosen.map(({ line }) => line).join(',\n');
  return `${JSON.stringify(about).slice(0, -1)},"entries":[${lines === '' ? '' : `\n${lines}\n`}]}\n`;
}
