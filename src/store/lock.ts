import { randomUUID } from 'node:crypto';
import type { Clock } from '../util/clock.ts';
import { LockedError } from '../util/errors.ts';
import { type Fate, type Host, type HostProcess, thisHost } from './host.ts';
import { type LockFolder, type Mark, openLockFolder } from './lock_folder.ts';

export type Lock = {
  /**
   * Whether the state folder is still ours; looked up anew each time it is asked. False for ever once it was lost, for
   * instance after a long sleep of the machine: then somebody else may be acting.
   */
  held(): boolean;
  /** Also for a lock that was lost: what is left of it goes. May be called twice. */
  release(): Promise<void>;
};

export type LockOptions = {
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Told once, when the lock is not free and its owner is not known to live. */
  readonly onWait?: () => void;
  readonly host?: Host;
  readonly folder?: LockFolder;
};

/** How often an owner renews its mark. */
const RENEW_MS = 1_000;
/**
 * An owner that did not get to it for so long believes no more that the lock is its own. A process whose memory holds a
 * window of a million stands still for ten seconds now and then, while what is no longer needed is collected.
 */
const GIVES_UP_MS = 30_000;
/**
 * A mark that nobody renewed for so long is taken over, whoever made it. INVARIANT: longer than an owner believes in its
 * own, with room for a write that was begun just before.
 */
const STALE_MS = 40_000;
/** A mark of a dead owner, or a stale one, is looked at for so long all the same: if the owner lives, it shows. */
const PROBATION_MS = 2_000;
const POLL_MS = 250;
/** Nobody waits for longer than two owners may take to die one after the other. */
const MOST_POLLS = (2 * STALE_MS + 5_000) / POLL_MS;

/**
 * Takes the state folder for this process. Its owner renews a mark in it every second; a crash leaves nothing for a
 * person to clean up: a mark that is not renewed any more is taken over, within seconds when it is certain that its
 * owner is dead.
 * @throws {LockedError} when a live process holds it
 * @throws {StorageError} when the folder cannot be used
 */
export async function takeLock(stateDir: string, clock: Clock, options: LockOptions = {}): Promise<Lock> {
  const { signal, onWait = () => {}, host = thisHost, folder = openLockFolder(stateDir) } = options;
  const name = `${randomUUID()}.json`;
  const watch = watchMarks(clock, host);
  for (let polls = 1; ; polls++) {
    const marks = watch(await folder.marks());
    const alive = marks.find(({ state }) => state === 'alive');
    const waiting = marks.find(({ state }) => state === 'waiting');
    if (alive === undefined && waiting === undefined) {
      for (const { mark } of marks) await folder.remove(mark.name);
      const since = clock.now();
      if (await folder.put(name, `${JSON.stringify({ ...host.self, since })}\n`)) {
        return holding(folder, name, since, clock);
      }
    }
    if (alive !== undefined || signal?.aborted || polls >= MOST_POLLS) {
      const who = whoIs(ownerOf(alive?.mark ?? waiting?.mark));
      throw new LockedError(`${who} is running with the state folder \`${stateDir}\``);
    }
    if (waiting === undefined) continue;
    if (polls === 1) onWait();
    await clock.sleep(POLL_MS, signal);
  }
}

function holding(folder: LockFolder, name: string, since: number, clock: Clock): Lock {
  let renewedAt = since;
  let lost = false;

  /** INVARIANT: a mark that was not renewed in time is never renewed again: somebody may be about to take it over. */
  function renew(): boolean {
    const now = clock.now();
    // Either way: after a clock was put back nobody can tell how long we were away.
    lost ||= Math.abs(now - renewedAt) > GIVES_UP_MS;
    if (lost) return false;
    const answer = folder.renew(name, now);
    if (answer === 'renewed') renewedAt = now;
    lost = answer === 'gone';
    return !lost;
  }

  const timer = setInterval(renew, RENEW_MS);
  timer.unref();
  return {
    held: renew,
    async release() {
      clearInterval(timer);
      lost = true;
      await folder.remove(name).catch(() => undefined);
    },
  };
}

type Seen = { readonly renewedAt: number; readonly at: number; readonly unchangedMs: number };
type Watched = { readonly mark: Mark; readonly state: 'alive' | 'waiting' | 'over' };

/**
 * Tells of each mark whether its owner seems to be alive. Whether it was renewed counts, not whether its time
 * agrees with our clock: clocks of two machines differ. And only time in which we looked: after a sleep of the whole
 * machine its owner gets a moment too.
 */
function watchMarks(clock: Clock, host: Host): (marks: readonly Mark[]) => Watched[] {
  const seen = new Map<string, Seen>();
  return (marks) =>
    marks.map((mark) => {
      const now = clock.now();
      const before = seen.get(mark.name);
      const awakeMs = before === undefined ? 0 : Math.min(Math.max(0, now - before.at), 2 * POLL_MS);
      const unchangedMs = (before?.unchangedMs ?? 0) + awakeMs;
      seen.set(mark.name, { renewedAt: mark.renewedAt, at: now, unchangedMs });

      const owner = ownerOf(mark);
      const fate = owner === null ? 'unknown' : host.fate(owner);
      const renewed = before !== undefined && before.renewedAt !== mark.renewedAt;
      if (fate === 'alive' || renewed) return { mark, state: 'alive' };
      const age = now - mark.renewedAt;
      // A dead owner's clock was ours.
      if (fate === 'dead' && age >= PROBATION_MS) return { mark, state: 'over' };
      const wanted = fate === 'dead' || age > STALE_MS ? PROBATION_MS : STALE_MS;
      return { mark, state: unchangedMs >= wanted ? 'over' : 'waiting' };
    });
}

/** Who has the lock of the state folder, as far as it can be told without taking it; null when nobody has. */
export type LockOwner = { readonly who: string; readonly fate: Fate };

/** Looks, and takes nothing. @throws {StorageError} */
export async function lockOwner(stateDir: string, host: Host = thisHost): Promise<LockOwner | null> {
  const [mark] = await openLockFolder(stateDir).marks();
  if (mark === undefined) return null;
  const owner = ownerOf(mark);
  return { who: whoIs(owner), fate: owner === null ? 'unknown' : host.fate(owner) };
}

const whoIs = (owner: HostProcess | null): string =>
  owner === null ? 'another process' : `process ${owner.pid} on \`${owner.host}\``;

/** Null for a mark that is not one of ours. */
function ownerOf(mark: Mark | undefined): HostProcess | null {
  try {
    const { pid, host, boot, startedAt } = JSON.parse(mark?.text ?? '') as Partial<HostProcess>;
    // A number below 1 would not be a question about one process.
    if (!Number.isSafeInteger(pid) || (pid ?? 0) < 1 || typeof host !== 'string') return null;
    return { pid: pid as number, host, boot: boot ?? null, startedAt: startedAt ?? null };
  } catch {
    return null;
  }
}
