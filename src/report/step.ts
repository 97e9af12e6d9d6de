import type { Config } from '../config/config.ts';
import type { RunRecord } from '../domain/run_record.ts';
import type { Disk } from '../store/disk.ts';
import type { RunArchive } from '../store/run_archive.ts';
import { describeError } from '../util/errors.ts';
import { yieldBetween } from '../util/event_loop.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import { isOver } from './detail.ts';
import { type ReportFiles, tryWriting, writeReport } from './write.ts';

type ReportParts = {
  readonly config: Config;
  readonly log: Log;
  readonly disk: Disk;
  readonly archive: Pick<RunArchive, 'save'>;
  /** Remembers how much the run wanted to do; null when that was counted before. */
  readonly remember: ((record: RunRecord) => Promise<void>) | null;
  readonly progress: Pick<Progress, 'update'>;
};

/** Reporting as one run does it: the page with its twin, and the record of the run for `explain` and `backtest`. */
export function reportStep({ config, log, disk, archive, remember, progress }: ReportParts) {
  const { reportDetailLimit: detailLimit, places } = config;
  let files: ReportFiles | null = null;

  return {
    /** The files of this run; null as long as there are none. */
    files: () => files,

    /** Tries whether a report could be written. @throws {StorageError} */
    tryReporting: () => tryWriting(places.reports, disk),

    /** `again` replaces the ones of the same run. @throws {StorageError} without the report */
    async report(record: RunRecord, again: boolean): Promise<{ readonly bytes: number }> {
      const { reviewed } = record;
      await yieldBetween(reviewed);
      const written = isOver(reviewed, { most: detailLimit, sheet: null }) ? 3 : 2;
      let lines = 0;
      // A line for each request in each file, besides a few around them.
      const onLine = () => {
        lines += 1;
        // Outside of its step nothing would take the line away again.
        if (!again) {
          progress.update('report', Math.min(reviewed.length, Math.floor(lines / written)), reviewed.length);
        }
      };
      // The report matters more than what else is kept, so that one failing does not stop the other.
      await Promise.all([archive.save(record, onLine), again ? undefined : remember?.(record)]).catch(
        (error: unknown) =>
          log.error('run.problem', { run: record.runId, where: 'archive', message: describeError(error) }),
      );
      const earlier = again && files !== null ? files : undefined;
      const made = await writeReport(record, places.reports, earlier, { detailLimit, disk, onLine });
      files = made;
      const sizes = await Promise.all(Object.values(made).map((file) => (file === null ? null : disk.size(file))));
      return { bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) };
    },
  };
}
