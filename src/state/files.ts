import { constants, mkdirSync } from 'node:fs';
import { chmod, copyFile, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { StorageError } from '../kit/errors.ts';

/** Only the agent's own user may look into its memory. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** @throws {StorageError} */
export function ensureFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    throw new StorageError('create', folder, error);
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

/** Replaces a file as a whole or not at all: temporary file, flush to disk, rename, flush of the folder. @throws {StorageError} */
export async function replaceFile(file: string, text: string | Buffer): Promise<void> {
  try {
    ensureFolder(dirname(file));
    await writeFileAtomic(file, text, { mode: FILE_MODE });
    await flushFolder(dirname(file));
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError('write', file, error);
  }
}

/** Appends lines that are on disk, whole, when this resolves; when it throws, none of them is. @throws {StorageError} */
export async function appendDurably(file: string, text: string): Promise<void> {
  try {
    ensureFolder(dirname(file));
    const handle = await open(file, 'a', FILE_MODE);
    const { size } = await handle.stat();
    try {
      await handle.appendFile(text);
      await handle.datasync();
    } catch (error) {
      // Half a line, which a full disk leaves, would swallow the next one.
      await handle.truncate(size).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
    await flushFolder(dirname(file));
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError('write', file, error);
  }
}

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
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
