import type { Config } from '../config/config.ts';
import type { RunRecord } from '../domain/run_record.ts';
import type { Disk } from '../store/disk.ts';
import type { RunArchive } from '../store/run_archive.ts';
import { describeError } from '../util/errors.ts';
import { yieldBetween } from '../util/event_loop.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import { isOver } from './detail.ts';
import { type ReportFiles, writeReport } from './write.ts';

type ReportParts = {
  readonly config: Config;
  readonly log: Log;
  readonly disk: Disk;
  readonly archive: Pick<RunArchive, 'save'>;
  /** Remembers what the run wanted to do; null when that was counted before. */
  readonly remember: ((record: RunRecord) => Promise<void>) | null;
  /** The files of this run that are to be replaced. */
  readonly earlier: ReportFiles | undefined;
  /** Null outside of the step, where nothing would take the line away again. */
  readonly progress: Pick<Progress, 'update'> | null;
};

/** Writes the report of the run, and its record for `explain` and `backtest`. @throws {StorageError} without the report */
export async function reportStep(record: RunRecord, parts: ReportParts): Promise<ReportFiles> {
  const { config, log, disk, archive, remember, earlier, progress } = parts;
  const { runId, reviewed } = record;
  const { reportDetailLimit: detailLimit } = config;
  await yieldBetween(reviewed);
  const files = isOver(reviewed, { most: detailLimit, sheet: null }) ? 3 : 2;
  let written = 0;
  // A line for each request in each file, besides a few around them.
  const onLine = () => {
    written += 1;
    progress?.update('report', Math.min(reviewed.length, Math.floor(written / files)), reviewed.length);
  };
  // The report matters more than what else is kept, so that one failing does not stop the other.
  await Promise.all([archive.save(record, onLine), remember?.(record)]).catch((error: unknown) =>
    log.error('run.problem', { run: runId, where: 'archive', message: describeError(error) }),
  );
  return writeReport(record, config.places.reports, earlier, { detailLimit, disk, onLine });
}
