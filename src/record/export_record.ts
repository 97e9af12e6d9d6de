import type { RecordHead } from '../request/record_head.ts';
import { type Disk, realDisk } from '../state/disk.ts';
import type { Anchor } from '../state/ledger/anchors.ts';
import type { EntryKind, SealedEntry } from '../state/ledger/entry.ts';
import { readLedger } from '../state/ledger/read_ledger.ts';
import { isKeyed, type RecordKey } from '../state/ledger/seal.ts';
import type { Range } from './range.ts';
import { recordCsv } from './record_csv.ts';

export type Wanted = {
  readonly range: Range;
  /** Empty: every kind. */
  readonly kinds: readonly EntryKind[];
  readonly format: 'csv' | 'json';
};

export type Exported = { readonly text: string; readonly entries: number };

/**
 * A part of the record for auditors, once all of it was found to be whole. INVARIANT: the same record and the same range
 * give the same bytes, also later, when the record has grown beyond the range: nothing of today is in them. Of a range
 * that is not over yet the record may still get more.
 * @throws {RecordError} when the record is broken anywhere
 * @throws {StorageError}
 */
export async function exportRecord(
  given: { readonly stateDir: string; readonly key: RecordKey | null; readonly anchors: readonly Anchor[] },
  { range, kinds, format }: Wanted,
  disk: Disk = realDisk,
): Promise<Exported> {
  const chosen: { entry: SealedEntry; line: string }[] = [];
  let head: RecordHead = { entries: 0, seal: null, keyed: false };
  await readLedger(given.stateDir, {
    ...{ key: given.key, anchors: given.anchors, disk },
    visit: (entry, line) => {
      const at = Date.parse(entry.at);
      if (at > range.to) return;
      head = { entries: entry.seq, seal: entry.seal, keyed: isKeyed(entry.seal) };
      if (at >= range.from && (kinds.length === 0 || kinds.includes(entry.kind))) chosen.push({ entry, line });
    },
  });
  const text =
    format === 'csv' ? recordCsv(chosen.map(({ entry }) => entry)) : document({ head, range, kinds, chosen });
  return { text, entries: chosen.length };
}

type Parts = Pick<Wanted, 'range' | 'kinds'> & {
  readonly head: RecordHead;
  readonly chosen: readonly { readonly line: string }[];
};

/** The lines stand in it byte for byte, so that whoever has the key can check their seals. */
function document({ head, range, kinds, chosen }: Parts): string {
  const about = {
    // The last entry up to the end of the range: what `verify --head` takes.
    head,
    range: { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() },
    kinds: kinds.length === 0 ? null : kinds,
  };
  const lines = chosen.map(({ line }) => line).join(',\n');
  return `${JSON.stringify(about).slice(0, -1)},"entries":[${lines === '' ? '' : `\n${lines}\n`}]}\n`;
}
