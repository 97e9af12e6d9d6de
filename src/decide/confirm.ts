import { CONFIRMED_BY, type Confirmation, type ConfirmedAction, type Disagreement } from '../domain/confirmation.ts';
import { atLeast, atMost, type Risk } from '../domain/risk.ts';

type Thresholds = { readonly approveUpTo: Risk; readonly rejectFrom: Risk };

/** Whether the confirmation lets the action happen. INVARIANT: a missing, failed or doubtful one never does. */
export const agrees = (
  confirmation: Confirmation | undefined,
  action: ConfirmedAction,
  thresholds: Thresholds,
): boolean => disagreement(confirmation, action, thresholds) === null;

/** Why the confirmation does not let the action happen; null when it agrees. */
export function disagreement(
  confirmation: Confirmation | undefined,
  action: ConfirmedAction,
  { approveUpTo, rejectFrom }: Thresholds,
): Disagreement | null {
  if (confirmation?.kind !== CONFIRMED_BY[action]) return { reason: 'missing' };
  const { assessment } = confirmation;
  if (assessment.kind === 'unscored') return { reason: 'failed', why: assessment.why };
  if (assessment.normalised) return { reason: 'not-understood' };
  const { risk, flags } = assessment;
  if (action === 'reject') return atLeast(risk, rejectFrom) ? null : { reason: 'risk', risk, limit: rejectFrom };
  if (flags.includes('injection_suspected')) return { reason: 'steering-suspected' };
  return atMost(risk, approveUpTo) ? null : { reason: 'risk', risk, limit: approveUpTo };
}
