import { join } from 'node:path';
import type { Reviewed, RunRecord } from '../domain/run_record.ts';
import { counted } from '../util/event_loop.ts';
import { type Disk, realDisk } from './disk.ts';

/**
 * The whole record of each run, for `explain` and `backtest`: dossiers, ratings, votes, decisions. Kept apart from the
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

const SCHEMA_VERSION = 2;
const SUFFIX = '.json.gz';

export function openRunArchive(stateDir: string, keep: number, disk: Disk = realDisk): RunArchive {
  const folder = join(stateDir, 'runs');
  const fileOf = (runId: string) => join(folder, `${runId}${SUFFIX}`);

  async function ids(): Promise<string[]> {
    const names = (await disk.names(folder)).filter((name) => name.endsWith(SUFFIX));
    // A run id begins with its time, so that the order of names is the order of runs.
    return names.map((name) => name.slice(0, -SUFFIX.length)).sort();
  }

  /** Reads as far as it is wanted. Whatever goes wrong on the way makes the record none. */
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
        const first = headOn(await nextOf(lines), runId);
        if (first === null) return null;
        if ('reviewed' in first.head) return first.head;
        const reviewed: Reviewed[] = [];
        for (let line = await nextOf(lines); line !== ''; line = await nextOf(lines)) reviewed.push(JSON.parse(line));
        return reviewed.length === first.requests ? { ...first.head, reviewed } : null;
      }),
    loadHead: (runId) => read(runId, async (lines) => headOn(await nextOf(lines), runId)?.head ?? null),
  };
}

function* linesOf({ reviewed, ...head }: RunRecord): Generator<string> {
  yield `${JSON.stringify({ schema_version: SCHEMA_VERSION, record: head, requests: reviewed.length })}\n`;
  for (const one of reviewed) yield `${JSON.stringify(one)}\n`;
}

const nextOf = async (lines: AsyncIterator<string>): Promise<string> => {
  const { done, value } = await lines.next();
  return done === true ? '' : value;
};

/** Version 1 was one document with the requests in it. */
function headOn(line: string, runId: string): { head: RunHead | RunRecord; requests: number } | null {
  const { schema_version, record, requests } = JSON.parse(line) as {
    schema_version: number;
    record: RunHead | RunRecord;
    requests?: number;
  };
  // Whoever reads it goes through the requests of this very run; a copy under another name is another run's.
  if (record.runId !== runId) return null;
  if (schema_version === 1)
    return 'reviewed' in record && Array.isArray(record.reviewed) ? { head: record, requests: 0 } : null;
  return schema_version === SCHEMA_VERSION && Number.isSafeInteger(requests)
    ? { head: record, requests: requests ?? 0 }
    : null;
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
