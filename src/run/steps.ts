import type { Planned } from '../act/act.ts';
import type { Subject } from '../decide/decide.ts';
import type { AccessContext } from '../domain/access_context.ts';
import type { AccessRequest, MalformedRecord } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { Assessment, ModelUsage } from '../domain/assessment.ts';
import type { Confirmations } from '../domain/confirmation.ts';
import type { Decision, Outcome } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Halt } from '../domain/halt.ts';
import type { BreakGlassUse, Problem, Recovered, Reviewed, RunRecord } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';

/** Some steps take their time, for no other reason than that others have their turn too. */
type Awaitable<T> = T | Promise<T>;

/** The verbs of one run. `app.ts` puts the concrete parts behind them; nothing here knows a vendor. */
export type Steps = PreparingSteps & ExecutingSteps;

/** What leads to the actions. None of these can change anything in the vault. */
export type PreparingSteps = {
  enrich(requests: readonly AccessRequest[]): Promise<readonly Dossier[]>;
  score(dossiers: readonly Dossier[]): Promise<Scores>;
  /** What the policy's files say about each request. */
  classify(dossiers: readonly Dossier[]): Awaitable<ReadonlyMap<string, AccessContext>>;
  /** As if the second look agreed: who is in it for an action. */
  prepare(subjects: readonly Subject[], acted: ActionHistory['acted']): Awaitable<readonly Decision[]>;
  /** The second look at those about to be approved or rejected. */
  confirm(subjects: readonly Subject[], prepared: readonly Decision[]): Promise<Looks>;
  /** With votes and caps; without a memory nothing was acted on before as far as anybody knows. */
  decide(
    subjects: readonly Subject[],
    confirmations: Confirmations,
    memory: ActionHistory | null,
  ): Promise<readonly Decision[]>;
  comment(action: Action, decision: Decision, assessment: Assessment): string;
};

/** What carries out the actions, and what stands around them. */
export type ExecutingSteps = {
  remember(): Promise<ActionHistory>;
  recover(memory: ActionHistory): Promise<Recovered[]>;
  fetch(): Promise<Fetched>;
  /** Who says yes to what was prepared: the policy to all of it, or a person to what their plan names. */
  approve(prepared: readonly Reviewed[], memory: ActionHistory | null): Approved;
  /** Puts on record what was decided. @throws {StorageError | LedgerError} then nothing may be done */
  noteDecided(prepared: readonly Reviewed[], memory: ActionHistory): Promise<void>;
  /** `onProblem` hears of what went wrong beside the outcomes. */
  act(
    planned: readonly Planned[],
    memory: ActionHistory,
    reviewed: readonly Reviewed[],
    onProblem: (problem: Problem) => void,
  ): Promise<readonly Outcome[]>;
  /** The halt that the run has met so far; null when it met none. */
  halt(): Halt | null;
  /** Emergency access that nobody has reviewed yet, of this run and of earlier ones. */
  breakGlass(prepared: readonly Reviewed[]): Promise<{ uses: BreakGlassUse[]; problems: readonly Problem[] }>;
  /** Writes report and twin; `again` replaces the ones of the same run. */
  report(record: RunRecord, again: boolean): Promise<{ readonly bytes: number }>;
  alert(record: RunRecord): Promise<{ readonly sent: number; readonly problems: readonly Problem[] }>;
  /** Puts on record how the run ended, and how many mails went out. @throws {StorageError | LedgerError} */
  noteEnd(record: RunRecord, mails: number, memory: ActionHistory): Promise<void>;
  release(): Promise<readonly string[]>;
};

export type Fetched = {
  readonly requests: readonly AccessRequest[];
  readonly malformed: readonly MalformedRecord[];
  /** Read for it. */
  readonly pages: number;
};
/** What came of asking the model, besides its answers. */
type Asked = {
  usage: ModelUsage;
  problems: readonly Problem[];
  /** What the reader should know besides. */
  warnings?: readonly string[];
  /** By the end of the step, in the whole run. */
  costMet?: RunRecord['costMet'];
};
export type Scores = Asked & { assessments: ReadonlyMap<string, Assessment> };
export type Looks = Asked & { confirmations: Confirmations };
/** An action that already has an outcome is not carried out any more. */
export type Approved = { readonly reviewed: readonly Reviewed[]; readonly warnings: readonly string[] };
