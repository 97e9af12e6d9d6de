import type { Assessment } from './assessment.ts';
import { atLeast, atMost, type Risk } from './risk.ts';

/**
 * The second look at a request that is about to be approved or rejected. It may only take the action away.
 * `blind`: rated by facts and classes alone, so that no text can help it to be approved.
 * `solo`: rated with its text, alone in its question, so that no text of another request can get it rejected.
 */
export type Vote = { readonly kind: 'blind' | 'solo'; readonly assessment: Assessment };

/** By request id. A request without a vote has not been looked at again, and so has no agreement. */
export type Votes = ReadonlyMap<string, Vote>;

/** The kind of vote that each action needs. Closing needs none: it takes access away that has lasted long enough. */
export const VOTE_FOR = { approve: 'blind', reject: 'solo' } as const satisfies Record<string, Vote['kind']>;
export type VotedAction = keyof typeof VOTE_FOR;

type Thresholds = { readonly approveUpTo: Risk; readonly rejectFrom: Risk };

/** Whether the vote lets the action happen. INVARIANT: a missing, failed or doubtful vote never does. */
export const agrees = (vote: Vote | undefined, action: VotedAction, thresholds: Thresholds): boolean =>
  disagreement(vote, action, thresholds) === null;

/** Why the vote does not let the action happen, in words for a person; null when it agrees. */
export function disagreement(
  vote: Vote | undefined,
  action: VotedAction,
  { approveUpTo, rejectFrom }: Thresholds,
): string | null {
  const kind = VOTE_FOR[action];
  if (vote?.kind !== kind) return `there is no ${kind} vote`;
  const { assessment } = vote;
  if (assessment.kind === 'unscored') return `the ${kind} vote failed: ${assessment.why}`;
  if (assessment.normalised) return `the ${kind} vote gave no risk that we know`;
  const { risk, flags } = assessment;
  if (action === 'reject') {
    return atLeast(risk, rejectFrom) ? null : `the ${kind} vote is ${risk}, rejecting is for ${rejectFrom} and above`;
  }
  if (flags.includes('injection_suspected')) return `the ${kind} vote suspects an attempt to steer it`;
  return atMost(risk, approveUpTo) ? null : `the ${kind} vote is ${risk}, approving is for ${approveUpTo} and below`;
}
