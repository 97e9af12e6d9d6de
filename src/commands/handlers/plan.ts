import { resolve } from 'node:path';
import { refuseForeignFile, writePlan } from '../../plan/plan_file.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { planTable } from '../../terminal/plan_table.ts';
import { say } from '../../terminal/say.ts';
import { summary } from '../../terminal/summary.ts';
import { jsonText } from '../../text/json.ts';
import type { CommandContext } from '../context/command_context.ts';
import { openApp, takeState } from '../context/opened_app.ts';

/** `portcullis plan`: everything but the writes and the mail, and a plan that a person can approve. Gives the exit code. */
export async function planCommand(
  context: CommandContext,
  { out, revert, json }: { out: string; revert: string | null; json: boolean },
): Promise<number> {
  await refuseForeignFile(out);
  const opened = await openApp(context);
  const { stop, lock } = await takeState(opened);
  try {
    const { record, files, plan } = await opened.app.planOnce({ signal: stop.signal, lockHeld: lock.held, revert });
    if (plan !== null) await writePlan(resolve(out), plan);
    const report = files?.markdown ?? null;
    if (json) say(jsonText(plan));
    else if (plan !== null) say(planTable({ plan, file: out, record, report }));
    else say(`${summary(record, report)}\nNo plan was written.\n`);
    return exitCodeOf(record.verdict, stop.received());
  } finally {
    await lock.release();
  }
}
