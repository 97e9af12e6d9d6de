import { ACTIONS } from '../request/action.ts';
import { type Reviewed, requestorOf, subjectOf } from '../request/run_record.ts';
import { age } from '../request/time_words.ts';
import { mailText } from './mail_text.ts';

/** How one request is told in the mail, in HTML and in plain text alike. Texts are safe to show, not yet HTML-escaped. */

/** `anna.berg → srv-web-04` */
export const titleOf = ({ dossier: { request } }: Reviewed): string =>
  `${mailText(requestorOf(request), 60)} → ${mailText(subjectOf(request), 60)}`;

/** `req-0412 · Active · asked 3 days ago`; the status is the one after an action of this run. */
export function factsOf({ dossier: { request, facts }, outcome }: Reviewed): string {
  const old = age(facts.daysSinceCreated);
  return [
    mailText(request.id, 60),
    mailText((outcome?.kind === 'done' ? outcome.statusAfter : null) ?? request.status, 40),
    old === 'today' ? 'asked today' : `asked ${old} ago`,
    facts.offHours ? 'outside office hours' : '',
  ]
    .filter((word) => word !== '')
    .join(' · ');
}

/** Why a request waits: the rule that led to the hold, or the outcome that nobody knows. */
export function whyWaiting({ decision, outcome }: Reviewed): string {
  if (outcome?.kind === 'unknown') return `Outcome unknown: ${mailText(outcome.why, 160)}`;
  const first = decision.rules[0];
  return first === undefined ? '' : mailText(first.says, 160);
}

/** What became of a decision, in one or two words. */
export function outcomeWord({ decision, outcome }: Reviewed): string {
  if (outcome === null || decision.verdict === 'hold') return 'held';
  switch (outcome.kind) {
    case 'done':
      return ACTIONS[decision.verdict].done;
    case 'skipped':
      return outcome.reason === 'observing' ? `would ${ACTIONS[decision.verdict].infinitive}` : 'not done';
    case 'failed':
      return 'failed';
    case 'unknown':
      return 'unclear';
  }
}

/** What there is to say about an outcome beyond its name. */
export function outcomeNote({ outcome }: Reviewed): string {
  if (outcome === null) return '';
  if (outcome.kind === 'done') return mailText(outcome.note, 160);
  // Every row of an observing run would say the same.
  return outcome.kind === 'skipped' && outcome.reason === 'observing' ? '' : mailText(outcome.why, 160);
}

/** Marked, so that nobody takes the words of a model for a finding. */
export function aiSummary({ assessment }: Reviewed): string {
  return assessment.kind === 'scored' && assessment.summary !== '' ? `AI: “${mailText(assessment.summary, 280)}”` : '';
}
