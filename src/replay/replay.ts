import { type DecideWith, decide, type SecondLook, type Subject } from '../decide/decide.ts';
import type { Decision } from '../request/decision.ts';
import type { Reviewed } from '../request/run_record.ts';
import { VOTE_FOR, type Vote, type VotedAction } from '../request/vote.ts';

/** What came out of the second look and the caps when it was for real; null where there was none. */
export type Recorded = { readonly vote: Vote | null; readonly heldBack: string | null };

export type Replayed = {
  readonly decision: Decision;
  /**
   * The action would still need a second look that was never asked for: another verdict, or another policy, makes other
   * candidates. The decision is then the one that an agreeing vote would lead to.
   */
  readonly assumesVote: boolean;
};

/**
 * Decides once more with the code that runs decide with. The same subject, policy and memory give the same decision as
 * in the run; anything changed gives what the run would have decided had it been so.
 */
export function replay(subject: Subject, { vote, heldBack }: Recorded, how: DecideWith): Replayed {
  const prepared = decide(subject, null, how);
  const { verdict } = prepared;
  // What is held anyway was no candidate: no second look and no cap was asked about it.
  if (verdict === 'hold') return { decision: prepared, assumesVote: false };
  const look: SecondLook = { vote: vote ?? undefined, heldBack };
  const needed = Object.hasOwn(VOTE_FOR, verdict) ? VOTE_FOR[verdict as VotedAction] : null;
  if (needed === null || vote?.kind === needed) {
    return { decision: decide(subject, look, how), assumesVote: false };
  }
  if (heldBack === null) return { decision: prepared, assumesVote: true };
  const agreeing: SecondLook = { vote: agreeingVote(needed, how), heldBack };
  return { decision: decide(subject, agreeing, how), assumesVote: true };
}

/** The vote that the action needs, saying what it has to say. */
export function agreeingVote(kind: Vote['kind'], { policy }: Pick<DecideWith, 'policy'>): Vote {
  const risk = kind === 'blind' ? 'low' : policy.rejectFrom;
  return { kind, assessment: { kind: 'scored', risk, normalised: false, flags: [], summary: '', comment: '' } };
}

/** The vote of a record and the cap that held it back, which is told by the trace of its decision. */
export function recordedOf({ vote, decision }: Pick<Reviewed, 'vote' | 'decision'>): Recorded {
  const cap = decision.rules.find(({ rule }) => rule === 'cap');
  return { vote, heldBack: cap === undefined ? null : cap.says.replace(/^no (?:approve|reject|close): /, '') };
}
