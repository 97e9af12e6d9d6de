import { join } from 'node:path';
import type { LedgerHead } from '../domain/run_record.ts';
import { type Disk, realDisk } from '../store/disk.ts';
import type { RunArchive } from '../store/run_archive.ts';
import { describeError } from '../util/errors.ts';
import type { Anchor } from './anchors.ts';
import { Bindings } from './bindings.ts';
import { BrokenLedgerError, type Finding } from './broken_ledger_error.ts';
import type { SealedEntry } from './entry.ts';
import { ledgerFolder } from './months.ts';
import { type Found, readLedger } from './read_ledger.ts';
import type { LedgerKey } from './seal.ts';
import { parseSnapshot, SNAPSHOT_FILE } from './snapshot.ts';
import { type VerifiedArchive, verifyArchive } from './verify_archive.ts';

/** What checking the ledger came to. */
export type Verified =
  | {
      readonly whole: true;
      readonly head: LedgerHead;
      readonly files: readonly { readonly file: string; readonly entries: number }[];
      /** Times of the first and the last entry; null when there is none. */
      readonly first: string | null;
      readonly last: string | null;
      /** Entries at the beginning that carry no key; all of them, when none does. */
      readonly plainEntries: number;
      /** A last line that is not finished: somebody is writing it, or a crash cut it short. */
      readonly unfinished: { readonly file: string; readonly line: number; readonly entryWhole: boolean } | null;
      readonly anchors: readonly Anchor[];
      /** Who had this ledger begin anew, in place of one that was put aside; null when nobody did. */
      readonly restarted: { readonly at: string; readonly by: string; readonly reason: string } | null;
      /** Why the snapshot beside it cannot be used: no run acts on anything then. Null when it can, or is not there. */
      readonly snapshotDamage: string | null;
      /** Whether the archived runs are what the ledger says was decided; null when they were not looked at. */
      readonly archive: VerifiedArchive | null;
    }
  | {
      readonly whole: false;
      readonly finding: Finding;
      readonly file: string;
      readonly line: number | null;
      readonly message: string;
      readonly advice: string;
      readonly anchors: readonly Anchor[];
    };

/** Where the ledger is, its key, and what is known of it from elsewhere. */
export type LedgerSource = {
  readonly stateDir: string;
  readonly key: LedgerKey | null;
  readonly anchors: readonly Anchor[];
  /** The records of the runs, where they shall be checked too. */
  readonly archive?: Pick<RunArchive, 'ids' | 'load' | 'loadHead'> | undefined;
};

/** Reads everything and changes nothing: it may be asked while a run is under way. @throws {StorageError} */
export async function verifyLedger(
  { stateDir, key, anchors, archive }: LedgerSource,
  disk: Disk = realDisk,
): Promise<Verified> {
  const bindings = new Bindings();
  let first: string | null = null;
  let last: string | null = null;
  let restarted: Extract<Verified, { whole: true }>['restarted'] = null;
  const visit = (entry: SealedEntry) => {
    const { at, kind, data } = entry;
    if (archive !== undefined) bindings.take(entry);
    first ??= at;
    last = at;
    if (kind === 'ledger.restarted') restarted = { at, by: data.by, reason: data.reason };
  };
  try {
    const found = await readLedger(stateDir, { key, anchors, visit, disk });
    const snapshotDamage = await damageOf(join(stateDir, SNAPSHOT_FILE), disk);
    const ofArchive = archive === undefined ? null : await verifyArchive(archive, bindings);
    return {
      whole: true,
      ...whole(found, ledgerFolder(stateDir)),
      ...{ first, last, anchors, restarted, snapshotDamage, archive: ofArchive },
    };
  } catch (error) {
    if (!(error instanceof BrokenLedgerError)) throw error;
    const { finding, file, line, message, advice } = error;
    return { whole: false, finding, file, line, message, advice, anchors };
  }
}

async function damageOf(file: string, disk: Disk): Promise<string | null> {
  try {
    const text = await disk.read(file);
    if (text !== null) parseSnapshot(file, text);
    return null;
  } catch (error) {
    return describeError(error);
  }
}

const whole = ({ head, files, plain, unfinished }: Found, folder: string) => ({
  head,
  files: files.map(({ name, entries }) => ({ file: join(folder, name), entries })),
  plainEntries: plain,
  unfinished:
    unfinished === null
      ? null
      : { file: join(folder, unfinished.name), line: unfinished.line, entryWhole: unfinished.whole },
});
