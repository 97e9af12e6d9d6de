import type { Ask } from '../act/act.ts';
import type { Purpose } from '../decide/run_mode.ts';
import type { RunRecord } from '../domain/run_record.ts';
import { headWords } from '../phrases/ledger_head.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReportFiles } from '../report/write.ts';
import { findHalt, watchHalt } from '../store/halt.ts';
import { graceAfter } from '../util/clock.ts';
import type { Meter } from '../util/process_meter.ts';
import { factsOf, runIdOf } from './facts.ts';
import { type Cycle, type Opened, partsOfRun } from './parts.ts';
import { run } from './run.ts';

export type CycleOptions = {
  readonly signal: AbortSignal;
  /** False once another process may own the state folder. */
  readonly lockHeld: () => boolean;
};

export type RunOptions = CycleOptions & {
  /** Policy and prompts are read anew before it; what cannot be used then makes it observe with the ones before. */
  readonly readAnew?: boolean;
  readonly dryRun: boolean;
  /** A person at a terminal who can be asked; null without one. */
  readonly ask: Ask | null;
  /** Who that is. */
  readonly person?: string;
};
/** `revert`: a plan that closes what that run approved, and does nothing else. */
export type PlanOptions = CycleOptions & { readonly revert?: string | null };
export type ApplyOptions = CycleOptions & { readonly plan: Plan; readonly approvedBy: string };

export type RunResult = { readonly record: RunRecord; readonly files: ReportFiles | null };

/** What the program is, for the record: its version, and what the reader should know about the settings. */
export type About = {
  readonly version: string;
  readonly notices?: readonly string[] | undefined;
  readonly meter?: Meter | undefined;
};

/** How long report, mail and giving back credentials may still take after a stop. */
const GRACE_MS = 25_000;

/** One cycle: a run with everything that it needs, opened before it and closed behind it. */
export async function runCycle(
  opened: Opened,
  { version, notices, meter }: About,
  what: Cycle,
  { signal, lockHeld }: CycleOptions,
): Promise<RunResult> {
  const { config, clock, log, progress, disk, agentUsers, policy, prompts, unusable } = opened;
  const startedAt = clock.now();
  const cost = meter?.();
  const runId = runIdOf(startedAt);
  const halt = watchHalt(
    () => findHalt({ setting: config.halt, stateDir: config.places.state }, disk),
    (found) => log.warn('run.halted', { run: runId, ...found }),
  );
  const facts = factsOf({
    ...{ config, version, agentUsers, startedAt, runId, purpose: purposeOf(what), notices },
    digests: { policy: policy.digest, prompts: prompts.digest },
    halt: await halt.check(),
    unusable: unusable !== null,
  });
  for (const message of facts.warnings) log.warn('run.warning', { run: runId, message });
  const afterStop = graceAfter(signal, GRACE_MS);
  const { steps, files, close } = partsOfRun(opened, { facts, halt, signal, afterStop, lockHeld }, what);
  try {
    const record = await run(steps, {
      facts,
      clock,
      log,
      progress,
      signal,
      cost,
      problems: unusable === null ? [] : [unusable],
    });
    progress.clear();
    log.info('run.finished', {
      run: runId,
      verdict: record.verdict,
      ms: record.finishedAt - startedAt,
      // The end of the run is in it, unlike in report and mail: whoever collects the log knows the final head.
      record: headWords(record.ledger),
      ...record.usage,
      ...record.own,
    });
    return { record, files: files() };
  } finally {
    close();
  }
}

function purposeOf(what: Cycle): Purpose {
  if (what.kind === 'run') return { kind: 'run', dryRun: what.dryRun, canAsk: what.ask !== null, person: what.person };
  if (what.kind === 'plan') return { kind: 'plan' };
  return { kind: 'apply', planId: what.plan.plan_id, approvedBy: what.approvedBy };
}
