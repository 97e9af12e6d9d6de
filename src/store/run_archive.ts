import { join } from 'node:path';
import type { Reviewed, RunRecord } from '../domain/run_record.ts';
import { counted } from '../util/event_loop.ts';
import { type Disk, realDisk } from './disk.ts';
import { type HeadOf01, type ReviewedOf01, upgradedHead, upgradedReviewed } from './run_archive_upgrade.ts';

/**
 * The whole record of each run, for `explain` and `backtest`: dossiers, ratings, confirmations, decisions. Kept apart from the
 * reports, which a person may move or delete, and bounded in number. The first line of a file is the run without its
 * requests, and each of these is a line: neither writing nor the first line needs the whole in memory.
 */
export type RunArchive = {
  /** `onLine` is told of each line that was taken. @throws {StorageError} */
  save(record: RunRecord, onLine?: () => void): Promise<void>;
  /** Run ids, oldest first. @throws {StorageError} */
  ids(): Promise<readonly string[]>;
  /** Null when there is no such run or its file cannot be understood. */
  load(runId: string): Promise<RunRecord | null>;
  /** The same without the requests, however many there were. */
  loadHead(runId: string): Promise<RunHead | null>;
};
export type RunHead = Omit<RunRecord, 'reviewed'>;

/** Version 0.1 wrote 1, one document with the requests in it, and 2, the lines that there are now; with other names. */
const SCHEMA_VERSION = 3;
const SUFFIX = '.json.gz';

export function openRunArchive(stateDir: string, keep: number, disk: Disk = realDisk): RunArchive {
  const folder = join(stateDir, 'runs');
  const fileOf = (runId: string) => join(folder, `${runId}${SUFFIX}`);

  async function ids(): Promise<string[]> {
    const names = (await disk.names(folder)).filter((name) => name.endsWith(SUFFIX));
    // A run id begins with its time, so that the order of names is the order of runs.
    return names.map((name) => name.slice(0, -SUFFIX.length)).sort();
  }

  /** Reads as far as it is wanted. Whatever goes wrong on the way makes the record count as missing. */
  async function read<T>(runId: string, from: (lines: AsyncIterator<string>) => Promise<T | null>): Promise<T | null> {
    if (!/^[0-9A-Za-z]+$/.test(runId)) return null;
    const lines = disk.packedLines(fileOf(runId))[Symbol.asyncIterator]();
    try {
      return await from(lines);
    } catch {
      return null;
    } finally {
      await lines.return?.();
    }
  }

  return {
    ids,
    async save(record, onLine) {
      await disk.packByParts(fileOf(record.runId), counted(linesOf(record), onLine));
      const known = await ids();
      for (const old of known.slice(0, Math.max(0, known.length - keep))) await disk.remove(fileOf(old));
    },
    load: (runId) =>
      read(runId, async (lines) => {
        const run = headOn(await nextOf(lines), runId);
        if (run?.requests === undefined) return null;
        const { head, requests, reviewedOn } = run;
        if (typeof requests !== 'number') return { ...head, reviewed: requests };
        const reviewed: Reviewed[] = [];
        for (let line = await nextOf(lines); line !== ''; line = await nextOf(lines)) reviewed.push(reviewedOn(line));
        return reviewed.length === requests ? { ...head, reviewed } : null;
      }),
    loadHead: (runId) => read(runId, async (lines) => headOn(await nextOf(lines), runId)?.head ?? null),
  };
}

function* linesOf({ reviewed, ...head }: RunRecord): Generator<string> {
  yield `${JSON.stringify({ schema_version: SCHEMA_VERSION, run: head, requests: reviewed.length })}\n`;
  for (const one of reviewed) yield `${JSON.stringify(one)}\n`;
}

const nextOf = async (lines: AsyncIterator<string>): Promise<string> => {
  const { done, value } = await lines.next();
  return done === true ? '' : value;
};

/** The first line: the run, and its requests or how many lines of them follow. */
type FirstLine = {
  readonly head: RunHead;
  readonly requests: number | readonly Reviewed[];
  readonly reviewedOn: (line: string) => Reviewed;
};

/** Null for what is not the run of that id: whoever reads it goes through the requests of this very run. */
function headOn(line: string, runId: string): FirstLine | null {
  const first = JSON.parse(line) as { readonly schema_version: number; readonly requests?: number } & {
    readonly run?: RunHead;
    readonly record?: HeadOf01 & { readonly reviewed?: readonly ReviewedOf01[] };
  };
  const { schema_version, requests = -1, run, record } = first;
  if ((run ?? record)?.runId !== runId) return null;
  if (schema_version === 1 && record !== undefined) {
    const { reviewed, ...head } = record;
    if (!Array.isArray(reviewed)) return null;
    return {
      head: upgradedHead(head),
      requests: reviewed.map(upgradedReviewed),
      reviewedOn: (text) => JSON.parse(text),
    };
  }
  if (!Number.isSafeInteger(requests) || requests < 0) return null;
  if (schema_version === 2 && record !== undefined) {
    return { head: upgradedHead(record), requests, reviewedOn: (text) => upgradedReviewed(JSON.parse(text)) };
  }
  if (schema_version !== SCHEMA_VERSION || run === undefined) return null;
  return { head: run, requests, reviewedOn: (text) => JSON.parse(text) };
}

/** How many damaged records in a row are passed over in the search for the last good one. */
const PATIENCE = 5;

/** The newest record that can be understood, without its requests; null when there is none. @throws {StorageError} */
export async function lastRecord(archive: Pick<RunArchive, 'ids' | 'loadHead'>): Promise<RunHead | null> {
  for (const id of [...(await archive.ids())].reverse().slice(0, PATIENCE)) {
    const record = await archive.loadHead(id);
    if (record !== null) return record;
  }
  return null;
}
