import type { App } from '../../app.ts';
import { createFallback } from '../../daemon/fallback.ts';
import type { StopSignal } from '../../daemon/signals.ts';
import type { Plan } from '../../plan/plan.ts';
import { readPlan } from '../../plan/plan_file.ts';
import { jsonParts } from '../../report/json.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { planToApprove } from '../../terminal/plan_table.ts';
import { canAsk, question } from '../../terminal/question.ts';
import { say, tell } from '../../terminal/say.ts';
import { summary } from '../../terminal/summary.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { ConfigError } from '../../util/errors.ts';
import type { CommandContext } from '../context/command_context.ts';
import { fallbackFor, openApp, takeState } from '../context/opened_app.ts';
import { personOf } from '../context/person.ts';

/**
 * `portcullis apply`: carries out a plan that a person approved, whatever AUTONOMOUS_MODE says. Gives the exit code.
 * INVARIANT: nothing is done that nobody said yes to: by name on the command line, or to the plan as it was shown.
 */
export async function applyCommand(
  context: CommandContext,
  { file, approvedBy, json }: { file: string; approvedBy: string | null; json: boolean },
): Promise<number> {
  const asks = approvedBy === null;
  if (asks && (json || !canAsk())) throw new ConfigError([UNNAMED]);
  const approver = personOf('--approved-by', approvedBy);
  // First: a file that holds no plan is told at once, before the program and its policies are loaded.
  const plan = await readPlan(file);
  const opened = await openApp(context);
  const { config, clock, log } = opened;
  const { stop, lock } = await takeState(opened);
  try {
    if (asks && !(await approvedAtTerminal(opened.app, plan, approver, stop))) {
      tell('Nothing was done. The plan is as it was.\n');
      return stop.received() === null ? 0 : exitCodeOf('stopped', stop.received());
    }
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

const UNNAMED = {
  setting: '--approved-by',
  message: 'must say who approved the plan: `apply` shows it and asks only on a terminal, and not with --json',
};

const ANSWERS = { y: true, yes: true, n: false, no: false, '': false, q: false, quit: false } as const;

/**
 * Shows the plan and asks once. What would be refused is told in place of the question; an empty plan needs none.
 * @throws {PlanError}
 */
async function approvedAtTerminal(
  app: Pick<App, 'preparedBy'>,
  plan: Plan,
  approver: string,
  { signal }: StopSignal,
): Promise<boolean> {
  const record = await app.preparedBy(plan);
  const count = plan.entries.length;
  if (count === 0) return true;
  tell(`${planToApprove({ plan, record })}\n`);
  const what = count === 1 ? 'this action' : `these ${count} actions`;
  return question<boolean>(
    `Carry out ${what}, approved by ${terminalLine(approver, 100)}? [y/N] `,
    ANSWERS,
    false,
    signal,
  );
}
