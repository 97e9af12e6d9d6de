import type { Action } from '../domain/action.ts';
import type { AnomalyFlag } from '../domain/assessment.ts';
import type { BoundMode } from '../domain/class_mode.ts';
import type { CapReached, RuleTrace } from '../domain/decision.ts';
import type { WindowFault } from '../domain/dossier.ts';
import type { NextStep } from '../domain/next_step.ts';
import type { PolicyCase } from '../domain/policy_case.ts';
import type { Risk } from '../domain/risk.ts';
import type { Doubt } from './confidence.ts';
import type { Forbidding } from './forbidding.ts';

/** What stands in the way besides the facts of the case: found while deciding. */
export type Hindrance = {
  readonly own: boolean;
  readonly actedBefore: boolean;
  /** The model suspects steering: in the first reading, or in the confirmation. */
  readonly steering: boolean;
  /** Of all readings the one that was least sure, where that is not enough to act on; null where it is. */
  readonly doubt: Doubt | null;
  /** The switches that would have to be on for what the policies permit; null when they are, or nothing is permitted. */
  readonly switchedOff: readonly string[] | null;
  /** What gave the risk floor, in words. */
  readonly floor: readonly string[];
  /** The final risk, with what the confirmation noticed. */
  readonly risk: Risk | null;
  /** The confirmation that disagreed, or null. */
  readonly disagreement: Extract<RuleTrace, { kind: 'confirmation' }> | null;
  /** The cap that held it back, or null. */
  readonly cap: CapReached | null;
  /** The policy that says what is next, or forbids without saying it; null when none forbids. */
  readonly policy: Forbidding | null;
  /** The class whose mode alone keeps the action to people, and the action; null otherwise. */
  readonly recommended: (BoundMode & { readonly action: Action }) | null;
  /** It is left to people as a sample of its class, and nothing else holds it. */
  readonly control: { readonly class: string | null } | null;
  /** What is wrong with its window by now. */
  readonly window: WindowFault | null;
};

/** One finding: when it holds, and what is next because of it. */
export type NextStepRow = {
  readonly when: (facts: PolicyCase, hindrance: Hindrance) => boolean;
  readonly step: (facts: PolicyCase, hindrance: Hindrance) => NextStep;
};

/** A flag of the first reading, which saw the text. */
export const noticed = ({ assessment }: PolicyCase, flag: AnomalyFlag): boolean =>
  assessment.kind === 'scored' && assessment.flags.includes(flag);
