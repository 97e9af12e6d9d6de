import { flagged } from '../domain/assessment.ts';
import { CONFIRMED_BY, type Confirmation, type ConfirmedAction, type Disagreement } from '../domain/confirmation.ts';
import { atLeast, atMost, type Risk } from '../domain/risk.ts';
import { unsure } from './confidence.ts';

type Thresholds = { readonly approveUpTo: Risk; readonly rejectFrom: Risk; readonly confidenceNeeded: number };

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
  { approveUpTo, rejectFrom, confidenceNeeded }: Thresholds,
): Disagreement | null {
  if (confirmation?.kind !== CONFIRMED_BY[action]) return { reason: 'missing' };
  const { assessment } = confirmation;
  if (assessment.kind === 'unscored') return { reason: 'failed', why: assessment.why };
  if (assessment.normalised) return { reason: 'not-understood' };
  const { risk } = assessment;
  if (action === 'approve' && flagged(assessment, 'injection_suspected')) return { reason: 'steering-suspected' };
  if (action === 'reject' && !atLeast(risk, rejectFrom)) return { reason: 'risk', risk, limit: rejectFrom };
  if (action === 'approve' && !atMost(risk, approveUpTo)) return { reason: 'risk', risk, limit: approveUpTo };
  const doubt = unsure(assessment, confidenceNeeded);
  return doubt === null ? null : { reason: 'unsure', ...doubt };
}
