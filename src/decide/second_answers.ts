import { type Assessment, lowestConfidence, type Scored } from '../domain/assessment.ts';
import {
  CONFIRMED_BY,
  type Confirmation,
  type Confirmations,
  type ConfirmCandidate,
  type SecondAnswers,
} from '../domain/confirmation.ts';
import type { Decision } from '../domain/decision.ts';
import { atMost, RISKS, type Risk } from '../domain/risk.ts';
import { statusAllows } from '../domain/status.ts';
import { disagreement } from './confirm.ts';
import { type DecideWith, decide, type Subject } from './decide.ts';

/**
 * A model errs by a level now and then. Where a request would be approved but for one of its two readings, and that one is
 * just one level over the limit, the question is asked once more; two answers of three then have to be within the limit.
 * INVARIANT: one of them with the request's text and one without any text, always. The risk floor, every flag of every
 * answer and the lowest confidence count as before; nothing is asked a third time, and a reading that is two levels over,
 * or both readings being over, is believed at once.
 */

/** What is still to be asked before the run decides: what would be approved or rejected, and what hangs on one reading. */
export function toConfirm(
  subjects: readonly Subject[],
  proposed: readonly Decision[],
  known: Confirmations,
  how: DecideWith,
): readonly ConfirmCandidate[] {
  return subjects.flatMap((subject, i): ConfirmCandidate[] => {
    const { dossier, accessContext } = subject;
    const confirmation = known.get(dossier.request.id);
    switch (proposed[i]?.verdict) {
      case 'reject':
        return confirmation?.kind === CONFIRMED_BY.reject ? [] : [{ dossier, accessContext, action: 'reject' }];
      case 'approve':
        if (confirmation?.kind !== CONFIRMED_BY.approve) return [{ dossier, accessContext, action: 'approve' }];
        return standsAlone(subject, confirmation, how)
          ? [{ dossier, accessContext, action: 'approve', again: 'confirmation' }]
          : [];
      case 'hold':
        return readingStandsAlone(subject, confirmation, how)
          ? [{ dossier, accessContext, action: 'approve', again: 'reading' }]
          : [];
      default:
        return [];
    }
  });
}

/** Whether the confirmation is all that stands against the approval. One that is remembered was asked for twice then. */
function standsAlone(subject: Subject, { kind, assessment }: Confirmation, how: DecideWith): boolean {
  const { approveUpTo } = how.policy;
  if (!isOneOver(assessment, approveUpTo) || assessment.remembered === true) return false;
  const milder = { kind, assessment: { ...assessment, risk: approveUpTo } };
  return wouldApprove(subject, milder, how);
}

/** The same of the usual reading, unless an earlier run asked for it twice. */
function readingStandsAlone(subject: Subject, confirmation: Confirmation | undefined, how: DecideWith): boolean {
  const { assessment, dossier } = subject;
  const { approveUpTo } = how.policy;
  if (!statusAllows(dossier.request.status, 'approve') || !isOneOver(assessment, approveUpTo)) return false;
  if (assessment.borneOut === true) return false;
  if (disagreement(confirmation, 'approve', how.policy) !== null) return false;
  return wouldApprove({ ...subject, assessment: { ...assessment, risk: approveUpTo } }, confirmation, how);
}

const wouldApprove = (subject: Subject, confirmation: Confirmation | undefined, how: DecideWith): boolean =>
  decide(subject, { confirmation, heldBack: null }, how).verdict === 'approve';

/** Whether a reading is over the limit by one level of risk. */
export const isOneOver = (reading: Assessment, limit: Risk): reading is Scored =>
  reading.kind === 'scored' && !reading.normalised && RISKS.indexOf(reading.risk) === RISKS.indexOf(limit) + 1;

/** The readings with what the second answers said. */
export function withSecondAnswers(
  subjects: readonly Subject[],
  confirmations: Confirmations,
  candidates: readonly ConfirmCandidate[],
  second: SecondAnswers,
  limit: Risk,
): { readonly subjects: readonly Subject[]; readonly confirmations: Confirmations } {
  const again = new Map(candidates.flatMap(({ dossier, again }) => (again ? [[dossier.request.id, again]] : [])));
  if (again.size === 0) return { subjects, confirmations };
  const confirmed = new Map(confirmations);
  const read = subjects.map((subject) => {
    const { id } = subject.dossier.request;
    const answer = second.get(id);
    const which = again.get(id);
    if (answer === undefined || which === undefined) return subject;
    if (which === 'reading') return { ...subject, assessment: ofBoth(subject.assessment, answer, limit) };
    const first = confirmed.get(id);
    if (first !== undefined) {
      confirmed.set(id, { ...first, assessment: ofBoth(first.assessment, answer, limit) });
    }
    return subject;
  });
  return { subjects: read, confirmations: confirmed };
}

/** The first answer, or where the second one is within the limit, that one; with all that either noticed. */
export function ofBoth(first: Assessment, second: Assessment, limit: Risk): Assessment {
  if (first.kind !== 'scored' || second.kind !== 'scored' || second.normalised) return first;
  const flags = [...new Set([...first.flags, ...second.flags])];
  const confidence = lowestConfidence([first, second]);
  if (!atMost(second.risk, limit)) return { ...first, flags, confidence, borneOut: true };
  // What the first answer says to the requestor was meant for the higher risk.
  return { ...first, risk: second.risk, flags, confidence, comment: '', firstAnswer: first.risk };
}
