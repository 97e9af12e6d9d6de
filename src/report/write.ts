import { join } from 'node:path';
import { jsonText } from '../kit/json_text.ts';
import type { RunRecord } from '../request/run_record.ts';
import { isoTime } from '../request/time_words.ts';
import { type Disk, realDisk } from '../state/disk.ts';
import { toJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';

export type ReportFiles = { readonly markdown: string; readonly json: string };

/**
 * Writes the report of a run and its JSON twin into `dir` and says where. Never overwrites the report of another run;
 * `earlier` are the files of this one, to be replaced because there is more to tell.
 * @throws {StorageError}
 */
export async function writeReport(
  record: RunRecord,
  dir: string,
  earlier?: ReportFiles,
  disk: Disk = realDisk,
): Promise<ReportFiles> {
  await disk.ensureFolder(dir);
  const paths = earlier ?? (await claim(dir, fileName(record.startedAt), disk));
  try {
    await disk.replace(paths.json, jsonText(toJson(record)));
    await disk.replace(paths.markdown, renderMarkdown(record));
  } catch (error) {
    // An empty place-holder would look like a report with nothing in it.
    if (earlier === undefined) {
      await Promise.allSettled([disk.remove(paths.markdown), disk.remove(paths.json)]);
    }
    throw error;
  }
  return paths;
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
async function claim(dir: string, name: string, disk: Disk): Promise<ReportFiles> {
  for (let n = 1; ; n++) {
    const base = join(dir, n === 1 ? name : `${name}-${n}`);
    const paths = { markdown: `${base}.md`, json: `${base}.json` };
    if (!(await disk.claim(paths.markdown))) continue;
    if (await disk.claim(paths.json)) return paths;
    await disk.remove(paths.markdown);
  }
}
