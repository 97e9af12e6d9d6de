import { type Reviewed, requestorOf, subjectOf } from '../domain/run_record.ts';
import {
  accessContextWords,
  approvalWords,
  confirmationWords,
  conflictWords,
  textFindingWords,
} from '../phrases/gate_words.ts';
import { offHoursWords } from '../phrases/hours_granted.ts';
import { noun } from '../phrases/plural.ts';
import { age } from '../phrases/time_words.ts';
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
    offHoursWords(facts),
  ]
    .filter((word) => word !== '')
    .join(' · ');
}

/** Marked, so that nobody takes the words of a model for a finding. */
export function aiSummary({ assessment }: Reviewed): string {
  return assessment.kind === 'scored' && assessment.summary !== '' ? `AI: “${mailText(assessment.summary, 280)}”` : '';
}

/** What is asked for: the asset and what the policy's files make of it. */
export function askedFor({ dossier: { asset }, accessContext }: Reviewed): string {
  const place = [asset?.type ?? '', asset?.containerPath ?? ''].filter((part) => part !== '');
  return [...place.map((part) => mailText(part, 120)), accessContextWords(accessContext, mailText)].join(' · ');
}

/** What speaks against it, beyond its risk: conflicts, missing approvals, findings in its text. */
export function objections({ accessContext, dossier }: Reviewed): string {
  const conflicts = conflictWords(accessContext, mailText).join('; ');
  const { missing, onlySelf } = accessContext.approvals;
  const approvals = missing.length > 0 || onlySelf ? approvalWords(accessContext) : '';
  const findings = textFindingWords(dossier, mailText);
  return [
    conflicts === '' ? '' : `Conflict: ${conflicts}`,
    approvals === '' ? '' : `Approvals: ${approvals}`,
    findings === '' ? '' : `Text: ${findings}`,
  ]
    .filter((words) => words !== '')
    .join(' · ');
}

const MOST_POLICIES = 4;

/** `Policy: approve-low-risk · facts-only reading low, agreed`; the report has the sentences of the policies. */
export function decidedBy(r: Reviewed): string {
  const { basis } = r.decision;
  const ids = basis.slice(0, MOST_POLICIES).map((id) => mailText(id, 60));
  if (basis.length > ids.length) ids.push(`and ${basis.length - ids.length} more`);
  const policies = ids.length === 0 ? '' : `${noun(basis.length, 'Policy', 'Policies')}: ${ids.join(', ')}`;
  return [policies, confirmationWords(r, mailText)].filter((words) => words !== '').join(' · ');
}
