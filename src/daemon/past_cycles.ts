import type { RunRecord } from '../domain/run_record.ts';
import type { RunArchive } from '../store/run_archive.ts';

export type PastCycles = {
  /** The last cycle that is on record; null when there is none. */
  readonly last: RunRecord | null;
  /** When the last one ended that had nothing to complain about, milliseconds since the epoch; null when it is unknown. */
  readonly lastSuccess: number | null;
};

/** How many records are opened at most: two days on the usual schedule. */
const MOST = 12;

/** What earlier lives of the daemon left on record, so that a restart does not look like a system that never ran. */
export async function pastCycles(archive: Pick<RunArchive, 'ids' | 'load' | 'loadHead'>): Promise<PastCycles> {
  let last: RunRecord | null = null;
  const ids = await archive.ids().catch(() => []);
  for (const id of ids.slice(-MOST).reverse()) {
    const record = await archive.loadHead(id);
    // Rehearsals, plans and what was applied by hand are no cycles.
    if (record === null || record.dryRun || record.planId !== null) continue;
    last ??= await archive.load(id);
    if (record.verdict === 'done') return { last, lastSuccess: record.finishedAt };
  }
  return { last, lastSuccess: null };
}
