import type { Action } from './action.ts';
import type { AnomalyFlag } from './assessment.ts';
import type { BoundMode } from './class_mode.ts';
import type { ConfirmedAction, Disagreement } from './confirmation.ts';
import type { WindowFault } from './dossier.ts';
import type { NextStep } from './next_step.ts';
import type { Declined, Refusal } from './recorded_decisions.ts';
import type { Risk } from './risk.ts';

/** What shall happen to one request, and why. Made by `decide/`, which is pure. */
export type Decision = {
  readonly verdict: Action | 'hold';
  /** The risk floor: the least risk that facts alone give. */
  readonly floor: Risk;
  /** The higher of the risk floor and the model's view; null when the request is unscored. */
  readonly risk: Risk | null;
  /** Every rule that had a say; the first one led to the verdict. */
  readonly rules: readonly RuleTrace[];
  /** Ids of the policies that determined the verdict: the *policy basis*. */
  readonly basis: readonly string[];
  /**
   * When the access ends, for what is approved or already granted: its window, or the most that its class allows where that
   * comes first. Null without either; absent for all else, and in records of version 0.1.
   */
  readonly expires?: number | null;
  /** For a held request: what is missing and whom it waits for; null for an action. */
  readonly next: NextStep | null;
  /** A person has to look at it: it waits for a decision and the agent will not take it. */
  readonly needsPerson: boolean;
};

/**
 * One rule that had a say, and what it looked at: facts only, and small, since a large window holds many of them.
 * `phrases/rule_words.ts` makes a sentence of it. `says` is the rule's own sentence, as its author wrote it.
 */
export type RuleTrace =
  /** A policy that permits the action, or forbids it. */
  | (OfAction & {
      readonly kind: 'policy';
      readonly rule: string;
      readonly allows: boolean;
      readonly says: string;
    })
  /** A policy that failed, which allows nothing. */
  | (OfAction & { readonly kind: 'policy-error'; readonly error: string })
  /** A policy that would permit the action, which is switched off. */
  | (OfAction & {
      readonly kind: 'switch-off';
      readonly rule: string;
      readonly says: string;
      readonly switches: readonly string[];
    })
  | (OfAction & { readonly kind: 'gate' } & ShutGate)
  | ({ readonly kind: 'confirmation'; readonly action: ConfirmedAction } & Disagreement)
  | (OfAction & { readonly kind: 'cap' } & CapReached)
  | ({ readonly kind: 'hold' } & HoldReason)
  | { readonly kind: 'risk-floor'; readonly rule: string; readonly risk: Risk; readonly says: string };
type OfAction = { readonly action: Action };

/** A gate that is shut, with the fact that shut it; GATES in `decide/gates.ts` has a row for each. */
export type ShutGate =
  | { readonly gate: 'status'; readonly status: string }
  | { readonly gate: 'own-request' }
  | { readonly gate: 'own-doubtful' }
  | { readonly gate: 'approver-apart'; readonly approver: string }
  | { readonly gate: 'requestor-known' }
  | ({ readonly gate: 'refused-by-person' } & Refusal)
  | { readonly gate: 'scored'; readonly why: string }
  | { readonly gate: 'risk-understood' }
  | { readonly gate: 'not-steering' }
  | { readonly gate: 'reason-fits'; readonly flags: readonly AnomalyFlag[] }
  /** `confidence` is null when the answer gave none. */
  | { readonly gate: 'confident'; readonly confidence: number | null; readonly needed: number }
  | { readonly gate: 'operation-known'; readonly operation: string | null }
  | { readonly gate: 'unambiguous'; readonly entitlements: readonly string[] }
  | { readonly gate: 'window'; readonly fault: WindowFault }
  | { readonly gate: 'times'; readonly why: string }
  | { readonly gate: 'legible'; readonly why: string }
  | ({ readonly gate: 'class-mode' } & BoundMode)
  | { readonly gate: 'control'; readonly class: string | null }
  | ({ readonly gate: 'declined' } & Declined)
  /** `recorded`: the vault's own rows say so, whatever our files say. */
  | { readonly gate: 'once'; readonly done: Action; readonly recorded?: true };
