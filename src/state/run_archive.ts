import { join } from 'node:path';
import type { RunRecord } from '../request/run_record.ts';
import { type Disk, realDisk } from './disk.ts';

/**
 * The whole record of each run, for `explain` and `backtest`: dossiers, ratings, votes, decisions. Kept apart from the
 * reports, which a person may move or delete, and bounded in number.
 */
export type RunArchive = {
  /** @throws {StorageError} */
  save(record: RunRecord): Promise<void>;
  /** Run ids, oldest first. @throws {StorageError} */
  ids(): Promise<readonly string[]>;
  /** Null when there is no such run or its file cannot be understood. */
  load(runId: string): Promise<RunRecord | null>;
};

const SCHEMA_VERSION = 1;
const SUFFIX = '.json.gz';

export function openRunArchive(stateDir: string, keep: number, disk: Disk = realDisk): RunArchive {
  const folder = join(stateDir, 'runs');

  async function ids(): Promise<string[]> {
    const names = (await disk.names(folder)).filter((name) => name.endsWith(SUFFIX));
    // A run id begins with its time, so that the order of names is the order of runs.
    return names.map((name) => name.slice(0, -SUFFIX.length)).sort();
  }

  return {
    ids,
    async save(record) {
      const text = JSON.stringify({ schema_version: SCHEMA_VERSION, record });
      await disk.replacePacked(join(folder, `${record.runId}${SUFFIX}`), text);
      const known = await ids();
      for (const old of known.slice(0, Math.max(0, known.length - keep))) {
        await disk.remove(join(folder, old + SUFFIX));
      }
    },
    async load(runId) {
      if (!/^[0-9A-Za-z]+$/.test(runId)) return null;
      try {
        const text = (await disk.readPacked(join(folder, runId + SUFFIX))) ?? '';
        const { schema_version, record } = JSON.parse(text) as { schema_version: number; record: RunRecord };
        // Whoever reads it goes through the requests of this very run; a copy under another name is another run's.
        const whole = record.runId === runId && Array.isArray(record.reviewed);
        return schema_version === SCHEMA_VERSION && whole ? record : null;
      } catch {
        return null;
      }
    },
  };
}

/** How many damaged records in a row are passed over in the search for the last good one. */
const PATIENCE = 5;

/** The newest record that can be understood; null when there is none. @throws {StorageError} */
export async function lastRecord(archive: Pick<RunArchive, 'ids' | 'load'>): Promise<RunRecord | null> {
  for (const id of [...(await archive.ids())].reverse().slice(0, PATIENCE)) {
    const record = await archive.load(id);
    if (record !== null) return record;
  }
  return null;
}
