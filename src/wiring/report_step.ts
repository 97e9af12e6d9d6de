import type { Config } from '../config/config.ts';
import { between } from '../kit/breather.ts';
import { describeError } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { Progress } from '../kit/progress.ts';
import { isOver } from '../report/detail.ts';
import { type ReportFiles, writeReport } from '../report/write.ts';
import type { RunRecord } from '../request/run_record.ts';
import type { Disk } from '../state/disk.ts';
import type { RunArchive } from '../state/run_archive.ts';

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
  await between(reviewed);
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
