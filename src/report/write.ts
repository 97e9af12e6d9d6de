import { basename, join } from 'node:path';
import type { RunRecord } from '../domain/run_record.ts';
import { isoTime } from '../phrases/time_words.ts';
import { type Disk, realDisk } from '../store/disk.ts';
import { counted, yieldBetween } from '../util/event_loop.ts';
import { isOver } from './detail.ts';
import { jsonParts } from './json.ts';
import { markdownParts } from './markdown.ts';
import { sheetRows } from './sheet.ts';

export type ReportFiles = {
  readonly markdown: string;
  readonly json: string;
  /** A row for each request, where there are too many to tell them all in full; else null. */
  readonly sheet: string | null;
};

/** More requests than this, and the page tells only those in full that matter. */
export const DETAIL_LIMIT = 1000;

export type ReportOptions = {
  readonly detailLimit?: number;
  readonly disk?: Disk;
  /** Told of each line of twin and sheet that was taken. */
  readonly onLine?: (() => void) | undefined;
};

/**
 * Writes the report of a run and its JSON twin into `dir` and says where; beside a page that does not tell everything, a
 * sheet that lists every request. Part by part, so that a large window takes no more memory than a small one. Never
 * overwrites the report of another run; `earlier` are the files of this one, to be replaced because there is more to tell.
 * @throws {StorageError}
 */
export async function writeReport(
  record: RunRecord,
  dir: string,
  earlier?: ReportFiles,
  { detailLimit: most = DETAIL_LIMIT, disk = realDisk, onLine }: ReportOptions = {},
): Promise<ReportFiles> {
  await disk.ensureFolder(dir);
  const paths = earlier ?? (await claim(dir, fileName(record.startedAt), disk));
  const { reviewed } = record;
  const sheet = isOver(reviewed, { most, sheet: null }) ? paths.markdown.replace(/md$/, 'csv') : null;
  try {
    if (sheet !== null) await disk.replaceByParts(sheet, counted(sheetRows(reviewed), onLine));
    await yieldBetween(reviewed);
    await disk.replaceByParts(paths.json, counted(jsonParts(record), onLine));
    await yieldBetween(reviewed);
    await disk.replaceByParts(
      paths.markdown,
      markdownParts(record, { most, sheet: sheet === null ? null : basename(sheet) }),
    );
    return { ...paths, sheet };
  } catch (error) {
    // An empty place-holder would look like a report with nothing in it, and a sheet alone like one that was lost.
    if (earlier === undefined) {
      const begun = [paths.markdown, paths.json, ...(sheet === null ? [] : [sheet])];
      await Promise.allSettled(begun.map((file) => disk.remove(file)));
    }
    throw error;
  }
}

/**
 * Whether a report can be written there at all, found out before anything is done that it would have to tell of.
 * @throws {StorageError}
 */
export async function tryWriting(dir: string, disk: Disk = realDisk): Promise<void> {
  await disk.ensureFolder(dir);
  const probe = join(dir, '.writable');
  await disk.claim(probe);
  await disk.remove(probe);
}

/** `2026-11-20T05-40-12Z`: sorts by time, and no colon, which Windows and some archives refuse. */
function fileName(startedAt: number): string {
  return `${(isoTime(startedAt) ?? 'unknown-time').slice(0, 19).replaceAll(':', '-')}Z`;
}

/** Takes a name that nobody has yet, by creating both files exclusively: two runs in one second never share one. */
async function claim(dir: string, name: string, disk: Disk): Promise<Omit<ReportFiles, 'sheet'>> {
  for (let n = 1; ; n++) {
    const base = join(dir, n === 1 ? name : `${name}-${n}`);
    const paths = { markdown: `${base}.md`, json: `${base}.json` };
    if (!(await disk.claim(paths.markdown))) continue;
    if (await disk.claim(paths.json)) return paths;
    await disk.remove(paths.markdown);
  }
}
