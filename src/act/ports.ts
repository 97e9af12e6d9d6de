import type { AccessRequest } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Halt } from '../domain/halt.ts';
import type { Reviewed } from '../domain/run_record.ts';
import type { Authority, WriteAnswer } from '../domain/write_answer.ts';
import type { ActionHistory, NewIntent } from '../ledger/action_history.ts';
import { haltedNext } from '../phrases/halt_words.ts';
import type { Clock } from '../util/clock.ts';

/** One action that was decided on. */
export type Planned = {
  readonly request: AccessRequest;
  readonly action: Action;
  readonly comment: string;
  /** Keys for the caps: who gets access to what. */
  readonly requestor: string | null;
  readonly asset: string | null;
};

export type Answer = 'yes' | 'no' | 'skip' | 'stop';

/** One action as a person is asked about it. */
export type Question = Planned & {
  readonly reviewed: Reviewed;
  /** This is the `number`-th of so many. */
  readonly number: number;
  readonly of: number;
};
export type Ask = (question: Question, signal?: AbortSignal) => Promise<Answer>;

/** Who stands behind an action, for the ledger. */
export type Signature = {
  /** The vault user that writes. */
  readonly actor: string | null;
  readonly plan: string | null;
  readonly approvedBy: string | null;
};

/** What acting needs of the world. */
export type ActPorts = {
  readonly runId: string;
  /** Actions under way at the same time, each over another request; 1 does one after the other. */
  readonly atOnce: number;
  /** Our own accounts; asked for anew each time, because the one that writes is known only when its token is there. */
  readonly agentUsers: readonly string[];
  readonly clock: Clock;
  readonly history: ActionHistory;
  /** The request as it is now, or null when it is gone. Those that are asked for together share a reading. @throws {UpstreamError} */
  readonly lookUp: LookUp;
  /** Gets the token of the acting user; asked right before each write, once nothing else is in the way. */
  readonly authority?: () => Promise<Authority>;
  readonly signature?: () => Signature;
  readonly send: (action: Action, requestId: string, comment: string) => Promise<WriteAnswer>;
  /**
   * Reads what the decision rests on besides the request itself, while that is looked at; other requests by `lookUp`.
   * @throws {UpstreamError}
   */
  readonly freshen?: ((planned: Planned, lookUp: LookUp) => Promise<void>) | undefined;
  /** Whether what was read so is too old by now: the vault may be slow. Asked again right before the call. */
  readonly aged?: ((planned: Planned) => boolean) | undefined;
  /**
   * Why the live request may not get the action after all; null when it may. The same gates as in deciding. `underWay`: its
   * intent is open, and the first call did nothing.
   */
  readonly objection: (planned: Planned, live: AccessRequest, underWay: boolean) => string | null;
  /** A person at the terminal; absent in autonomous mode. */
  readonly ask?: ((planned: Planned, signal?: AbortSignal) => Promise<Answer>) | undefined;
  /** False once another process may own the state folder. */
  readonly lockHeld: () => boolean;
  /** Whether somebody said that nothing may be changed any more; asked before every action. Never throws. */
  readonly halted: () => Promise<Halt | null>;
  readonly signal?: AbortSignal | undefined;
  readonly onOutcome?: (planned: Planned, outcome: Outcome) => void;
  /** What became of the action could not be written to the ledger: its intent stays open, and the next run looks it up. */
  readonly onUnrecorded?: (intent: Pick<NewIntent, 'request' | 'action'>, error: unknown) => void;
};

type LookUp = (request: { readonly id: string; readonly created: number }) => Promise<AccessRequest | null>;

/** What one action has of the way in which all of them go. */
export type Step = {
  /** In step with the others: one reading answers all who wait for it, and it begins after each of them asked. */
  readonly lookUp: LookUp;
  /** Why no call may go out, nor anything begin that leads to one; null when nothing is in the way. */
  readonly barred: () => Promise<Skipped | null>;
  /** The call was accepted: the next action may begin. */
  readonly accepted: () => void;
  /** It has looked for the last time. */
  readonly looked: () => void;
};

export type Skipped = Extract<Outcome, { kind: 'skipped' }>;

export const skipped = (reason: Skipped['reason'], why: string): Skipped => ({ kind: 'skipped', reason, why });

export const skippedBy = (halt: Halt): Skipped => skipped('halted', haltedNext(halt));

export const TOO_OLD = 'what it rests on was read more than a minute before the call: the vault or the disk is slow';

export const LOCK_LOST = 'the lock on the state folder was lost';
