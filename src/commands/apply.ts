import { userInfo } from 'node:os';
import { createApp } from '../app.ts';
import { onStopSignals } from '../daemon/signals.ts';
import { systemClock } from '../kit/clock.ts';
import { ConfigError } from '../kit/errors.ts';
import { plainLine } from '../kit/plain_text.ts';
import { readPlan } from '../plan/plan_file.ts';
import { toJson } from '../report/json.ts';
import { exitCodeOf } from '../run_draft.ts';
import { takeLock } from '../state/lock.ts';
import { summary } from '../terminal/summary.ts';
import { prepared } from './prepared.ts';
import { refusedPlan } from './refused_plan.ts';
import type { Surroundings } from './surroundings.ts';

/** `portcullis apply`: carries out a plan that a person approved, whatever AUTONOMOUS_MODE says. Gives the exit code. */
export async function applyCommand(
  surroundings: Surroundings,
  file: string,
  { approvedBy, json }: { approvedBy: string | null; json: boolean },
): Promise<number> {
  const clock = systemClock;
  const approver = plainLine(approvedBy ?? osUser(), 100);
  if (approver === '') throw new ConfigError([{ setting: '--approved-by', message: 'must name somebody' }]);
  const { config, log, progress, notices } = prepared(surroundings);
  const app = await createApp({ config, clock, log, progress, notices, version: surroundings.version });
  return refusedPlan(async () => {
    const plan = await readPlan(file);
    const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
    const lock = await takeLock(config.places.state, clock, stop.signal, () => log.warn('lock.waiting'));
    try {
      const options = { signal: stop.signal, lockHeld: lock.held };
      const { record, files } = await app.applyOnce({ ...options, plan, approvedBy: approver });
      if (json) process.stdout.write(`${JSON.stringify(toJson(record), null, 2)}\n`);
      else {
        process.stdout.write(`\n${plan.plan_id}, approved by ${approver}\n`);
        process.stdout.write(summary(record, files?.markdown ?? null));
        for (const warning of record.warnings) process.stderr.write(`! ${plainLine(warning)}\n`);
      }
      return exitCodeOf(record.verdict, stop.received());
    } finally {
      await lock.release();
    }
  });
}

/** The account that started the program: who approved, when nobody is named. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
