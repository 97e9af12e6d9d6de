import { join } from 'node:path';
import type { LedgerHead } from '../domain/run_record.ts';
import { realDisk } from '../store/disk.ts';
import { isStale } from '../store/files.ts';
import type { Clock } from '../util/clock.ts';
import { StorageError } from '../util/errors.ts';
import { BrokenLedgerError } from './broken_ledger_error.ts';
import { entryOn, type NewEntry, type SealedEntry } from './entry.ts';
import { fileFor, ledgerFolder, monthFiles } from './months.ts';
import { type ReadOptions, readLedger } from './read_ledger.ts';
import { isKeyed, NO_SEAL, sealed } from './seal.ts';

/** The ledger of everything that the agent did, in `state/ledger/`: entries are only ever added, each chained to the last. */
export type Ledger = {
  /** Where the ledger ends now. */
  head(): LedgerHead;
  /**
   * Adds entries, all of them in one write. INVARIANT: on disk when it resolves. Calls wait for each other; those that
   * wait go into the next write together, because the disk takes as long for one entry as for several.
   * @throws {BrokenLedgerError} `foreign`, when the files are not as this process left them: nothing was written
   * @throws {StorageError} when it could not be written; a later call may still succeed
   */
  append(entries: readonly NewEntry[]): Promise<void>;
};

export type LedgerOptions = ReadOptions & { readonly clock: Clock };

/** `text` with its line break. */
type Line = { readonly text: string; readonly entry: SealedEntry };
/** A write that failed: how long its file was before, and what may stand there since. */
type Failed = { readonly name: string; readonly before: number; readonly lines: readonly Line[] };
/** Entries that wait for their turn. */
type Waiting = { readonly entries: readonly NewEntry[] } & PromiseWithResolvers<void>;
/** What a crash left of the last line: how long the file is with it and will be without it. */
type Torn = { readonly name: string; readonly bytes: number; readonly cutBytes: number };

/**
 * Opens the ledger for writing: reads and checks all of it (`visit` is told of every entry, then and later, once it is on
 * disk). Nothing is changed before the first entry is added; then a line that a crash cut short is taken off first.
 * @throws {BrokenLedgerError} when it is broken
 * @throws {StorageError}
 */
