import { join } from 'node:path';
import type { Action } from '../../domain/action.ts';
import { Bindings } from '../../ledger/bindings.ts';
import { type Entry, entryOn } from '../../ledger/entry.ts';
import { linesOf } from '../../ledger/lines.ts';
import { ledgerFolder, monthFiles } from '../../ledger/months.ts';
import { type DoneActions, parseSnapshot } from '../../ledger/snapshot.ts';
import { type Disk, realDisk } from '../../store/disk.ts';
import { LedgerError, StorageError } from '../../util/errors.ts';

/** What the ledger says about a request: an entry, and where it stands. */
export type ActionEntry = Extract<Entry, { kind: `action.${string}` }>;
export type RequestEntry = ActionEntry | Extract<Entry, { kind: 'request.decided' | 'reviewed' }>;
export type PlacedEntry<E extends RequestEntry = RequestEntry> = {
  readonly file: string;
  readonly line: number;
  readonly entry: E;
};

/** What the agent did and when, for looking back. */
export type PastActions = {
  /** The folder of the ledger. */
  readonly folder: string;
  /** The entries about one request, in order: of the one that was asked for all, of the others what was done. */
  entries(requestId: string): readonly PlacedEntry[];
  /** Whether the action was done, or may have been, before the run began. */
  actedBefore(runId: string, requestId: string, action: Action): boolean;
  /** What the ledger says about the records of the runs. */
  readonly bindings: Bindings;
  /** Why the ledger could not be read, and so is left out; null when it was. */
  readonly unreadable: string | null;
};

/**
 * Reads snapshot and ledger without the lock, without the key and without repair: all of that belongs to the run that may
 * be under way.
 * Whether the ledger is whole is for `ledger verify` to say. `about` is the request of which also the decisions and the
 * reviews are kept: of all requests they would fill the memory.
 */
export async function readPastActions(
  stateDir: string,
  disk: Disk = realDisk,
  about: string | null = null,
): Promise<PastActions> {
  const folder = ledgerFolder(stateDir);
  const snapshotFile = join(stateDir, 'agent_state.json');
  const bindings = new Bindings();
  let placed: PlacedEntry[] = [];
  let done: ReadonlyMap<string, DoneActions> = new Map();
  let unreadable: string | null = null;
  try {
    placed = await placedEntries(stateDir, folder, { bindings, disk, about });
    const snapshotText = await disk.read(snapshotFile);
    if (snapshotText !== null) done = new Map(parseSnapshot(snapshotFile, snapshotText).actions);
  } catch (error) {
    if (!(error instanceof LedgerError || error instanceof StorageError)) throw error;
    unreadable = error.message;
  }

  return {
    folder,
    bindings,
    unreadable,
    entries: (requestId) => placed.filter(({ entry }) => entry.data.request === requestId),
    actedBefore(runId, requestId, action) {
      const noted = done.get(requestId)?.[action];
      if (noted !== undefined && noted.run < runId) return true;
      // A run id begins with its time, so that the order of ids is the order of runs.
      const last = placed.findLast(
        ({ entry }) =>
          isAction(entry) &&
          entry.data.request === requestId &&
          entry.data.action === action &&
          (entry.run ?? '') < runId,
      );
      return last !== undefined && last.entry.kind !== 'action.not-done';
    },
  };
}

/** @throws {LedgerError} for a line that is no entry; a last one that stops half-way is being written at this moment */
async function placedEntries(
  stateDir: string,
  folder: string,
  { bindings, disk, about }: { bindings: Bindings; disk: Disk; about: string | null },
): Promise<PlacedEntry[]> {
  const placed: PlacedEntry[] = [];
  for (const name of await monthFiles(stateDir, disk)) {
    const file = join(folder, name);
    let line = 0;
    for await (const { text, ended } of linesOf(file, disk)) {
      if (!ended) break;
      line++;
      const entry = entryOn(text);
      if ('odd' in entry) throw new LedgerError(file, `line ${line} of \`${file}\` cannot be understood: ${entry.odd}`);
      bindings.take(entry);
      if (isAction(entry) || saysMore(entry, about)) placed.push({ file, line, entry });
    }
  }
  return placed;
}

const isAction = (entry: Entry): entry is ActionEntry => entry.kind.startsWith('action.');
const saysMore = (entry: Entry, about: string | null): entry is Exclude<RequestEntry, ActionEntry> =>
  (entry.kind === 'request.decided' || entry.kind === 'reviewed') && entry.data.request === about;
