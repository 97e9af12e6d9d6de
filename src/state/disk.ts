import {
  appendDurably,
  claimName,
  copyAside,
  ensureFolder,
  namesIn,
  readIfThere,
  readPacked,
  removeDurably,
  renameDurably,
  replaceFile,
  replacePacked,
  sizeOf,
} from './files.ts';

/**
 * Where everything that outlives the process is kept. One object, so that a test can put a disk under the whole program
 * that fills up, goes read-only, or loses power in the middle of a write. Every method throws {StorageError}.
 */
export type Disk = {
  ensureFolder(folder: string): Promise<void>;
  /** The text of a file, or null when there is none. */
  read(file: string): Promise<string | null>;
  /** The same for a file that is kept compressed; also throws for one that is damaged. */
  readPacked(file: string): Promise<string | null>;
  /** The names in a folder, sorted; none when there is no such folder. */
  names(folder: string): Promise<string[]>;
  /** Makes an empty file unless there is one of that name already: whether it was made. */
  claim(file: string): Promise<boolean>;
  /** Replaces a file as a whole or not at all. INVARIANT: on disk, its folder too, when this resolves. */
  replace(file: string, text: string): Promise<void>;
  replacePacked(file: string, text: string): Promise<void>;
  /**
   * Adds whole lines. INVARIANT: on disk when this resolves; when it throws, none of them is, as far as it can be undone.
   * With `expected`, only to a file of that many bytes (0 for none): otherwise it throws with the code `ESTALE`.
   */
  append(file: string, text: string, expected?: number): Promise<void>;
  /** Bytes; null when there is no such file. */
  size(file: string): Promise<number | null>;
  /** Copies a file under a new name, unless that is taken. */
  copyAside(file: string, aside: string): Promise<void>;
  rename(file: string, to: string): Promise<void>;
  /** A file that is not there is gone already. */
  remove(file: string): Promise<void>;
};

export const realDisk: Disk = {
  ensureFolder: async (folder) => ensureFolder(folder),
  read: readIfThere,
  readPacked,
  names: namesIn,
  claim: claimName,
  replace: replaceFile,
  replacePacked,
  append: appendDurably,
  size: sizeOf,
  copyAside,
  rename: renameDurably,
  remove: removeDurably,
};
