import { closeSync, constants, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { chmod, copyFile, type FileHandle, lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageError } from '../util/errors.ts';

/** Only the agent's own user may read its state. */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** @throws {StorageError} */
export function ensureFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new StorageError('create', folder, error);
  }
}

/** Level by level: Node's own way of making several reports a read-only disk as "no such folder". */
function makeFolder(folder: string): void {
  const parent = dirname(folder);
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (error) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    makeFolder(parent);
    makeFolder(folder);
    return;
  }
  // As with a file: a new name survives a power cut only when the folder that it is in is flushed too.
  const handle = openSync(parent, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The text of a file, or null when there is none. @throws {StorageError} */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StorageError('read', file, error);
  }
}

/** The bytes of a file, or null when there is none: for files that may be too large for one text. @throws {StorageError} */
export async function bytesIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StorageError('read', file, error);
  }
}

/** The first so many bytes of a file as text, or null when there is none. @throws {StorageError} */
export async function beginningOf(file: string, bytes: number): Promise<string | null> {
  return (await partOf(file, 0, bytes))?.toString('utf8') ?? null;
}

/** At most `bytes` bytes of a file from byte `from` on, fewer only at its end; null when there is none. @throws {StorageError} */
export async function partOf(file: string, from: number, bytes: number): Promise<Buffer | null> {
  try {
    return await withHandle(await open(file, 'r'), async (handle) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(bytes, (await handle.stat()).size - from)));
      let length = 0;
      // A system may give less than it was asked for before the end.
      for (let got = -1; length < buffer.length && got !== 0; length += got) {
        got = (await handle.read(buffer, length, buffer.length - length, from + length)).bytesRead;
      }
      return buffer.subarray(0, length);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StorageError('read', file, error);
  }
}

/** Closes the file afterwards. INVARIANT: of two errors the first comes out; a disk that is full says so again on closing. */
async function withHandle<T>(handle: FileHandle, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work(handle);
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
  await handle.close();
  return result;
}

/** Sorted; none when there is no such folder. @throws {StorageError} */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new StorageError('read the folder', folder, error);
  }
}

/** Makes an empty file unless there is one of that name already: whether it was made. @throws {StorageError} */
export async function claimName(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx', FILE_MODE)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new StorageError('create', file, error);
  }
}

/** A file that is not there is gone already. @throws {StorageError} */
export async function removeDurably(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
    await flushFolder(dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new StorageError('remove', file, error);
  }
}

/** @throws {StorageError} */
export async function renameDurably(file: string, to: string): Promise<void> {
  try {
    await rename(file, to);
    await flushFolder(dirname(to));
  } catch (error) {
    throw new StorageError('rename', file, error);
  }
}

/** Bytes, or null when there is no such file. @throws {StorageError} */
export async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StorageError('look at', file, error);
  }
}

/**
 * What stands under a name, without opening it: a plain file (also one that a link leads to), or anything else, such as a
 * folder, a pipe or a link to nowhere; null when nothing does. @throws {StorageError}
 */
export async function kindOf(file: string): Promise<'file' | 'other' | null> {
  try {
    const found = await lstat(file);
    if (!found.isSymbolicLink()) return found.isFile() ? 'file' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StorageError('look at', file, error);
  }
  const target = await stat(file).catch(() => null);
  return target?.isFile() === true ? 'file' : 'other';
}

/**
 * Appends lines that are on disk, whole, when this resolves; when it throws, none of them is. With `expected`, only to a
 * file of that many bytes: otherwise somebody else wrote to it, and nothing is (code `ESTALE`). @throws {StorageError}
 */
export async function appendDurably(file: string, text: string, expected?: number): Promise<void> {
  try {
    const size = await withHandle(await openedToAppend(file), async (handle) => {
      const before = (await handle.stat()).size;
      try {
        if (expected !== undefined && before !== expected)
          throw new StorageError('append to', file, { code: 'ESTALE' });
        await handle.appendFile(text);
        await handle.datasync();
        return before;
      } catch (error) {
        // Half a line, which a full disk leaves, would swallow the next one.
        if (!isStale(error)) await takeBack(handle, before, text).catch(() => undefined);
        throw error;
      }
    });
    // What an earlier append of this process flushed has its name on disk already, unless it was made anew.
    if (size > 0 && NAMED.has(file)) return;
    await flushFolder(dirname(file));
    NAMED.add(file);
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError('write', file, error);
  }
}

/** Files that stand on disk under their names: a few, for as long as the process lives. */
const NAMED = new Set<string>();

/** Its folder is made only when it is missing: that is asked once for each entry of the ledger. */
async function openedToAppend(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'a+', FILE_MODE);
  } catch (error) {
    if (!NO_FOLDER.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    ensureFolder(dirname(file));
    return open(file, 'a+', FILE_MODE);
  }
}
const NO_FOLDER: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** Takes off what a file holds after its first `bytes` bytes. @throws {StorageError} */
export async function cutDurably(file: string, bytes: number): Promise<void> {
  try {
    await withHandle(await open(file, 'r+'), async (handle) => {
      await handle.truncate(bytes);
      await handle.sync();
    });
  } catch (error) {
    throw new StorageError('write', file, error);
  }
}

/** Cuts off what a failed append left behind `size`, unless somebody else wrote there too: that is not ours to take. */
async function takeBack(handle: FileHandle, size: number, text: string): Promise<void> {
  const ours = Buffer.from(text);
  // One byte more than can be ours, so that a longer rest is seen.
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(ours.length + 1), 0, ours.length + 1, size);
  if (ours.subarray(0, bytesRead).equals(buffer.subarray(0, bytesRead))) await handle.truncate(size);
}

/** Whether an append was refused because the file is not as it was left. */
export const isStale = (error: unknown): boolean => error instanceof StorageError && error.systemCode === 'ESTALE';

/** Copies a file byte by byte under a new name, unless that is taken. @throws {StorageError} */
export async function copyAside(file: string, aside: string): Promise<void> {
  try {
    await copyFile(file, aside, constants.COPYFILE_EXCL);
    await chmod(aside, FILE_MODE);
    await flushFolder(dirname(aside));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new StorageError('copy', file, error);
  }
}

/** A new name survives a power cut only when its folder is flushed too. */
export async function flushFolder(folder: string): Promise<void> {
  await withHandle(await open(folder, 'r'), (handle) => handle.sync());
}