export async function openLedger(stateDir: string, options: LedgerOptions): Promise<Ledger> {
  const { key, clock, disk = realDisk, visit = () => {} } = options;
  const folder = ledgerFolder(stateDir);
  const found = await readLedger(stateDir, options);
  let { head, lastFile } = found;
  /** How long every file is, as this process left it. */
  const sizes = new Map(found.files.map(({ name, bytes }) => [name, bytes]));
  let torn: Torn | null = null;
  if (found.unfinished !== null) {
    const { name, from, whole } = found.unfinished;
    const bytes = sizes.get(name) ?? 0;
    torn = { name, bytes, cutBytes: whole ? 0 : bytes - from };
  }
  let failed: Failed | null = null;
  /** What the ledger itself has to say before the next entry. */
  const notes: NewEntry[] = head.entries === 0 ? [{ kind: 'ledger.opened', run: null, data: {} }] : [];
  const waiting: Waiting[] = [];
  let turn: Promise<void> = Promise.resolve();

  async function addWaiting(): Promise<void> {
    const all = waiting.splice(0);
    try {
      await add(all.flatMap(({ entries }) => entries));
      for (const { resolve } of all) resolve();
    } catch (error) {
      const storage = error instanceof StorageError || error instanceof BrokenLedgerError;
      if (storage || all.length === 1) for (const { reject } of all) reject(error);
      // An entry that cannot be written down at all must not keep the others out.
      else for (const one of all) await add(one.entries).then(one.resolve, one.reject);
    }
  }

  async function add(entries: readonly NewEntry[]): Promise<void> {
    if (entries.length === 0) return;
    if (failed !== null) await settle(failed);
    if (torn !== null) await mend(torn);
    await refuseForeign();
    const at = new Date(clock.now()).toISOString();
    const name = fileFor(at, lastFile);
    const lines = chained([...notes, ...entries], at);
    const before = sizes.get(name) ?? 0;
    try {
      await disk.append(join(folder, name), textOf(lines), before);
    } catch (error) {
      if (isStale(error)) throw foreign(join(folder, name));
      failed = { name, before, lines };
      throw error;
    }
    took(name, lines);
  }

  /** @throws {Error} for an entry that could not be read again: better none than one that closes the ledger */
  function chained(entries: readonly NewEntry[], at: string): Line[] {
    let { entries: seq, seal: prev } = head;
    return entries.map(({ kind, run, data }) => {
      seq++;
      const { line, seal } = sealed({ seq, at, kind, run, data, prev: prev ?? NO_SEAL }, key);
      prev = seal;
      const entry = entryOn(line);
      if ('odd' in entry) throw new Error(`\`${kind}\` cannot be recorded like that: ${entry.odd}`);
      return { text: `${line}\n`, entry };
    });
  }

  /** These lines are on disk. */
  function took(name: string, lines: readonly Line[]): void {
    for (const { text, entry } of lines) {
      lastFile = name;
      sizes.set(name, (sizes.get(name) ?? 0) + text.length);
      head = { entries: entry.seq, seal: entry.seal, keyed: isKeyed(entry.seal) };
      visit(entry, text.slice(0, -1));
    }
    // They stand before all others.
    notes.splice(0, lines.length);
  }

  /**
   * A write that failed may have left a part of itself, or all. Whole entries stay, since nothing is ever taken out of
   * the ledger; half of one is taken off like what a crash leaves.
   */
  async function settle({ name, before, lines }: Failed): Promise<void> {
    const file = join(folder, name);
    const text = textOf(lines);
    if (((await disk.size(file)) ?? 0) > before + text.length) throw foreign(file);
    // All that is ours is plain ASCII: a byte is a character.
    const rest = (await disk.readPart(file, before, text.length))?.toString('latin1') ?? '';
    if (!text.startsWith(rest)) throw foreign(file);
    const whole = wholeLines(lines, rest.length);
    failed = null;
    took(name, whole);
    const end = sizes.get(name) ?? 0;
    if (before + rest.length > end) torn = { name, bytes: before + rest.length, cutBytes: before + rest.length - end };
  }

  async function mend({ name, bytes, cutBytes }: Torn): Promise<void> {
    const file = join(folder, name);
    const mended = cutBytes === 0 ? bytes + 1 : bytes - cutBytes;
    // A first try may have failed only after it took effect.
    const size = await disk.size(file);
    if (size !== mended) {
      if (size !== bytes) throw foreign(file);
      if (cutBytes === 0) await disk.append(file, '\n', bytes);
      else await disk.cut(file, mended);
    }
    sizes.set(name, mended);
    torn = null;
    notes.push({ kind: 'ledger.mended', run: null, data: { file: name, cutBytes } });
  }

  /** INVARIANT: a process that took the folder over stops this one: from its first entry on, nothing is added here. */
  async function refuseForeign(): Promise<void> {
    const names = new Set([...(await monthFiles(stateDir, disk)), ...sizes.keys()]);
    for (const name of names) {
      // Older files are finished; what happens to them is found when the ledger is read the next time.
      if (lastFile !== null && name < lastFile) continue;
      const size = (await disk.size(join(folder, name))) ?? 0;
      if (size !== (sizes.get(name) ?? 0)) throw foreign(join(folder, name));
    }
  }

  return {
    head: () => head,
    append(entries) {
      const mine = { entries, ...Promise.withResolvers<void>() };
      if (waiting.push(mine) === 1) turn = turn.then(addWaiting);
      return mine.promise;
    },
  };
}

const textOf = (lines: readonly Line[]): string => lines.map(({ text }) => text).join('');

/** The lines of which `length` characters, counted from the first on, hold everything. */
function wholeLines(lines: readonly Line[], length: number): Line[] {
  let end = 0;
  return lines.filter(({ text }) => {
    end += text.length;
    return end <= length;
  });
}

const foreign = (file: string): BrokenLedgerError =>
  new BrokenLedgerError(
    'foreign',
    { file, line: null },
    'the file is not as this process left it: somebody else wrote to the ledger',
  );
