import { createHeartbeat } from '../../daemon/heartbeat.ts';
import { jsonParts } from '../../report/json.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { askAtTerminal } from '../../terminal/ask.ts';
import { say } from '../../terminal/say.ts';
import { summary } from '../../terminal/summary.ts';
import type { CommandContext } from '../context/command_context.ts';
import { openApp, takeState } from '../context/opened_app.ts';

/** `portcullis run`: one cycle, then the summary (or the JSON document) on stdout. Gives the exit code. */
export async function runCommand(
  context: CommandContext,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const opened = await openApp(context);
  const { config, log, app } = opened;
  const { stop, lock } = await takeState(opened);
  // A dry run must not tell the monitor that all is well.
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
