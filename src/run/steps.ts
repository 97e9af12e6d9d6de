import type { Planned } from '../act/act.ts';
import type { Subject } from '../decide/decide.ts';
import type { ListSight } from '../decide/list_sight.ts';
import type { Listed, Sight } from '../decide/sight.ts';
import type { Weighed } from '../decide/step.ts';
import type { AccessContext } from '../domain/access_context.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { Assessment, ModelUsage } from '../domain/assessment.ts';
import type { NewOfClasses } from '../domain/class_evidence.ts';
import type { Confirmations, ConfirmCandidate, SecondAnswers } from '../domain/confirmation.ts';
import type { Decision, Outcome } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Halt } from '../domain/halt.ts';
import type { BreakGlassUse, Problem, Recovered, Reviewed, RunRecord, SwitchedOff } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import type { KnownOfRequests } from '../score/step.ts';

/** Some take their time, for no other reason than that others have their turn too. */
type Awaitable<T> = T | Promise<T>;

/** What the verbs of a run are made of. `parts.ts` puts the concrete ones behind them; nothing here knows a vendor. */
export type Steps = PreparingSteps & ExecutingSteps;

/** What leads to the actions. None of these can change anything in the vault. */
export type PreparingSteps = {
  fetch(): Promise<Fetched>;
  /** How much of the list, and of the assets, could be read. */
  seenOfList(listed: Listed): Awaitable<ListSight>;
  seenOfAssets(dossiers: readonly Dossier[]): Awaitable<Sight>;
  enrich(requests: readonly AccessRequest[], acted: ActionHistory['acted']): Promise<readonly Dossier[]>;
  /** The ids of those that could be approved; `known` are the readings that need not be asked for. */
  foresee(
    dossiers: readonly Dossier[],
    accessContexts: ReadonlyMap<string, AccessContext>,
    known: ReadonlyMap<string, Assessment>,
    acted: ActionHistory['acted'],
  ): Awaitable<ReadonlySet<string>>;
  /** Whether it would be rejected, were it confirmed. */
  rejects(subject: Subject, acted: ActionHistory['acted']): boolean;
  score(
    dossiers: readonly Dossier[],
    accessContexts: ReadonlyMap<string, AccessContext>,
    known: KnownOfRequests,
  ): Promise<Scores>;
  /** The access context of each request. */
  classify(dossiers: readonly Dossier[]): Awaitable<ReadonlyMap<string, AccessContext>>;
  /** What people decided about classes of access by now, and the requests as the modes stand after it. */
  weighClasses(subjects: readonly Subject[], history: ActionHistory): Weighed;
  /** As if it were confirmed: who is in it for an action. */
  prepare(subjects: readonly Subject[], acted: ActionHistory['acted']): Awaitable<readonly Decision[]>;
  /** What is still to be asked; `known` are the confirmations that came with the scores. */
  toConfirm(
    subjects: readonly Subject[],
    prepared: readonly Decision[],
    known: Confirmations,
    acted: ActionHistory['acted'],
  ): readonly ConfirmCandidate[];
  confirm(candidates: readonly ConfirmCandidate[]): Promise<Confirmed>;
  /** The readings with what the second answers about the candidates said. */
  reread(
    subjects: readonly Subject[],
    confirmations: Confirmations,
    candidates: readonly ConfirmCandidate[],
    second: SecondAnswers,
  ): { readonly subjects: readonly Subject[]; readonly confirmations: Confirmations };
  /** With confirmations and caps; without an action history nothing was acted on before as far as anybody knows. */
  decide(
    subjects: readonly Subject[],
    confirmations: Confirmations,
    history: ActionHistory | null,
  ): Promise<readonly Decision[]>;
  /** What each switch that is off would have changed in what was decided. */
  switchedOff(): readonly SwitchedOff[];
  /** What is to be said when the model did not say how sure it is; null when it did. */
  missingConfidence(subjects: readonly Subject[], confirmations: Confirmations): Problem | null;
  comment(action: Action, decision: Decision, assessment: Assessment): string;
};

/** What carries out the actions, and what stands around them. */
export type ExecutingSteps = {
  /** @throws {LedgerError | StorageError} then nothing may be done */
  openLedger(): Promise<ActionHistory>;
  recover(history: ActionHistory): Promise<Recovered[]>;
  /** Who says yes to what was prepared: the policy to all of it, or a person to what their plan names. */
  approve(prepared: readonly Reviewed[], history: ActionHistory | null): Awaitable<Approved>;
  /** Enters into the ledger what was found out about classes. @throws {StorageError | LedgerError} then nothing may be done */
  enterClasses(found: NewOfClasses, history: ActionHistory): Promise<void>;
  /**
   * Enters into the ledger what was decided, bound to what the archive will `keep` of it.
   * @throws {StorageError | LedgerError} then nothing may be done
   */
  enterDecisions(prepared: readonly Reviewed[], kept: readonly Reviewed[], history: ActionHistory): Promise<void>;
  /** `onProblem` hears of what went wrong beside the outcomes. */
  act(
    planned: readonly Planned[],
    history: ActionHistory,
    reviewed: readonly Reviewed[],
    onProblem: (problem: Problem) => void,
  ): Promise<readonly Outcome[]>;
  /** The halt that the run has met so far; null when it met none. */
  halt(): Halt | null;
  /** Emergency access that nobody has reviewed yet, of this run and of earlier ones. */
  breakGlass(prepared: readonly Reviewed[]): Promise<{ uses: BreakGlassUse[]; problems: readonly Problem[] }>;
  /** Writes report and twin; `again` replaces the ones of the same run. */
  report(record: RunRecord, again: boolean): Promise<{ readonly bytes: number }>;
  alert(record: RunRecord): Promise<Mailed>;
  /** What could not be read was told by now. @throws {StorageError} */
  keepSeen(): Promise<void>;
  /** Enters how the run ended, and how many mails went out. @throws {StorageError | LedgerError} */
  enterEnd(record: RunRecord, mails: number, history: ActionHistory): Promise<void>;
  /** Gives back what was borrowed from the vault; one sentence for each thing that could not be. */
  release(): Promise<readonly string[]>;
};

export type Fetched = Listed & {
  /** Read for it. */
  readonly pages: number;
};
/** What came of asking the model, besides its answers. */
export type Asked = {
  readonly usage: ModelUsage;
  readonly problems: readonly Problem[];
  /** What the reader should know besides. */
  readonly warnings?: readonly string[];
  /** By the end of the step, in the whole run. */
  readonly costMet?: RunRecord['costMet'];
};
export type Scores = Asked & {
  readonly assessments: ReadonlyMap<string, Assessment>;
  /** Of what could be approved, asked for beside the usual questions. */
  readonly confirmations?: Confirmations;
};
export type Confirmed = Asked & { readonly confirmations: Confirmations; readonly second?: SecondAnswers };
/** An action that already has an outcome is not carried out any more. */
export type Approved = {
  readonly reviewed: readonly Reviewed[];
  readonly warnings: readonly string[];
  readonly problems?: readonly Problem[];
};
export type Mailed = { readonly sent: number; readonly problems: readonly Problem[] };
