import type { Assessment, Scored } from '../domain/assessment.ts';
import { statusAllows } from '../domain/status.ts';
import { type DecideWith, decide, type Subject } from './decide.ts';
import { isOneOver } from './second_answers.ts';

/** The best that a model could say of a request. */
export const BEST: Scored = {
  kind: 'scored',
  risk: 'low',
  normalised: false,
  flags: [],
  confidence: 1,
  summary: '',
  comment: '',
};

/**
 * Whether a request could be approved in this run: the whole decision, made with the reading that is known already, or with
 * the best assessment that a model could give. It says only which questions are worth asking early.
 * INVARIANT: nothing is approved because of it, and neither caps nor the circuit breaker see it; what is approved without
 * having been foreseen is confirmed all the same.
 */
export function couldBeApproved(
  subject: Omit<Subject, 'assessment'>,
  known: Assessment | undefined,
  how: DecideWith,
): boolean {
  if (!statusAllows(subject.dossier.request.status, 'approve')) return false;
  return decide({ ...subject, assessment: bestOf(known, how) }, null, how).verdict === 'approve';
}

/** A reading that may be asked for once more is as good as the second answer could make it. */
function bestOf(known: Assessment | undefined, { policy: { approveUpTo } }: DecideWith): Assessment {
  if (known === undefined || known.kind === 'unscored') return BEST;
  return isOneOver(known, approveUpTo) && known.borneOut !== true ? { ...known, risk: approveUpTo } : known;
}
