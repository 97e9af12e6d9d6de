import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import type { Clock } from '../kit/clock.ts';
import { LockedError, StorageError } from '../kit/errors.ts';
import { ensureFolder, replaceFile } from './files.ts';

export type Lock = {
  /** False once the lock was lost, for instance after a long sleep of the machine: then somebody else may be acting. */
  held(): boolean;
  release(): Promise<void>;
};

/** A lock that was not refreshed for so long belongs to a dead owner. */
const STALE_MS = 10_000;

/**
 * Takes the state folder for this process. The lock is a folder that its owner touches every few seconds, so that it
 * works on any file system and a crash leaves nothing for a person to clean up: when the owner is dead, this waits
 * until the lock is stale and takes it over.
 * @throws {LockedError} when a live process holds it
 * @throws {StorageError} when the folder cannot be used
 */
export async function takeLock(
  stateDir: string,
  clock: Clock,
  signal?: AbortSignal,
  onWait: () => void = () => {},
): Promise<Lock> {
  ensureFolder(stateDir);
  const ownerFile = join(stateDir, 'lock.json');
  let held = true;
  const deadline = clock.now() + STALE_MS + 3_000;
  for (let waited = false; ; ) {
    try {
      const release = await lockfile.lock(stateDir, {
        lockfilePath: join(stateDir, 'lock'),
        stale: STALE_MS,
        update: STALE_MS / 4,
        realpath: false,
        onCompromised: () => {
          held = false;
        },
      });
      const owner = { pid: process.pid, host: hostname(), since: clock.now() };
      await replaceFile(ownerFile, `${JSON.stringify(owner)}\n`).catch(async (error: unknown) => {
        await release().catch(() => undefined);
        throw error;
      });
      return {
        held: () => held,
        release: async () => {
          if (held) await release().catch(() => undefined);
          held = false;
        },
      };
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ELOCKED') {
        throw error instanceof StorageError ? error : new StorageError('lock', stateDir, error);
      }
      const owner = readOwner(ownerFile);
      if ((owner !== null && isAlive(owner)) || clock.now() >= deadline || signal?.aborted) {
        const who = owner === null ? 'another process' : `process ${owner.pid} on \`${owner.host}\``;
        throw new LockedError(`${who} is running with the state folder \`${stateDir}\``);
      }
      if (!waited) onWait();
      waited = true;
      await clock.sleep(500, signal);
    }
  }
}

type Owner = { readonly pid: number; readonly host: string };

function readOwner(file: string): Owner | null {
  try {
    const { pid, host } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : null;
  } catch {
    return null;
  }
}

/**
 * Whether waiting is pointless because the owner surely lives. A process on another machine cannot be asked, and one
 * with our own number is from before a restart (in a container every process may be number 1).
 */
function isAlive({ pid, host }: Owner): boolean {
  if (host !== hostname() || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
