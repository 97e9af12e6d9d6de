import type { Action } from './action.ts';
import type { NextStep } from './next_step.ts';
import type { Risk } from './risk.ts';

/** What shall happen to one request, and why. Made by `decide/`, which is pure. */
export type Decision = {
  readonly verdict: Action | 'hold';
  /** The least risk that facts alone give. */
  readonly floor: Risk;
  /** The higher of the floor and the model's view; null when the request is unscored. */
  readonly risk: Risk | null;
  /** Every rule that had a say; the first one led to the verdict. */
  readonly rules: readonly RuleTrace[];
  /** Ids of the policies that determined the verdict: the *policy basis*. */
  readonly basis: readonly string[];
  /** For a held request: what is missing and whose move it is; null for an action. */
  readonly next: NextStep | null;
  /** A person has to look at it: it waits for a decision and the agent will not take it. */
  readonly needsPerson: boolean;
};

/** One rule and what it said, in one sentence for a person. */
export type RuleTrace = { readonly rule: string; readonly says: string };

/** What became of an action that was decided on. */
export type Outcome =
  /**
   * The vault carried it out. `statusAfter` is what a fresh look-up said, null when that failed; `answer` is what the
   * vault said to the call, absent when that was found by looking again.
   */
  | { readonly kind: 'done'; readonly statusAfter: string | null; readonly note: string; readonly answer?: string }
  /** Not attempted: the live request no longer matched, a person said no, the run was stopped, it was only a rehearsal. */
  | { readonly kind: 'skipped'; readonly why: string; readonly reason: SkipReason }
  /** The vault refused and the request is unchanged, or a fault of ours came before the call. It stays eligible. */
  | { readonly kind: 'failed'; readonly why: string }
  /** Attempted, and it could not be found out whether it took effect. Remembered as acted on; a person has to look. */
  | { readonly kind: 'unknown'; readonly why: string };

export type SkipReason =
  | 'observing'
  | 'declined'
  | 'changed'
  /** It was planned, and would be decided otherwise by now: a cap, a policy, the memory. */
  | 'held'
  | 'stopped'
  /** Somebody halted Portcullis (`portcullis halt`, or the setting HALT). It stays eligible. */
  | 'halted'
  | 'memory'
  | 'not-recorded'
  /** The token of the acting user could not be had. */
  | 'no-token'
  | 'unreadable';
