import { randomInt } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StorageError } from '../util/errors.ts';
import { ensureFolder, FILE_MODE, flushFolder } from './files.ts';

/** A file on its way is a half one, beside its place and under a name that nobody gives to a file of their own. */

/** Whether a file of that name is a half one; one that is old has lost its process. */
export const isHalf = (name: string): boolean => HALF.test(name);

const HALF = /^\..{1,255}\.portcullis-half-\d{1,10}$/;
const halfOf = (file: string): string =>
  join(dirname(file), `.${basename(file)}.portcullis-half-${randomInt(2 ** 31)}`);

/** A file as a whole or not at all. @throws {StorageError} */
export const replaceFile = (file: string, text: string): Promise<void> =>
  replaceWith(file, (handle) => handle.writeFile(text));

/** Who replaces which file at the moment. */
const turns = new Map<string, Promise<void>>();

/**
 * Replaces a file as a whole or not at all by what `write` puts into it: a half one, flush to disk, rename, flush of the
 * folder. One after the other for each file, so that who came last is who stands in it. A link stays one, and a file
 * stays with its owner also when root replaces it. @throws {StorageError}
 */
export async function replaceWith(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const turn = (turns.get(file) ?? Promise.resolve()).then(() => replaced(file, write));
  const over = turn.catch(() => {});
  turns.set(file, over);
  await turn.finally(() => {
    if (turns.get(file) === over) turns.delete(file);
  });
}

async function replaced(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  let half: string | null = null;
  let handle: FileHandle | null = null;
  try {
    ensureFolder(dirname(file));
    const place = await realpath(file).catch(() => file);
    const before = await stat(place).catch(() => null);
    half = halfOf(place);
    handle = await open(half, 'wx', FILE_MODE);
    await write(handle);
    // Who may not give files away need not: theirs it was before.
    if (before !== null) await handle.chown(before.uid, before.gid).catch(() => undefined);
    await handle.sync();
    await handle.close();
    handle = null;
    await rename(half, place);
    await flushFolder(dirname(place));
  } catch (error) {
    await handle?.close().catch(() => undefined);
    if (half !== null) await rm(half, { force: true }).catch(() => undefined);
    throw error instanceof StorageError ? error : new StorageError('write', file, error);
  }
}
