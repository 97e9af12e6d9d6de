import {
  appendDurably,
  beginningOf,
  bytesIfThere,
  claimName,
  copyAside,
  cutDurably,
  ensureFolder,
  kindOf,
  namesIn,
  partOf,
  readIfThere,
  removeDurably,
  renameDurably,
  sizeOf,
} from './files.ts';
import { packedLines, replaceByParts } from './parts_file.ts';
import { replaceFile } from './replace_file.ts';

/**
 * Where everything that outlives the process is kept. One object, so that a test can put a disk under the whole program
 * that fills up, goes read-only, or loses power in the middle of a write. Every method throws {StorageError}.
 */
export type Disk = {
  ensureFolder(folder: string): Promise<void>;
  /** The text of a file, or null when there is none. */
  read(file: string): Promise<string | null>;
  /** The same for a file that may be too large for one text. */
  readBytes(file: string): Promise<Buffer | null>;
  /** At most `bytes` bytes of it from byte `from` on, fewer only at its end; null when there is no such file. */
  readPart(file: string, from: number, bytes: number): Promise<Buffer | null>;
  /** The first so many bytes of it, as text. */
  readBeginning(file: string, bytes: number): Promise<string | null>;
  /** The lines of a file that is kept compressed; none when there is no such file. Also throws for one that is damaged. */
  packedLines(file: string): AsyncIterable<string>;
  /** The names in a folder, sorted; none when there is no such folder. */
  names(folder: string): Promise<string[]>;
  /** Makes an empty file unless there is one of that name already: whether it was made. */
  claim(file: string): Promise<boolean>;
  /** Replaces a file as a whole or not at all. INVARIANT: on disk, its folder too, when this resolves. */
  replace(file: string, text: string): Promise<void>;
  /** The same by parts that are made while it is written. What making one of them throws comes out as it is. */
  replaceByParts(file: string, parts: Iterable<string>): Promise<void>;
  /** The same, compressed. */
  packByParts(file: string, parts: Iterable<string>): Promise<void>;
  /**
   * Adds whole lines. INVARIANT: on disk when this resolves; when it throws, none of them is, as far as it can be undone.
   * With `expected`, only to a file of that many bytes (0 for none): otherwise it throws with the code `ESTALE`.
   */
  append(file: string, text: string, expected?: number): Promise<void>;
  /** Takes off what a file holds after its first `bytes` bytes. INVARIANT: on disk when this resolves. */
  cut(file: string, bytes: number): Promise<void>;
  /** What stands under that name, found out without opening it: a link to nowhere is there, and is no file. */
  kind(file: string): Promise<'file' | 'other' | null>;
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
  readBytes: bytesIfThere,
  readPart: partOf,
  readBeginning: beginningOf,
  packedLines,
  names: namesIn,
  claim: claimName,
  replace: replaceFile,
  replaceByParts: (file, parts) => replaceByParts(file, parts, false),
  packByParts: (file, parts) => replaceByParts(file, parts, true),
  append: appendDurably,
  cut: cutDurably,
  kind: kindOf,
  size: sizeOf,
  copyAside,
  rename: renameDurably,
  remove: removeDurably,
};
