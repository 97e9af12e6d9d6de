import { createApp } from '../app.ts';
import { runDaemon } from '../daemon/daemon.ts';
import { onStopSignals } from '../daemon/signals.ts';
import { systemClock } from '../kit/clock.ts';
import { MemoryError } from '../kit/errors.ts';
import { exitCodeOf } from '../run_draft.ts';
import { takeLock } from '../state/lock.ts';
import { openMemory } from '../state/memory.ts';
import { prepared } from './prepared.ts';
import type { Surroundings } from './surroundings.ts';

/** `portcullis start`: cycles on the schedule until a signal; holds the lock on the state folder all the time. */
export async function startCommand(surroundings: Surroundings, { now }: { now: boolean }): Promise<number> {
  const clock = systemClock;
  const { config, log, progress, notices } = prepared(surroundings);
  const app = await createApp({ config, clock, log, progress, notices, version: surroundings.version });
  const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
  let lock = await takeLock(config.places.state, clock, stop.signal, () => log.warn('lock.waiting'));
  try {
    await runDaemon({
      schedule: config.schedule,
      clock,
      log,
      lastRun: await lastRunOf(config.places.state),
      now,
      signal: stop.signal,
      cycle: async () => {
        // Nobody is asked at four in the morning: without autonomous mode the daemon only observes.
        // Lost after a long sleep of the machine, say: without a new one every cycle to come would do nothing.
        if (!lock.held())
          lock = await takeLock(config.places.state, clock, stop.signal, () => log.warn('lock.waiting'));
        await app.runOnce({ dryRun: false, ask: null, signal: stop.signal, lockHeld: lock.held });
      },
    });
    return exitCodeOf('stopped', stop.received());
  } finally {
    await lock.release();
  }

  async function lastRunOf(stateDir: string): Promise<number | null> {
    try {
      return (await openMemory(stateDir, clock)).lastRun;
    } catch (error) {
      // Each run finds the same and says so in its report; the schedule goes on.
      if (error instanceof MemoryError) return null;
      throw error;
    }
  }
}
