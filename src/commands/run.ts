import { createApp } from '../app.ts';
import { onStopSignals } from '../daemon/signals.ts';
import { systemClock } from '../kit/clock.ts';
import { toJson } from '../report/json.ts';
import { exitCodeOf } from '../run_draft.ts';
import { takeLock } from '../state/lock.ts';
import { askAtTerminal } from '../terminal/ask.ts';
import { summary } from '../terminal/summary.ts';
import { prepared } from './prepared.ts';
import type { Surroundings } from './surroundings.ts';

/** `portcullis run`: one cycle, then the summary (or the JSON document) on stdout. Gives the exit code. */
export async function runCommand(
  surroundings: Surroundings,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const clock = systemClock;
  const { config, log, progress, notices } = prepared(surroundings);
  const app = await createApp({ config, clock, log, progress, notices, version: surroundings.version });
  const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
  const lock = await takeLock(config.places.state, clock, stop.signal, () => log.warn('lock.waiting'));
  try {
    const ask = process.stdin.isTTY && process.stderr.isTTY ? askAtTerminal : null;
    const { record, files } = await app.runOnce({ dryRun, ask, signal: stop.signal, lockHeld: lock.held });
    process.stdout.write(
      json ? `${JSON.stringify(toJson(record), null, 2)}\n` : summary(record, files?.markdown ?? null),
    );
    return exitCodeOf(record.verdict, stop.received());
  } finally {
    await lock.release();
  }
}
