import type { OwnCost, Reviewed, RunRecord } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import type { Clock } from '../util/clock.ts';
import { KeyError, LedgerError, StorageError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import { addProblem, closeDraft, newDraft, type RunDraft, type RunFacts, timed } from './draft.ts';
import { execute } from './execute.ts';
import { prepare, type Timed } from './prepare.ts';
import { STEP_COUNTS } from './step_counts.ts';
import type { Fetched, Steps } from './steps.ts';

export type { Steps } from './steps.ts';

export type RunContext = {
  readonly facts: RunFacts;
  readonly steps: Steps;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What the run has taken for itself so far. */
  readonly cost?: (() => OwnCost) | undefined;
};

/**
 * One run: fetch → enrich → score → decide → confirm → act → report → alert, in two halves with a yes in between. What
 * leads to the actions is *prepared*; somebody says yes to it; that is *executed*. In `run` the policy says yes at once;
 * `plan` ends after the first half; `apply` goes the same way with the ratings of the plan's run, and a person said yes.
 *
 * The report and the mail are made whatever happened before them, from what is known by then. Only a step without which
 * nothing after it makes sense (fetch) ends the run early; a memory that cannot be trusted turns it into an observing
 * one; everything smaller is a line in the report.
 */
export async function run({ facts, steps, clock, log, progress, signal, cost }: RunContext): Promise<RunRecord> {
  const draft = newDraft(facts);
  const step: Timed = (name, work, counted) => timed(draft, name, { log, progress, clock }, work, counted);
  const noted = (where: string) => (error: unknown) => addProblem(draft, where, error, log);
  let memory: ActionHistory | null = null;
  let prepared: readonly Reviewed[] = [];
  let lost = false;
  log.info('run.started', { run: facts.runId, mode: facts.mode, dryRun: facts.dryRun });
  try {
    memory = await trusted(() => steps.remember(), draft, log);
    draft.warnings.push(...(memory?.orders ?? []));
    const listing = await step('fetch', () => fetched(steps, draft, memory), STEP_COUNTS.fetch);

    prepared = await prepare(listing.requests, steps, { draft, memory, step });
    const act = async () => {
      memory = await trusted(() => onRecord(prepared, memory, steps), draft, log);
      const { reviewed, warnings } = steps.approve(prepared, memory);
      draft.reviewed = [...reviewed];
      draft.warnings.push(...warnings);
      return execute(draft, steps, memory);
    };
    draft.reviewed = await step('act', act, STEP_COUNTS.act);
  } catch (error) {
    lost = true;
    if (!signal.aborted) noted('run')(error);
  }
  // A rehearsal is no run: the daemon still makes up for one that was missed.
  await memory?.save(!lost && !facts.dryRun).catch(noted('state'));
  const emergencies = await steps.breakGlass(prepared).catch(noted('reviews'));
  draft.breakGlass = emergencies?.uses ?? [];
  draft.problems.push(...(emergencies?.problems ?? []));

  // INVARIANT: what is wrong with the record is the verdict, whatever else went wrong: somebody may have altered it. A key
  // that a lost vault does not give, and a disk that is full, say nothing against it.
  const ledgerTrusted = memory !== null || (lost && draft.observingBecause !== 'memory');
  const ended = { lost, ledgerTrusted };
  const close = () => {
    draft.record = memory?.head() ?? null;
    const own = cost?.();
    if (own !== undefined) draft.own = own;
    return closeDraft(draft, { ...ended, stopped: signal.aborted, finishedAt: clock.now() });
  };
  await step('report', () => steps.report(close(), false), STEP_COUNTS.report).catch(noted('report'));
  const reported = draft.problems.length;
  const mail = await step('alert', () => steps.alert(close()), STEP_COUNTS.alert).catch(noted('alert'));
  draft.problems.push(...(mail?.problems ?? []));
  for (const failure of (await steps.release().catch(noted('credentials'))) ?? []) noted('credentials')(failure);
  if (memory !== null) await steps.noteEnd(close(), mail?.sent ?? 0, memory).catch(noted('state'));
  // What went wrong after the report was written belongs into it all the same.
  if (draft.problems.length > reported) await steps.report(close(), true).catch(() => {});
  return close();
}

const WHY_OBSERVING = [
  [StorageError, 'storage'],
  [KeyError, 'key'],
] as const;

/**
 * The memory, or null when it cannot be read, not be trusted or not be added to. INVARIANT: nothing is acted on then, and
 * the run still reports.
 */
async function trusted(
  work: () => Promise<ActionHistory | null>,
  draft: RunDraft,
  log: Log,
): Promise<ActionHistory | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LedgerError || error instanceof StorageError)) throw error;
    addProblem(draft, 'state', error, log);
    draft.mode = 'observing';
    draft.observingBecause = WHY_OBSERVING.find(([kind]) => error instanceof kind)?.[1] ?? 'memory';
    return null;
  }
}

/** The list, and then what became of actions of earlier runs: the vault as this run finds it. */
async function fetched(
  steps: Pick<Steps, 'fetch' | 'recover'>,
  draft: Pick<RunDraft, 'malformed' | 'recovered'>,
  memory: ActionHistory | null,
): Promise<Fetched> {
  const listing = await steps.fetch();
  draft.malformed = [...listing.malformed];
  if (memory !== null) draft.recovered.push(...(await steps.recover(memory)));
  return listing;
}

/** INVARIANT: what was decided is on record before anything is done about it. */
async function onRecord(
  prepared: readonly Reviewed[],
  memory: ActionHistory | null,
  steps: Pick<Steps, 'noteDecided'>,
): Promise<ActionHistory | null> {
  if (memory !== null) await steps.noteDecided(prepared, memory);
  return memory;
}
