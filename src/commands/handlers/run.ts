import { createFallback } from '../../daemon/fallback.ts';
import { createHeartbeat } from '../../daemon/heartbeat.ts';
import { jsonParts } from '../../report/json.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { askAtTerminal } from '../../terminal/ask.ts';
import { canAsk } from '../../terminal/question.ts';
import { say } from '../../terminal/say.ts';
import { summary } from '../../terminal/summary.ts';
import type { CommandContext } from '../context/command_context.ts';
import { fallbackFor, openApp, takeState } from '../context/opened_app.ts';
import { personOf } from '../context/person.ts';
import { toldElsewhere } from '../context/told_elsewhere.ts';

/** `portcullis run`: one cycle, then the summary (or the JSON document) on stdout. Gives the exit code. */
export async function runCommand(
  context: CommandContext,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const { opened, stop, lock } = await beginning(context, dryRun);
  const { config, clock, log, app } = opened;
  // A dry run must not tell the monitor that all is well.
  const around = createHeartbeat(dryRun ? undefined : config.watching.heartbeatUrl, log);
  const { version } = context;
  const fallback = createFallback({ ...fallbackFor(config), version, clock, log, signal: stop.signal });
  const { record } = await around(async () => {
    try {
      const ask = canAsk() ? askAtTerminal : null;
      const person = personOf('--approved-by', null);
      const options = { dryRun, ask, person, signal: stop.signal, lockHeld: lock.held };
      const result = await fallback.around(() => app.runOnce(options));
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

/** A dry run tells nobody that it could not be begun. */
async function beginning(context: CommandContext, dryRun: boolean) {
  const begin = async () => {
    const opened = await openApp(context);
    return { opened, ...(await takeState(opened)) };
  };
  return dryRun ? begin() : toldElsewhere(context, begin);
}
