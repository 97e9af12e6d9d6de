/** Disks in memory that fill up, go read-only, fail, and lose their power in the middle of a write. */
import { createHash } from 'node:crypto';
import { dirname, relative } from 'node:path';
import type { Dice } from '../../simulator/dice.ts';
import type { Disk } from '../../src/store/disk.ts';
import { StorageError } from '../../src/util/errors.ts';
import type { Machine } from './machine.ts';

/** What lies on one disk, by path: the same for every process that has it mounted. */
export type Files = {
  readonly texts: Map<string, string>;
  readonly folders: Map<string, { mtime: number }>;
};

export const blankFiles = (): Files => ({ texts: new Map(), folders: new Map() });

/** What the disk does with one call: how long it takes, and the code it fails with. */
export type DiskFate = {
  readonly ms: number;
  readonly code: 'ENOSPC' | 'EROFS' | 'EIO' | null;
  /** What a failed write left behind: it is undone as a rule, but that may fail like everything else. */
  readonly leaves: 'nothing' | 'a part' | 'everything';
};

export type DiskCall = { readonly name: string; readonly writes: boolean; readonly frees: boolean };

type Parts = {
  readonly files: Files;
  readonly root: string;
  readonly machine: Machine;
  readonly dice: Dice;
  readonly conditions: (call: DiskCall) => DiskFate;
  /** Told of every text that is written. */
  readonly written: (file: string, text: string) => void;
};

