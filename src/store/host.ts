import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, described so that it is told apart from every other one, also from a later one with the same number. */
export type HostProcess = {
  readonly pid: number;
  /** The machine's name. */
  readonly host: string;
  /** Which start of the machine, and which container's set of process numbers; null where the system does not tell. */
  readonly boot: string | null;
  /** When the process was started, in the system's own count; null where it does not tell. */
  readonly startedAt: string | null;
};

/** `dead` and `alive` are certain; a process of another machine or container cannot be asked. */
export type Fate = 'alive' | 'dead' | 'unknown';

/** The machine that this process runs on, as far as the lock has to know it. */
export type Host = {
  readonly self: HostProcess;
  fate(process: HostProcess): Fate;
};

/**
 * Two containers may share a machine, a host name and a folder, and number their processes alike: the name of the set of
 * process numbers tells them apart.
 */
function bootOf(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

type Stat = { readonly startedAt: string; readonly over: boolean };

/** Null where there is no `/proc`, or no such process in it. */
function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; the third comes after the last bracket.
    const [state = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const startedAt = rest[18];
    // Ended, and its parent has not collected its exit code yet: it will never do anything again.
    return startedAt === undefined ? null : { startedAt, over: state === 'Z' || state === 'X' };
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

const self: HostProcess = {
  pid: process.pid,
  host: hostname(),
  boot: bootOf(),
  startedAt: statOf(process.pid)?.startedAt ?? null,
};

export const thisHost: Host = {
  self,
  fate({ pid, host, boot, startedAt }) {
    if (host !== self.host || boot !== self.boot) return 'unknown';
    if (!exists(pid)) return 'dead';
    const stat = statOf(pid);
    if (stat?.over) return 'dead';
    if (stat !== null && startedAt !== null) return stat.startedAt === startedAt ? 'alive' : 'dead';
    // With our own number it is us, or one from before a restart that had the number then.
    return pid === self.pid ? 'unknown' : 'alive';
  },
};
