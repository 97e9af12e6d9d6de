import { mkdirSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
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
export async function replaceFile(file: string, text: string): Promise<void> {
  try {
    ensureFolder(dirname(file));
    await writeFileAtomic(file, text, { mode: FILE_MODE });
    await flushFolder(dirname(file));
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError('write', file, error);
  }
}

/** Appends lines that are on disk when this resolves. @throws {StorageError} */
export async function appendDurably(file: string, text: string): Promise<void> {
  try {
    ensureFolder(dirname(file));
    const handle = await open(file, 'a', FILE_MODE);
    try {
      await handle.appendFile(text);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await flushFolder(dirname(file));
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError('write', file, error);
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