/** The disk as one process sees it. */
export function simulatedDisk({ files, root, machine, dice, conditions, written }: Parts): Disk {
  const { texts, folders } = files;

  type Step<T> = {
    readonly doing: string;
    readonly writes?: boolean;
    readonly frees?: boolean;
    readonly work: () => T;
    readonly torn?: () => void;
    readonly tell?: (result: T) => string;
  };

  function step<T>(operation: string, file: string, { doing, work, torn, tell, ...kind }: Step<T>): Promise<T> {
    const name = `disk ${operation} ${relative(root, file)}`;
    const fate = conditions({ name, writes: kind.writes ?? false, frees: kind.frees ?? false });
    const failed = () => new StorageError(doing, file, Object.assign(new Error(`${fate.code}`), { code: fate.code }));
    return machine.port({
      name,
      ms: fate.ms,
      work: () => {
        if (fate.code !== null && fate.leaves === 'nothing') throw failed();
        if (fate.code !== null && fate.leaves === 'a part') {
          torn?.();
          throw failed();
        }
        const result = work();
        if (fate.code !== null) throw failed();
        return result;
      },
      tellFailure: (error) => `${(error as StorageError).systemCode}, leaves ${fate.leaves}`,
      ...(torn !== undefined && { torn }),
      ...(tell !== undefined && { tell }),
    });
  }
  const write = { writes: true };
  const put = (file: string, text: string) => {
    addFolder(folders, dirname(file));
    texts.set(file, text);
    written(file, text);
  };
  const some = (text: string) => text.slice(0, dice.between(0, text.length));
  const begin = (text: string, bytes: number) => Buffer.from(text).subarray(0, bytes).toString();
  const sized = (text: string) =>
    `${Buffer.byteLength(text)} B ${createHash('sha1').update(text).digest('hex').slice(0, 6)}`;
  const replace = (operation: string) => (file: string, text: string) =>
    step(operation, file, {
      ...write,
      doing: 'write',
      work: () => put(file, text),
      torn: () => dice.chance(0.5) && put(file, text),
      tell: () => sized(text),
    });
  const read = (operation: string) => (file: string) =>
    step(operation, file, {
      doing: 'read',
      work: () => texts.get(file) ?? null,
      tell: (text) => (text === null ? 'nothing there' : sized(text)),
    });

  return {
    read: read('read'),
    readBytes: (file) => read('readBytes')(file).then((text) => (text === null ? null : Buffer.from(text))),
    readPart: (file, from, bytes) =>
      read('readPart')(file).then((text) => (text === null ? null : Buffer.from(text).subarray(from, from + bytes))),
    readBeginning: (file, bytes) =>
      read('readBeginning')(file).then((text) => (text === null ? null : text.slice(0, bytes))),
    packedLines: async function* (file) {
      const text = await read('packedLines')(file);
      if (text !== null) yield* text.split('\n');
    },
    replace: replace('replace'),
    replaceByParts: (file, parts) => replace('replaceByParts')(file, [...parts].join('')),
    packByParts: (file, parts) => replace('packByParts')(file, [...parts].join('')),
    ensureFolder: (folder) =>
      step('ensureFolder', folder, { ...write, doing: 'create', work: () => addFolder(folders, folder) }),
    names: (folder) =>
      step('names', folder, {
        doing: 'read the folder',
        work: () => namesIn(files, folder),
        tell: (names) => `${names.length}`,
      }),
    claim: (file) =>
      step('claim', file, {
        ...write,
        doing: 'create',
        work: () => {
          if (texts.has(file)) return false;
          if (!folders.has(dirname(file))) throw new StorageError('create', file, { code: 'ENOENT' });
          texts.set(file, '');
          return true;
        },
        torn: () => dice.chance(0.5) && !texts.has(file) && texts.set(file, ''),
        tell: String,
      }),
    append: (file, text, expected) =>
      step('append', file, {
        ...write,
        doing: 'write',
        work: () => {
          const before = texts.get(file) ?? '';
          if (expected !== undefined && Buffer.byteLength(before) !== expected) {
            throw new StorageError('append to', file, { code: 'ESTALE' });
          }
          put(file, before + text);
        },
        torn: () => {
          const before = texts.get(file) ?? '';
          if (expected === undefined || Buffer.byteLength(before) === expected) put(file, before + some(text));
        },
        tell: () => sized(text),
      }),
    cut: (file, bytes) =>
      step('cut', file, {
        ...write,
        frees: true,
        doing: 'write',
        work: () => put(file, begin(texts.get(file) ?? '', bytes)),
        torn: () => dice.chance(0.5) && put(file, begin(texts.get(file) ?? '', bytes)),
        tell: () => `to ${bytes} B`,
      }),
    kind: (file) =>
      step('kind', file, {
        doing: 'look at',
        work: () => (texts.has(file) ? ('file' as const) : folders.has(file) ? ('other' as const) : null),
        tell: String,
      }),
    size: (file) =>
      step('size', file, {
        doing: 'look at',
        work: () => {
          const text = texts.get(file);
          return text === undefined ? null : Buffer.byteLength(text);
        },
        tell: String,
      }),
    copyAside: (file, aside) =>
      step('copyAside', file, {
        ...write,
        doing: 'copy',
        work: () => {
          const text = texts.get(file);
          if (text === undefined) throw new StorageError('copy', file, { code: 'ENOENT' });
          if (!texts.has(aside)) put(aside, text);
        },
      }),
    rename: (file, to) =>
      step('rename', file, {
        writes: true,
        frees: true,
        doing: 'rename',
        work: () => {
          const text = texts.get(file);
          if (text === undefined) throw new StorageError('rename', file, { code: 'ENOENT' });
          texts.delete(file);
          put(to, text);
        },
      }),
    remove: (file) =>
      step('remove', file, {
        writes: true,
        frees: true,
        doing: 'remove',
        work: () => void texts.delete(file),
        torn: () => dice.chance(0.5) && texts.delete(file),
      }),
  };
}

export function addFolder(folders: Files['folders'], folder: string): void {
  for (let at = folder; !folders.has(at); at = dirname(at)) folders.set(at, { mtime: 0 });
}

function namesIn({ texts, folders }: Files, folder: string): string[] {
  const all = [...texts.keys(), ...folders.keys()].filter((path) => path !== folder && dirname(path) === folder);
  return [...new Set(all.map((path) => path.slice(folder.length + 1)))].sort();
}
