import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { StorageError } from '../kit/errors.ts';
import type { RunRecord } from '../request/run_record.ts';
import { isoTime } from '../request/time_words.ts';
import { toJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';

export type ReportFiles = { readonly markdown: string; readonly json: string };

/**
 * Writes the report of a run and its JSON twin into `dir` and says where. Never overwrites the report of another run;
 * `earlier` are the files of this one, to be replaced because there is more to tell.
 * @throws {StorageError}
 */
export async function writeReport(record: RunRecord, dir: string, earlier?: ReportFiles): Promise<ReportFiles> {
  await mkdir(dir, { recursive: true, mode: 0o700 }).catch((error) => {
    throw new StorageError('create the folder', dir, error);
  });
  const paths = earlier ?? (await claim(dir, fileName(record.startedAt)));
  try {
    await write(paths.json, `${JSON.stringify(toJson(record), null, 2)}\n`);
    await write(paths.markdown, renderMarkdown(record));
  } catch (error) {
    // An empty place-holder would look like a report with nothing in it.
    if (earlier === undefined) {
      await Promise.allSettled([rm(paths.markdown, { force: true }), rm(paths.json, { force: true })]);
    }
    throw error;
  }
  return paths;
}

/** `2026-11-20T05-40-12Z`: sorts by time, and no colon, which Windows and some archives refuse. */
function fileName(startedAt: number): string {
  return `${(isoTime(startedAt) ?? 'unknown-time').slice(0, 19).replaceAll(':', '-')}Z`;
}

/** Takes a name that nobody has yet, by creating both files exclusively: two runs in one second never share one. */
async function claim(dir: string, name: string): Promise<ReportFiles> {
  for (let n = 1; ; n++) {
    const base = join(dir, n === 1 ? name : `${name}-${n}`);
    const paths = { markdown: `${base}.md`, json: `${base}.json` };
    if (!(await createNew(paths.markdown))) continue;
    if (await createNew(paths.json)) return paths;
    await rm(paths.markdown, { force: true });
  }
}

async function createNew(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new StorageError('create', path, error);
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(path, text, { mode: 0o600 });
  } catch (error) {
    throw new StorageError('write', path, error);
  }
}
