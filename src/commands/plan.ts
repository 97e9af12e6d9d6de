import { resolve } from 'node:path';
import { createApp } from '../app.ts';
import { onStopSignals } from '../daemon/signals.ts';
import { systemClock } from '../kit/clock.ts';
import { jsonText } from '../kit/json_text.ts';
import { processMeter } from '../kit/process_meter.ts';
import { refuseForeignFile, writePlan } from '../plan/plan_file.ts';
import { exitCodeOf } from '../run_draft.ts';
import { planTable } from '../terminal/plan_table.ts';
import { say } from '../terminal/say.ts';
import { summary } from '../terminal/summary.ts';
import { lockState } from './locked_state.ts';
import { prepared } from './prepared.ts';
import { refusedPlan } from './refused_plan.ts';
import type { Surroundings } from './surroundings.ts';

/** `portcullis plan`: everything but the writes and the mail, and a plan that a person can approve. Gives the exit code. */
export async function planCommand(
  surroundings: Surroundings,
  { out, json }: { out: string; json: boolean },
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
  return refusedPlan(async () => {
    await refuseForeignFile(out);
    const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
    const lock = await lockState(config, { clock, log, signal: stop.signal });
    try {
      const { record, files, plan } = await app.planOnce({ signal: stop.signal, lockHeld: lock.held });
      if (plan !== null) await writePlan(resolve(out), plan);
      const report = files?.markdown ?? null;
      if (json) say(jsonText(plan));
      else if (plan !== null) say(planTable({ plan, file: out, record, report }));
      else say(`${summary(record, report)}\nNo plan was written.\n`);
      return exitCodeOf(record.verdict, stop.received());
    } finally {
      await lock.release();
    }
  });
}
