import { utimesSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageError } from '../util/errors.ts';
import { ensureFolder } from './files.ts';

/** What lies in the lock folder. An empty folder counts as a mark without a name: somebody is between two steps. */
export type Mark = {
  readonly name: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly renewedAt: number;
};

/** What the lock needs of a file system. What can fail throws {StorageError}. */
export type LockFolder = {
  /** None when nobody has the lock. */
  marks(): Promise<readonly Mark[]>;
  /** Puts the only mark there. INVARIANT: of any number at the same time one succeeds, and none while there is a mark. */
  put(name: string, text: string): Promise<boolean>;
  /** INVARIANT: removes the mark of this name and never another one. */
  remove(name: string): Promise<void>;
  /** Sets the time of a mark; never throws. Synchronous, because it is asked right before every write. */
  renew(name: string, at: number): 'renewed' | 'gone' | 'failed';
};

/**
 * `lock/` in the state folder. A mark has a name that nobody uses twice, and comes into being together with its folder:
 * a folder with the mark in it is made aside and renamed to `lock`, which the system does at once and refuses when a
 * folder is there with something in it. So whoever takes a dead owner's lock over removes exactly what was looked at,
 * and one who was slow meanwhile removes nothing.
 */
export function openLockFolder(stateDir: string): LockFolder {
  const folder = join(stateDir, 'lock');

  return {
    async marks() {
      try {
        const names = await readdir(folder);
        const marks = names.length === 0 ? [await emptyMark()] : await Promise.all(names.map(markOf));
        return marks.filter((mark) => mark !== null);
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw new StorageError('lock', stateDir, error);
      }
    },

    async put(name, text) {
      const aside = `${folder}.${name}`;
      try {
        ensureFolder(stateDir);
        await mkdir(aside, { mode: 0o700 });
        await writeFile(join(aside, name), text, { mode: 0o600, flag: 'wx' });
        await rename(aside, folder);
        return true;
      } catch (error) {
        await rm(aside, { recursive: true, force: true }).catch(() => undefined);
        if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return false;
        throw error instanceof StorageError ? error : new StorageError('lock', stateDir, error);
      }
    },

    async remove(name) {
      try {
        if (name !== '') await removeEntry(join(folder, name));
        // Only an empty folder can be removed, and an empty one is nobody's.
        await rmdir(folder).catch(() => undefined);
      } catch (error) {
        throw new StorageError('unlock', stateDir, error);
      }
    },

    renew(name, at) {
      try {
        utimesSync(join(folder, name), new Date(at), new Date(at));
        return 'renewed';
      } catch (error) {
        return codeOf(error) === 'ENOENT' ? 'gone' : 'failed';
      }
    },
  };

  async function emptyMark(): Promise<Mark> {
    return { name: '', text: '', renewedAt: (await stat(folder)).mtimeMs };
  }

  /** Null for one that is gone meanwhile. What is not one of ours is a mark too, of nobody knows whom. */
  async function markOf(name: string): Promise<Mark | null> {
    const file = join(folder, name);
    try {
      const { mtimeMs } = await stat(file);
      return { name, text: await readFile(file, 'utf8').catch(() => ''), renewedAt: mtimeMs };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }
}

async function removeEntry(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    if (!['EISDIR', 'EPERM'].includes(codeOf(error))) throw error;
    await rm(path, { recursive: true, force: true });
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
