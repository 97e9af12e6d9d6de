import type { AccessContext } from './access_context.ts';
import type { AccessRequest, MalformedRecord } from './access_request.ts';
import type { Action, SwitchName } from './action.ts';
import type { Assessment, ModelUsage } from './assessment.ts';
import type { ClassStanding } from './class_evidence.ts';
import type { Confirmation } from './confirmation.ts';
import type { Decision, Outcome } from './decision.ts';
import type { Dossier } from './dossier.ts';
import type { Halt } from './halt.ts';

/** One request's way through the run. */
export type Reviewed = {
  readonly dossier: Dossier;
  readonly accessContext: AccessContext;
  readonly assessment: Assessment;
  /** The confirmation, for requests that were about to be approved or rejected. */
  readonly confirmation: Confirmation | null;
  readonly decision: Decision;
  /** What became of it; null when the verdict was hold. */
  readonly outcome: Outcome | null;
  /** The text sent to the vault with the action; null when the verdict was hold. */
  readonly comment: string | null;
};

/** How actions are let through in this run. */
export type RunMode =
  | 'autonomous' // policies and gates decide
  | 'asking' // a person at the terminal is asked before each action
  | 'applying' // a plan that a person approved is carried out, and nothing else
  | 'observing'; // nothing is done; the report says what would have been

/** Everything that a run found and did: what the report, its JSON twin and the mail are made from. */
export type RunRecord = {
  readonly runId: string;
  readonly version: string;
  readonly mode: RunMode;
  readonly dryRun: boolean;
  /** Why an autonomous run only observed, when it did (`ledger`, `key`, `storage`, or a sentence; `memory` in records of 0.1). */
  readonly observingBecause: string | null;
  /** Somebody halted Portcullis: before the run began, or while it was acting; null otherwise. */
  readonly halt: Halt | null;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly verdict: 'done' | 'done-with-problems' | 'failed' | 'stopped' | 'ledger-not-trusted';
  readonly agentUser: string | null;
  /** The plan that this run prepared, or carried out when its mode is `applying`; null for an ordinary run. */
  readonly planId: string | null;
  /** The person who approved the plan, or is asked about each action; null when the policy was the approver. */
  readonly approvedBy: string | null;
  readonly vaultUrl: string;
  /** When the token that reads the vault ends; null when it does not say so, absent in records of before. */
  readonly token?: TokenEnd | null;
  /** Window of the analysis, milliseconds since the epoch, and its length in days. */
  readonly window: { readonly from: number; readonly to: number; readonly days: number };
  /** What the gate was told, for the reader: `AUTO_APPROVE_LOW_RISK=true`, … */
  readonly gate: readonly { readonly setting: string; readonly value: string }[];
  readonly deepAnalysis: boolean;
  /** sha256 of what decided: the policy folder and the prompts. */
  readonly digests: { readonly policy: string; readonly prompts: string };
  /** Whether any `what` was opened: warnings such as a switched-off certificate check. */
  readonly warnings: readonly string[];
  /** Those of the warnings that stand on top of each output: settings that may not be meant as they are read, a clock that is wrong. */
  readonly notices?: readonly string[];
  readonly reviewed: readonly Reviewed[];
  /** What each switch that is off would do in this run if it were on; absent in records of before. */
  readonly switchedOff?: readonly SwitchedOff[];
  /** How each class of access stands to what people decided; absent where no class has a mode, and in records of before. */
  readonly classes?: readonly ClassStanding[];
  readonly malformed: readonly MalformedRecord[];
  /** Emergency access that people have to look at, unreviewed first; carried on from run to run until it is reviewed. */
  readonly breakGlass: readonly BreakGlassUse[];
  /** Actions of earlier runs whose outcome was looked up at the start of this one. */
  readonly recovered: readonly Recovered[];
  readonly usage: ModelUsage;
  /** The limits of the model's cost that this run met. */
  readonly costMet: readonly CostLimit[];
  /** What the program took for itself by the time that this was written; absent where nobody measured it. */
  readonly own?: OwnCost;
  /** Where the ledger of all runs ended when this was written; null when it could not be read or written. */
  readonly ledger: LedgerHead | null;
  /** Duration of each step in milliseconds, in order. */
  readonly steps: readonly { readonly step: string; readonly ms: number }[];
  /** What went wrong, one line each; the first is what ended a failed run. */
  readonly problems: readonly Problem[];
};

/** The end of a token by its own claims, times in milliseconds since the epoch. `user`: whose it is, where it says so. */
export type TokenEnd = {
  readonly user: string | null;
  readonly expires: number;
  /** From when on its end is told. */
  readonly warnFrom: number;
  /** By the time that the run began. `close`: so near its end that it is a problem. */
  readonly near: 'far' | 'near' | 'close' | 'over';
};

/** Where the ledger of all runs ends: whoever wrote this down elsewhere can tell later whether its end was cut off. */
export type LedgerHead = {
  /** How many entries there are; the last one has this number. */
  readonly entries: number;
  /** The seal of the last entry; null as long as there is none. */
  readonly seal: string | null;
  /** Whether the last entry is sealed with a key, so that nobody without the key could have written it. */
  readonly keyed: boolean;
};

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
  | 'token'
  | 'window'
  | 'gate'
  | 'deepAnalysis'
  | 'digests'
  | 'notices'
> & { readonly warnings: readonly string[] };

/** One switch that is off, and how many more requests would get its action with it on; nobody was asked anything for it. */
export type SwitchedOff = {
  readonly setting: SwitchName;
  readonly action: Action;
  readonly more: number;
  /** Some of them were not confirmed, so that fewer may come of it. */
  readonly unconfirmed: boolean;
  /** Further ones that caps or the circuit breaker would hold back. */
  readonly heldBack: number;
};

export type CostLimit =
  | 'threshold' // as much as ALERT_USD_PER_RUN was spent, and nothing was held up by it
  | 'ceiling'; // at MAX_USD_PER_RUN or MAX_USD_PER_DAY questions were not sent any more

/** Processor time in milliseconds, and the most memory in mebibytes. */
export type OwnCost = { readonly cpuMs: number; readonly peakMb: number };

export type BreakGlassUse = {
  readonly requestId: string;
  readonly requestor: string;
  readonly subject: string;
  /** As it was last seen: a use that left the window keeps its last status. */
  readonly status: string;
  /** When it was granted, else when it was asked for; milliseconds since the epoch. */
  readonly since: number;
  readonly reviewed: { readonly by: string; readonly at: number; readonly note: string } | null;
};

export type Problem = {
  readonly where: string;
  readonly message: string;
  readonly advice: string | null;
  /** The run did not see what it was made to look at: what it tells is less than what is there. */
  readonly blind?: true;
};

/**
 * Whether the run saw too little for its silence to mean anything.
 * INVARIANT: what could not be read is said; a blind run is never told as a quiet one.
 */
export const isBlind = ({ problems }: Pick<RunRecord, 'problems'>): boolean =>
  problems.some(({ blind }) => blind === true);

export type Recovered = {
  readonly requestId: string;
  readonly action: Action;
  readonly runId: string;
  readonly found: 'done' | 'not done' | 'unclear';
  readonly says: string;
};

/** A request in one line for people, with its asset or, without one, its operation. */
export function subjectOf(request: AccessRequest): string {
  return request.asset?.name ?? request.asset?.id ?? request.operation ?? request.entityType ?? 'space';
}

/** The requestor's name for people; `unknown` when the vault gave none. */
export function requestorOf(request: AccessRequest): string {
  return request.requestor.name ?? request.requestor.displayName ?? request.requestor.id ?? 'unknown';
}
