import { NO_USAGE } from '../domain/assessment.ts';
import type { OwnCost, Problem, Reviewed, RunFacts, RunRecord } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import type { Clock } from '../util/clock.ts';
import { adviceOf, BlindError, describeError, KeyError, LedgerError, StorageError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import { STEP_COUNTS, type StepCounts, type StepName, type StepResult } from './step_counts.ts';
import { verdictOf } from './verdict.ts';

/** What a run needs of the world, besides its steps. */
export type RunContext = {
  readonly facts: RunFacts;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Known before the first step. */
  readonly problems?: readonly Problem[];
  /** What the run has taken for itself so far. */
  readonly cost?: (() => OwnCost) | undefined;
};

/** What is written into while a run goes on. */
export type RunDraft = Writable<Omit<RunRecord, 'finishedAt' | 'verdict'>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] };

/** The notes of one run: what is known so far, and how its steps are done, timed and given up. */
export type Notes = {
  readonly draft: RunDraft;
  /** Every request with its decision, as soon as there are decisions. */
  prepared: readonly Reviewed[];
  /** What the agent did before, and where it enters what it does; null as soon as the ledger cannot be trusted. */
  readonly history: ActionHistory | null;
  /** Does one step under its name; one line of the log says what came of it and how long it took. */
  step<N extends StepName, T extends StepResult<N>>(name: N, work: () => Promise<T> | T): Promise<T>;
  /** What the run cannot go on without: an error ends the run, not the program. */
  essential(work: () => Promise<void>): Promise<void>;
  /** What may fail: an error is a problem of the run, and the result undefined. */
  attempt<T>(where: string, work: () => Promise<T> | undefined): Promise<T | undefined>;
  /**
   * Opens the ledger, or adds to it. INVARIANT: when it cannot be read, not be trusted or not be added to, nothing is acted
   * on, and the run still reports.
   */
  trusting(work: (history: ActionHistory | null) => Promise<ActionHistory | null>): Promise<void>;
  problem(where: string, error: unknown): void;
  /** One that is known in words already. */
  found(problem: Problem): void;
  /** What a step could not see, or what the reader should know of it. */
  saw(sight: Pick<RunRecord, 'problems' | 'warnings' | 'notices'>): void;
  /** Whether the run went to its end for real; a dry run does not count, so that the daemon still makes up for a missed one. */
  wasWhole(): boolean;
  /** The record as it stands, also half-way: for report and mail. */
  record(): RunRecord;
};

const WHY_OBSERVING = [
  [StorageError, 'storage'],
  [KeyError, 'key'],
] as const;

export function openNotes({ facts, clock, log, progress, signal, cost, problems = [] }: RunContext): Notes {
  const draft = newDraft(facts);
  draft.problems.push(...problems);
  let history: ActionHistory | null = null;
  let lost = false;
  log.info('run.started', { run: facts.runId, mode: facts.mode, dryRun: facts.dryRun });
  for (const known of problems) log.error('run.problem', { run: facts.runId, ...known });

  function found(problem: Problem): void {
    draft.problems.push(problem);
    log.error('run.problem', { run: facts.runId, ...problem });
  }
  function problem(where: string, error: unknown): void {
    const blind = error instanceof BlindError && ({ blind: true } as const);
    found({ where, message: describeError(error), advice: adviceOf(error), ...blind });
  }

  return {
    draft,
    prepared: [],
    get history() {
      return history;
    },
    problem,
    found,
    saw({ problems: unseen, warnings, notices = [] }) {
      if (notices.length > 0) draft.notices = [...(draft.notices ?? []), ...notices];
      draft.warnings.push(...warnings);
      for (const message of warnings) log.warn('run.warning', { run: facts.runId, message });
      for (const one of unseen) found(one);
    },
    async step(name, work) {
      const begun = clock.now();
      const told = (counts: StepCounts | { readonly failed: true }) => {
        const ms = clock.now() - begun;
        progress.end(name);
        draft.steps.push({ step: name, ms });
        log.info('step.done', { run: facts.runId, step: name, ms, ...counts });
      };
      progress.begin(name);
      try {
        const result = await work();
        told((STEP_COUNTS[name] as (one: typeof result) => StepCounts)(result));
        return result;
      } catch (error) {
        told({ failed: true });
        throw error;
      }
    },
    async essential(work) {
      try {
        await work();
      } catch (error) {
        lost = true;
        if (!signal.aborted) problem('run', error);
      }
    },
    async attempt(where, work) {
      try {
        return await work();
      } catch (error) {
        problem(where, error);
        return undefined;
      }
    },
    async trusting(work) {
      try {
        history = await work(history);
      } catch (error) {
        history = null;
        if (!(error instanceof LedgerError || error instanceof StorageError)) throw error;
        problem('state', error);
        draft.mode = 'observing';
        draft.observingBecause = WHY_OBSERVING.find(([kind]) => error instanceof kind)?.[1] ?? 'ledger';
      }
    },
    wasWhole: () => !lost && !facts.dryRun,
    record() {
      draft.ledger = history?.head() ?? null;
      const own = cost?.();
      if (own !== undefined) draft.own = own;
      // INVARIANT: what is wrong with the ledger is the verdict, whatever else went wrong: somebody may have altered it. A
      // key that a lost vault does not give, and a disk that is full, say nothing against it.
      const ledgerTrusted = history !== null || (lost && draft.observingBecause !== 'ledger');
      const verdict = verdictOf(draft, { lost, ledgerTrusted, stopped: signal.aborted });
      // Copies of what still grows: a record that was handed out stays as it was.
      const { steps, problems } = draft;
      return { ...draft, steps: [...steps], problems: [...problems], finishedAt: clock.now(), verdict };
    },
  };
}

const newDraft = (facts: RunFacts): RunDraft => ({
  ...facts,
  gate: [...facts.gate],
  warnings: [...facts.warnings],
  ...{ reviewed: [], malformed: [], breakGlass: [], recovered: [] },
  ...{ usage: NO_USAGE, costMet: [], ledger: null, steps: [], problems: [] },
});