export type GateName = ShutGate['gate'];

/** What the mode of its class keeps to people, and nothing else holds; null otherwise. */
export function keptByMode(rules: readonly RuleTrace[]): (BoundMode & OfAction) | null {
  const gates = rules.filter((rule) => rule.kind === 'gate');
  const [only] = gates;
  return only?.gate === 'class-mode' && gates.length === 1
    ? { action: only.action, mode: only.mode, class: only.class, ...(only.demoted === true && { demoted: true }) }
    : null;
}

/** What its class keeps to people, by its mode or as a sample, and nothing else holds. */
export const keptForPeople = (rules: readonly RuleTrace[]) => ({
  recommended: keptByMode(rules),
  control: leftAsSample(rules),
});

/** The class of which it is a sample; null where something else holds it. */
function leftAsSample(rules: readonly RuleTrace[]): { readonly class: string | null } | null {
  const gates = rules.filter((rule) => rule.kind === 'gate');
  return gates.length === 1 && gates[0]?.gate === 'control' ? { class: gates[0].class } : null;
}

/** A cap that is used up, or the circuit breaker, by the name of its setting. */
export type CapReached =
  | {
      readonly cap:
        | 'CAP_APPROVALS_PER_RUN'
        | 'CAP_APPROVALS_PER_DAY'
        | 'CAP_APPROVALS_PER_REQUESTOR_PER_DAY'
        | 'CAP_APPROVALS_PER_ASSET_PER_DAY'
        | 'CAP_REJECTIONS_PER_RUN';
      readonly limit: number;
    }
  | {
      readonly cap: 'BREAKER_FACTOR';
      /** Of what this run had unusually many; `suspicious` in archived runs of version 0.1 only. */
      readonly of: 'approve' | 'reject' | 'suspicious';
      readonly wanted: number;
      readonly usual: number;
    }
  /**
   * The circuit breaker for suspicious texts, which isolates persons: so many open requests of this person have one.
   * `persons` is set when the run has unusually many such persons.
   */
  | {
      readonly cap: 'isolated';
      readonly texts: number;
      readonly persons: { readonly wanted: number; readonly usual: number } | null;
    };

/** Why a request is left alone, where no policy, gate or cap tells it. */
export type HoldReason =
  | { readonly reason: 'granted-and-critical' }
  | { readonly reason: 'status'; readonly status: string }
  | { readonly reason: 'unscored'; readonly why: string }
  | {
      readonly reason: 'between-the-limits';
      readonly risk: Risk;
      readonly limits: { readonly approve: Risk; readonly reject: Risk };
    };

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
  | {
      readonly kind: 'failed';
      readonly why: string;
      /** By 401 or 403: the user of the token may not do this, or the token may do nothing any more. */
      readonly unauthorized?: true;
    }
  /** Attempted, and it could not be found out whether it took effect. Counts as acted on; a person has to look. */
  | { readonly kind: 'unknown'; readonly why: string };

export type SkipReason =
  | 'observing'
  | 'declined'
  /** The person who was asked left it for later. */
  | 'passed-over'
  | 'changed'
  /** It was planned, and would be decided otherwise by now: a cap, a policy, the action history. */
  | 'held'
  | 'stopped'
  /** Somebody halted Portcullis (`portcullis halt`, or the setting HALT). It stays eligible. */
  | 'halted'
  /** The ledger is not trusted any more. */
  | 'ledger'
  /** Another process may own the state folder. */
  | 'lock-lost'
  | 'not-recorded'
  /** The token of the acting user could not be had. */
  | 'no-token'
  /** The vault takes the token no more. It stays eligible. */
  | 'token-refused'
  | 'unreadable';
