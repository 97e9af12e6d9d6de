/** The lock folder on the simulated disk, and the machines whose processes ask after each other. */

import type { Host } from '../../src/store/host.ts';
import type { LockFolder, Mark } from '../../src/store/lock_folder.ts';
import { StorageError } from '../../src/util/errors.ts';
import type { DiskCall, DiskFate } from './disk.ts';
import type { Machine } from './machine.ts';

/** The one lock folder that all processes share; null while there is none. */
export type LockState = { folder: { mtime: number; mark: Mark | null } | null };

type Parts = {
  readonly lock: LockState;
  readonly machine: Machine;
  readonly conditions: (call: DiskCall) => DiskFate;
};

export function simulatedLockFolder({ lock, machine, conditions }: Parts): LockFolder {
  function step<T>(
    operation: string,
    frees: boolean,
    work: () => T,
    more: { torn?(): void; tell?(t: T): string } = {},
  ) {
    const name = `lock ${operation}`;
    const { ms, code, leaves } = conditions({ name, writes: operation !== 'look', frees });
    return machine.port({
      name,
      ms,
      work: () => {
        if (code !== null && leaves === 'everything') work();
        if (code !== null) throw new StorageError('lock', 'lock', Object.assign(new Error(code), { code }));
        return work();
      },
      tellFailure: () => `${code}`,
      ...more,
    });
  }
  const unlink = (name: string) => {
    if (lock.folder?.mark?.name === name) lock.folder = { mtime: Date.now(), mark: null };
  };

  return {
    marks: () =>
      step(
        'look',
        false,
        () => {
          if (lock.folder === null) return [];
          return [lock.folder.mark ?? { name: '', text: '', renewedAt: lock.folder.mtime }];
        },
        { tell: ([mark]) => (mark === undefined ? 'free' : mark.name === '' ? 'empty' : `taken by ${pidIn(mark)}`) },
      ),
    put: (name, text) =>
      step(
        'put',
        false,
        () => {
          if (lock.folder !== null && lock.folder.mark !== null) return false;
          lock.folder = { mtime: Date.now(), mark: { name, text, renewedAt: Date.now() } };
          return true;
        },
        { tell: String },
      ),
    async remove(name) {
      await step('remove', true, () => unlink(name), { torn: () => unlink(name) });
      // Only an empty folder can be removed.
      await step('remove the folder', true, () => {
        if (lock.folder?.mark === null) lock.folder = null;
      }).catch(() => undefined);
    },
    renew(name, at) {
      if (machine.dead) return 'failed';
      if (conditions({ name: 'lock renew', writes: true, frees: false }).code !== null) return 'failed';
      const mark = lock.folder?.mark;
      if (mark?.name !== name) return 'gone';
      lock.folder = { mtime: lock.folder?.mtime ?? at, mark: { ...mark, renewedAt: at } };
      return 'renewed';
    },
  };
}

const pidIn = ({ text }: Mark): string => `process ${(JSON.parse(text) as { pid: number }).pid}`;

/** A machine's own processes can be asked after; those of another one cannot. */
export function simulatedHost(host: string, pid: number, isAlive: (pid: number) => boolean): Host {
  const boot = `boot of ${host}`;
  return {
    self: { pid, host, boot, startedAt: `${pid}` },
    fate: (other) => (other.boot !== boot ? 'unknown' : isAlive(other.pid) ? 'alive' : 'dead'),
  };
}
