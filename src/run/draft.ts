import { NO_USAGE } from '../domain/assessment.ts';
import type { Problem, RunRecord } from '../domain/run_record.ts';
import type { Clock } from '../util/clock.ts';
import { adviceOf, describeError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import { EXITS } from './exit_codes.ts';
import type { StepCounts } from './step_counts.ts';

/** What is written into while a run goes on; the record for report and mail is made from it at any point, also half-way. */
export type RunDraft = Writable<Omit<RunRecord, 'finishedAt' | 'verdict'>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] };

/** What is known about a run before its first step. */
export type RunFacts = Pick<
  RunRecord,
  | 'runId'
  | 'version'
  | 'mode'
  | 'dryRun'
  | 'observingBecause'
  | 'halt'
  | 'startedAt'
  | 'agentUser'
  | 'planId'
  | 'approvedBy'
  | 'vaultUrl'
  | 'window'
  | 'gate'
  | 'deepAnalysis'
  | 'digests'
> & { readonly warnings: readonly string[] };

export function newDraft(facts: RunFacts): RunDraft {
  return {
    ...facts,
    gate: [...facts.gate],
    warnings: [...facts.warnings],
    reviewed: [],
    malformed: [],
    breakGlass: [],
    recovered: [],
    usage: NO_USAGE,
    costMet: [],
    record: null,
    steps: [],
    problems: [],
  };
}

type StepWatchers = { readonly log: Log; readonly progress: Progress; readonly clock: Clock };

/** Does one step under its name; one line of the log says what came of it and how long it took. */
export async function timed<T>(
  draft: RunDraft,
  step: string,
  { log, progress, clock }: StepWatchers,
  work: () => Promise<T> | T,
  counted: (result: T) => StepCounts,
): Promise<T> {
  const begun = clock.now();
  const told = (counts: StepCounts | { readonly failed: true }) => {
    const ms = clock.now() - begun;
    progress.end(step);
    draft.steps.push({ step, ms });
    log.info('step.done', { run: draft.runId, step, ms, ...counts });
  };
  progress.begin(step);
  try {
    const result = await work();
    told(counted(result));
    return result;
  } catch (error) {
    told({ failed: true });
    throw error;
  }
}

export function addProblem(draft: RunDraft, where: string, error: unknown, log: Log): void {
  const problem: Problem = {
    where,
    message: describeError(error),
    advice: adviceOf(error),
  };
  draft.problems.push(problem);
  log.error('run.problem', { run: draft.runId, ...problem });
}

/** `lost` says that a step ended the run; the other ends follow from what was noted. */
export function closeDraft(
  draft: RunDraft,
  end: {
    readonly lost: boolean;
    readonly stopped: boolean;
    readonly ledgerTrusted: boolean;
    readonly finishedAt: number;
  },
): RunRecord {
  // Copies of what still grows: a record that was handed out stays as it was.
  const { steps, problems } = draft;
  return {
    ...draft,
    steps: [...steps],
    problems: [...problems],
    finishedAt: end.finishedAt,
    verdict: verdictOf(draft, end),
  };
}

function verdictOf(
  { reviewed, problems, recovered }: RunDraft,
  { lost, stopped, ledgerTrusted }: { lost: boolean; stopped: boolean; ledgerTrusted: boolean },
): RunRecord['verdict'] {
  if (stopped) return 'stopped';
  if (!ledgerTrusted) return 'ledger-not-trusted';
  if (lost) return 'failed';
  const unfinished = reviewed.some(
    ({ assessment, outcome }) =>
      assessment.kind === 'unscored' ||
      outcome?.kind === 'failed' ||
      outcome?.kind === 'unknown' ||
      isLeftUndone(outcome),
  );
  const unclear = recovered.some(({ found }) => found === 'unclear');
  return unfinished || unclear || problems.length > 0 ? 'done-with-problems' : 'done';
}

/** Left undone because of a fault, as opposed to a good reason such as a request that changed meanwhile. */
function isLeftUndone(outcome: RunRecord['reviewed'][number]['outcome']): boolean {
  return outcome?.kind === 'skipped' && ['unreadable', 'not-recorded', 'memory', 'no-token'].includes(outcome.reason);
}

export function exitCodeOf(verdict: RunRecord['verdict'], signal: NodeJS.Signals | null): number {
  if (verdict === 'stopped') return (signal === 'SIGINT' ? EXITS.interrupted : EXITS.terminated).code;
  return EXITS[verdict].code;
}
