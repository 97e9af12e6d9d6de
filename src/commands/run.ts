import { createApp } from '../app.ts';
import { createHeartbeat } from '../daemon/heartbeat.ts';
import { onStopSignals } from '../daemon/signals.ts';
import { systemClock } from '../kit/clock.ts';
import { processMeter } from '../kit/process_meter.ts';
import { jsonParts } from '../report/json.ts';
import { exitCodeOf } from '../run_draft.ts';
import { askAtTerminal } from '../terminal/ask.ts';
import { say } from '../terminal/say.ts';
import { summary } from '../terminal/summary.ts';
import { lockState } from './locked_state.ts';
import { prepared } from './prepared.ts';
import type { Surroundings } from './surroundings.ts';

/** `portcullis run`: one cycle, then the summary (or the JSON document) on stdout. Gives the exit code. */
export async function runCommand(
  surroundings: Surroundings,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const clock = systemClock;
  const { config, log, progress, notices } = prepared(surroundings);
  const app = await createApp({
    config,
    clock,
    log,
    progress,
    notices,
    meter: processMeter,
    version: surroundings.version,
  });
  const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
  const lock = await lockState(config, { clock, log, signal: stop.signal });
  // A rehearsal is no run: it must not tell the monitor that all is well.
  const around = createHeartbeat(dryRun ? undefined : config.watching.heartbeatUrl, log);
  const { record } = await around(async () => {
    try {
      const ask = process.stdin.isTTY && process.stderr.isTTY ? askAtTerminal : null;
      const result = await app.runOnce({ dryRun, ask, signal: stop.signal, lockHeld: lock.held });
      const { record, files } = result;
      if (json) for (const part of jsonParts(record)) say(part);
      else say(summary(record, files?.markdown ?? null));
      return result;
    } finally {
      await lock.release();
    }
  });
  return exitCodeOf(record.verdict, stop.received());
}
