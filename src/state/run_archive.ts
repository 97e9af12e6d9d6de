import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { StorageError } from '../kit/errors.ts';
import type { RunRecord } from '../request/run_record.ts';
import { replaceFile } from './files.ts';

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
const packed = promisify(gzip);
const unpacked = promisify(gunzip);
/** A damaged or foreign file must not fill the memory while it is unpacked. */
const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024;

export function openRunArchive(stateDir: string, keep: number): RunArchive {
  const folder = join(stateDir, 'runs');

  async function ids(): Promise<string[]> {
    try {
      const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
      // A run id begins with its time, so that the order of names is the order of runs.
      return names.map((name) => name.slice(0, -SUFFIX.length)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new StorageError('read', folder, error);
    }
  }

  return {
    ids,
    async save(record) {
      const text = JSON.stringify({ schema_version: SCHEMA_VERSION, record });
      await replaceFile(join(folder, `${record.runId}${SUFFIX}`), await packed(text));
      const known = await ids();
      for (const old of known.slice(0, Math.max(0, known.length - keep))) {
        await rm(join(folder, old + SUFFIX), { force: true });
      }
    },
    async load(runId) {
      if (!/^[0-9A-Za-z]+$/.test(runId)) return null;
      try {
        const bytes = await readFile(join(folder, runId + SUFFIX));
        const text = (await unpacked(bytes, { maxOutputLength: MAX_UNPACKED_BYTES })).toString('utf8');
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
