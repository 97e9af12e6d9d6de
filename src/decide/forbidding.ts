import type { Action } from '../domain/action.ts';
import type { NextStep, PolicyStep } from '../domain/next_step.ts';
import type { PolicyAnswer, PolicyCase } from '../domain/policy_case.ts';
import { atLeast } from '../domain/risk.ts';

/** A policy that holds a request, as far as the next step needs it. */
export type Forbidding = {
  readonly action: Action;
  readonly says: string;
  readonly advice: string | null;
  readonly step: PolicyStep | null;
};

/** Nothing keeps a request from a rejection that its risk is too low for. */
export function forbidsOf(action: Action, { says, notes }: PolicyAnswer, { risk, settings }: PolicyCase): Forbidding[] {
  if (action === 'reject' && (risk === null || !atLeast(risk, settings.rejectFrom))) return [];
  return says.map((sentence, i) => {
    return { action, says: sentence, advice: notes?.[i]?.advice ?? null, step: notes?.[i]?.next ?? null };
  });
}

const BY_KIND: readonly NextStep['kind'][] = ['escalate', 'request_info', 'observe'];

/**
 * The one that says what is next: one with a step of its own before one without, a decision before a question, and what
 * keeps a request from being approved before what keeps it from being rejected. Among equals the first by name.
 */
export function weightiest(forbidding: readonly Forbidding[]): Forbidding | null {
  const weight = ({ action, step }: Forbidding): number =>
    (step === null ? BY_KIND.length : BY_KIND.indexOf(step.kind)) * 2 + (action === 'approve' ? 0 : 1);
  const able = forbidding.filter(({ action, step }) => step !== null || action === 'approve');
  return able.reduce<Forbidding | null>(
    (best, one) => (best === null || weight(one) < weight(best) ? one : best),
    null,
  );
}
