import { createFallback } from '../../daemon/fallback.ts';
import { readPlan } from '../../plan/plan_file.ts';
import { jsonParts } from '../../report/json.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { say, tell } from '../../terminal/say.ts';
import { summary } from '../../terminal/summary.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import type { CommandContext } from '../context/command_context.ts';
import { fallbackFor, openApp, takeState } from '../context/opened_app.ts';
import { personOf } from '../context/person.ts';

/** `portcullis apply`: carries out a plan that a person approved, whatever AUTONOMOUS_MODE says. Gives the exit code. */
export async function applyCommand(
  context: CommandContext,
  { file, approvedBy, json }: { file: string; approvedBy: string | null; json: boolean },
): Promise<number> {
  const approver = personOf('--approved-by', approvedBy);
  // First: a file that holds no plan is told at once, before the program and its policies are loaded.
  const plan = await readPlan(file);
  const opened = await openApp(context);
  const { config, clock, log } = opened;
  const { stop, lock } = await takeState(opened);
  try {
    const options = { signal: stop.signal, lockHeld: lock.held };
    const { version } = context;
    const fallback = createFallback({ ...fallbackFor(config), version, clock, log, signal: stop.signal });
    // What is refused before anything is done is told to the person who asked for it, and to nobody else.
    const applied = await opened.app.applyOnce({ ...options, plan, approvedBy: approver });
    const { record, files } = await fallback.around(async () => applied);
    if (json) for (const part of jsonParts(record)) say(part);
    else {
      say(`\n${plan.plan_id}, approved by ${approver}\n`);
      say(summary(record, files?.markdown ?? null));
      for (const warning of record.warnings) tell(`! ${terminalLine(warning)}\n`);
    }
    return exitCodeOf(record.verdict, stop.received());
  } finally {
    await lock.release();
  }
}
