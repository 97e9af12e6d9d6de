/**
 * One life of the program: started, locked, one run, unlocked, as `portcullis run` does it; or `plan` and then `apply`; or several with pauses, as
 * `portcullis start` does it; or however far it gets.
 */
import { createApp } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import type { RunRecord } from '../../src/domain/run_record.ts';
import { TEXT_FLAG_NAMES } from '../../src/enrich/screening/text_flags.ts';
import type { Network } from '../../src/http/network.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { PlanError } from '../../src/plan/plan_error.ts';
import { loadPolicy, type Policy } from '../../src/policy/load.ts';
import type { Disk } from '../../src/store/disk.ts';
import type { Host } from '../../src/store/host.ts';
import { takeLock } from '../../src/store/lock.ts';
import type { LockFolder } from '../../src/store/lock_folder.ts';
import { systemClock } from '../../src/util/clock.ts';
import { describeError, LockedError, StorageError } from '../../src/util/errors.ts';
import type { Log } from '../../src/util/log.ts';
import { silentProgress } from '../../src/util/progress.ts';
import type { Machine } from './machine.ts';
import type { Time } from './time.ts';

export type LifeParts = {
  readonly machine: Machine;
  readonly time: Time;
  readonly config: Config;
  readonly log: Log;
  readonly disk: Disk;
  readonly network: Network;
  readonly host: Host;
  readonly lockFolder: LockFolder;
  readonly random: () => number;
  /** The pauses after each run but the last; none for `portcullis run`. */
  readonly pausesMs: readonly number[];
  /** Who has a plan prepared and applies it, instead of a run; null for a run. */
  readonly approver: string | null;
  /** What happens to the plan, and on the disk, before it is applied. */
  readonly meddle: ((plan: Plan) => Plan) | null;
};

export type Ended =
  | { readonly kind: 'ran'; readonly verdict: RunRecord['verdict']; readonly record: RunRecord }
  | { readonly kind: 'died' }
  /** It said why it would not run, as it does to an operator. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Something was thrown that nobody should ever see. */
  | { readonly kind: 'broke'; readonly error: unknown };

export function live(parts: LifeParts): Promise<Ended> {
  const { machine, time } = parts;
  const ended = time.as(machine, () => life(parts).catch(endedBy));
  return Promise.race([ended, machine.died.then((): Ended => ({ kind: 'died' }))]);
}

async function life({ machine, time, config, log, pausesMs, approver, meddle, ...world }: LifeParts): Promise<Ended> {
  const clock = systemClock;
  const progress = silentProgress;
  const { disk, network, random, host, lockFolder: folder } = world;
  const policy = await time.hold(loadedOnce(config.places.policy));
  const options = { config, clock, log, progress, version: '0.0.0', disk, network, random, policy };
  const app = await time.hold(createApp(options));
  const { signal } = machine.stop;
  const take = () =>
    takeLock(config.places.state, clock, { signal, onWait: () => log.warn('lock.waiting'), host, folder });
  let lock = await take();
  try {
    for (const pause of [...pausesMs, null]) {
      // A daemon goes on after a cycle that threw.
      const ended = await cycle().catch(pausesMs.length > 0 ? endedBy : rethrown);
      if (pause === null || signal.aborted || ended.kind === 'broke') return ended;
      await clock.sleep(pause, signal);
    }
    throw new Error('a life without an end');
  } finally {
    await lock.release();
  }

  async function cycle(): Promise<Ended> {
    if (!lock.held()) {
      await lock.release();
      lock = await take();
    }
    const cycle = { signal, lockHeld: lock.held };
    if (approver === null) return ranBy(await app.runOnce({ dryRun: false, ask: null, ...cycle }));
    const prepared = await app.planOnce(cycle);
    if (prepared.plan === null) return ranBy(prepared);
    const plan = meddle?.(prepared.plan) ?? prepared.plan;
    return ranBy(await app.applyOnce({ plan, approvedBy: approver, ...cycle }));
  }
}

const ranBy = ({ record }: { record: RunRecord }): Ended => ({ kind: 'ran', verdict: record.verdict, record });

const rethrown = (error: unknown): never => {
  throw error;
};

let loading: Promise<Policy> | undefined;

/** A policy takes longer to load than a run takes, and never changes: one for all scenarios. */
function loadedOnce(folder: string): Promise<Policy> {
  loading ??= loadPolicy(folder, { textFlags: TEXT_FLAG_NAMES });
  return loading;
}

function endedBy(error: unknown): Ended {
  const foreseen = error instanceof LockedError || error instanceof StorageError || error instanceof PlanError;
  return foreseen ? { kind: 'refused', why: describeError(error) } : { kind: 'broke', error };
}
