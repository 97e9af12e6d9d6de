import { join } from 'node:path';
import type { LedgerHead } from '../domain/run_record.ts';
import { type Disk, realDisk } from '../store/disk.ts';
import { yieldEvery } from '../util/event_loop.ts';
import type { Anchor } from './anchors.ts';
import { BrokenLedgerError, type Place } from './broken_ledger_error.ts';
import { type Chain, startChain, type Visit } from './chain.ts';
import { linesOf } from './lines.ts';
import { ledgerFolder, monthFiles } from './months.ts';
import { type LedgerKey, partsOf } from './seal.ts';

export type ReadOptions = {
  /** The key that the entries are sealed with; null for a ledger without one. */
  readonly key: LedgerKey | null;
  readonly anchors?: readonly Anchor[];
  /** What was visited before an error means nothing. */
  readonly visit?: Visit;
  readonly disk?: Disk;
  /** A person said that the key is new: what carries none so far was written before there was one. */
  readonly keyIsNew?: boolean;
};

/** A ledger that is whole, but perhaps for its last line. */
export type Found = {
  readonly head: LedgerHead;
  readonly files: readonly LedgerFile[];
  /** The file that holds the last entry; null when there is none. */
  readonly lastFile: string | null;
  /** Entries at the beginning that carry no key; all of them, when none does. */
  readonly plain: number;
  readonly unfinished: Unfinished | null;
};
type LedgerFile = { readonly name: string; readonly bytes: number; readonly entries: number };

/**
 * A last line that stops half-way: a crash cut it short, or somebody is writing it at this very moment. `whole`: only its
 * line break is missing, and its entry counts.
 */
export type Unfinished = {
  readonly name: string;
  readonly line: number;
  /** Bytes before it. */
  readonly from: number;
  readonly whole: boolean;
};

/**
 * Reads the ledger from its first entry to its last and holds every line against its seal, the lines beside it and the
 * anchors. Changes nothing and needs no lock.
 * @throws {BrokenLedgerError} the first broken place
 * @throws {StorageError}
 */
export async function readLedger(
  stateDir: string,
  { key, anchors = [], visit = () => {}, disk = realDisk, keyIsNew = false }: ReadOptions,
): Promise<Found> {
  const folder = ledgerFolder(stateDir);
  const names = await monthFiles(stateDir, disk);
  const chain = startChain(key, anchors, visit);
  const files: LedgerFile[] = [];
  // Before the texts: what somebody adds in between is then more than this process knows of, and stops it.
  const sizes = await sizesOf(folder, names, disk);
  // A file that a failed write left empty does not count.
  const newest = names.findLast((name) => sizes.get(name) !== 0) ?? null;
  let unfinished: Unfinished | null = null;
  /** Where the next entry belongs. */
  let end: End = { file: folder, line: null };
  for (const name of names) {
    const file = join(folder, name);
    const before = chain.head().entries;
    const took = await takeFile(chain, { name, file, disk, newest: name === newest });
    if (took.broken !== null) throw await took.broken(() => everyLine(folder, names, disk));
    unfinished ??= took.unfinished;
    if (took.lines > 0 || took.unfinished !== null) end = { file, line: took.lines + 1 };
    files.push({ name, bytes: sizes.get(name) ?? 0, entries: chain.head().entries - before });
  }
  const head = chain.head();
  refuseCut(head, anchors, end);
  // INVARIANT: a key is never taken off. Otherwise whoever cannot seal with it would write all of the ledger anew without.
  if (key !== null && head.entries > 0 && !head.keyed && !keyIsNew) {
    throw new BrokenLedgerError(
      'no-key',
      { file: folder, line: null },
      'a key is given, and no entry is sealed with one',
    );
  }
  return { head, files, lastFile: chain.lastFile(), plain: chain.plain(), unfinished };
}

/** A tenth of a second, about. */
const READ_IN_A_ROW = 20_000;

type LedgerText = { readonly name: string; readonly file: string; readonly disk: Disk; readonly newest: boolean };
type Took = {
  readonly broken: ReturnType<Chain['take']>;
  readonly unfinished: Unfinished | null;
  readonly lines: number;
};

/** `lines` counts those that hold an entry. */
async function takeFile(chain: Chain, { name, file, disk, newest }: LedgerText): Promise<Took> {
  const yieldTurn = yieldEvery(READ_IN_A_ROW);
  let line = 0;
  for await (const { text: row, from, ended } of linesOf(file, disk)) {
    const place = { name, file, line: line + 1 };
    if (!ended) {
      const whole = partsOf(row) !== null;
      if (!newest || (!whole && SEALED.test(row)))
        return { broken: unended(place, row), unfinished: null, lines: line };
      const unfinished = { name, line: line + 1, from, whole };
      return { broken: whole ? chain.take(row, place) : null, unfinished, lines: line + (whole ? 1 : 0) };
    }
    const broken = chain.take(row, place);
    if (broken !== null) return { broken, unfinished: null, lines: line };
    line++;
    await yieldTurn();
  }
  return { broken: null, unfinished: null, lines: line };
}

/** A whole entry with something behind it: no crash leaves that. */
const SEALED = /,"seal":"(?:hmac-)?sha256:[0-9a-f]{64}"\}/;

const unended = (place: Place, row: string) => async () =>
  new BrokenLedgerError(
    'altered',
    place,
    SEALED.test(row) ? 'the line break after the entry is gone' : 'the line stops half-way',
  );

async function sizesOf(folder: string, names: readonly string[], disk: Disk): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of names) sizes.set(name, (await disk.size(join(folder, name))) ?? 0);
  return sizes;
}

async function* everyLine(folder: string, names: readonly string[], disk: Disk): AsyncGenerator<string> {
  for (const name of names) for await (const { text } of linesOf(join(folder, name), disk)) yield text;
}

type End = { readonly file: string; readonly line: number | null };

/** @throws {BrokenLedgerError} */
function refuseCut({ entries }: LedgerHead, anchors: readonly Anchor[], end: End): void {
  const furthest = anchors.reduce<Anchor | null>((a, b) => (a === null || b.entries > a.entries ? b : a), null);
  if (furthest === null || furthest.entries <= entries) return;
  const has = entries === 0 ? 'there is no entry' : `the ledger ends with entry ${entries}`;
  throw new BrokenLedgerError('cut', end, `${has}, and ${furthest.source} knows of entry ${furthest.entries}`);
}
