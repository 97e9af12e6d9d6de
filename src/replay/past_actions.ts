import { join } from 'node:path';
import { MemoryError } from '../kit/errors.ts';
import type { Action } from '../request/action.ts';
import { readIfThere } from '../state/files.ts';
import { type JournalLine, parseJournal } from '../state/journal.ts';
import { type DoneActions, parseSnapshot } from '../state/snapshot.ts';

export type NumberedLine = { readonly number: number; readonly line: JournalLine };

/** What the agent did and when, for looking back. */
export type PastActions = {
  readonly journalFile: string;
  /** The lines about one request, with their numbers in the file. */
  lines(requestId: string): readonly NumberedLine[];
  /** Whether the action was done, or may have been, before the run began. */
  actedBefore(runId: string, requestId: string, action: Action): boolean;
  /** Why the past could not be read, and so is left out; null when it was. */
  readonly unreadable: string | null;
};

/** Reads snapshot and journal without the lock and without mending anything: both belong to the run that may be under way. */
export async function readPastActions(stateDir: string): Promise<PastActions> {
  const [journalFile, snapshotFile] = [join(stateDir, 'actions.jsonl'), join(stateDir, 'agent_state.json')];
  const [journalText, snapshotText] = await Promise.all([readIfThere(journalFile), readIfThere(snapshotFile)]);
  let lines: NumberedLine[] = [];
  let done: ReadonlyMap<string, DoneActions> = new Map();
  let unreadable: string | null = null;
  try {
    lines = parseJournal(journalFile, journalText ?? '').lines.map((line, i) => ({ number: i + 1, line }));
    if (snapshotText !== null) done = new Map(parseSnapshot(snapshotFile, snapshotText).actions);
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
    unreadable = error.message;
  }

  return {
    journalFile,
    unreadable,
    lines: (requestId) => lines.filter(({ line }) => line.request === requestId),
    actedBefore(runId, requestId, action) {
      const noted = done.get(requestId)?.[action];
      if (noted !== undefined && noted.run < runId) return true;
      // A run id begins with its time, so that the order of ids is the order of runs.
      const own = lines.filter(({ line }) => line.request === requestId && line.action === action && line.run < runId);
      const last = own.at(-1)?.line;
      return last !== undefined && !(last.kind === 'result' && last.result === 'not-done');
    },
  };
}
