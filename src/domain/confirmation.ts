import type { AccessContext } from './access_context.ts';
import type { Assessment } from './assessment.ts';
import type { Dossier, History } from './dossier.ts';
import { atLeast, atMost, type Risk } from './risk.ts';

/**
 * The second look at a request that is about to be approved or rejected. It may only take the action away.
 * `blind`: rated by facts and classes alone, so that no text can help it to be approved.
 * `solo`: rated with its text, alone in its question, so that no text of another request can get it rejected.
 */
export type Confirmation = { readonly kind: 'facts-only' | 'single'; readonly assessment: Assessment };

/** By request id. A request without a vote has not been looked at again, and so has no agreement. */
export type Confirmations = ReadonlyMap<string, Confirmation>;

/** The kind of vote that each action needs. Closing needs none: it takes access away that has lasted long enough. */
export const CONFIRMED_BY = { approve: 'facts-only', reject: 'single' } as const satisfies Record<
  string,
  Confirmation['kind']
>;
export type ConfirmedAction = keyof typeof CONFIRMED_BY;

/** A request about which a question is asked that knows more than its text, with what is known about it. */
export type Considered = {
  readonly dossier: Dossier;
  readonly accessContext: AccessContext;
  readonly history?: History;
};

/** A request that is about to be approved or rejected. */
export type ConfirmCandidate = Considered & { readonly action: ConfirmedAction };

type Thresholds = { readonly approveUpTo: Risk; readonly rejectFrom: Risk };

/** Whether the vote lets the action happen. INVARIANT: a missing, failed or doubtful vote never does. */
export const agrees = (
  confirmation: Confirmation | undefined,
  action: ConfirmedAction,
  thresholds: Thresholds,
): boolean => disagreement(confirmation, action, thresholds) === null;

/** Why the vote does not let the action happen, in words for a person; null when it agrees. */
export function disagreement(
  confirmation: Confirmation | undefined,
  action: ConfirmedAction,
  { approveUpTo, rejectFrom }: Thresholds,
): string | null {
  const kind = CONFIRMED_BY[action];
  if (confirmation?.kind !== kind) return `there is no ${kind} reading`;
  const { assessment } = confirmation;
  if (assessment.kind === 'unscored') return `the ${kind} reading failed: ${assessment.why}`;
  if (assessment.normalised) return `the ${kind} reading gave no risk that we know`;
  const { risk, flags } = assessment;
  if (action === 'reject') {
    return atLeast(risk, rejectFrom)
      ? null
      : `the ${kind} reading is ${risk}, rejecting is for ${rejectFrom} and above`;
  }
  if (flags.includes('injection_suspected')) return `the ${kind} reading suspects an attempt to steer it`;
  return atMost(risk, approveUpTo) ? null : `the ${kind} reading is ${risk}, approving is for ${approveUpTo} and below`;
}
