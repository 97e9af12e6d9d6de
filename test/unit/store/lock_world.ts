/** A lock folder in memory, and machines on which processes live as a test says. */
import type { Fate, Host, HostProcess } from '../../../src/store/host.ts';
import type { LockFolder, Mark } from '../../../src/store/lock_folder.ts';

export type MemoryFolder = { marks: Map<string, Mark>; now: number };

/** `pause` stands before every call, as the disk of a busy machine does. */
export function folderInMemory(
  shared: MemoryFolder,
  {
    pause = async () => {},
    dead = () => false,
  }: { pause?: (what: string) => Promise<void>; dead?: () => boolean } = {},
): LockFolder {
  const { marks } = shared;
  return {
    async marks() {
      await pause('looks');
      return [...marks.values()];
    },
    async put(name, text) {
      await pause('puts');
      if (marks.size > 0) return false;
      marks.set(name, { name, text, renewedAt: shared.now });
      return true;
    },
    async remove(name) {
      await pause('removes');
      marks.delete(name);
    },
    renew(name, at) {
      if (dead()) return 'failed';
      const mark = marks.get(name);
      if (mark === undefined) return 'gone';
      marks.set(name, { ...mark, renewedAt: at });
      return 'renewed';
    },
  };
}

export const aProcess = (pid: number, part: Partial<HostProcess> = {}): HostProcess => ({
  ...{ pid, host: 'machine', boot: 'boot', startedAt: `${pid}0` },
  ...part,
});

/** `fate` decides about every process that is asked about. */
export const hostOf = (self: HostProcess, fate: (process: HostProcess) => Fate): Host => ({ self, fate });
