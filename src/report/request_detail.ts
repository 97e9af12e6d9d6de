import type { AccessRequest } from '../request/access_request.ts';
import type { Dossier } from '../request/dossier.ts';
import { type Reviewed, type RunRecord, requestorOf, subjectOf } from '../request/run_record.ts';
import { flagsOf, mostPressingFirst, RISK_WORDS, riskWord } from '../request/run_totals.ts';
import { age, span, utcMinute } from '../request/time_words.ts';
import { noteOf, outcomeWord } from './action_tables.ts';
import { section } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** Every request of the window from critical to low, then the unscored, each with all that was known and decided. */
export function detailSections({ reviewed }: Pick<RunRecord, 'reviewed'>): string {
  return RISK_WORDS.map((risk) => {
    const those = reviewed.filter((r) => riskWord(r) === risk).sort(mostPressingFirst);
    return section(`Requests: ${risk} (${those.length})`, ...those.map(detail));
  })
    .filter((text) => !text.endsWith('(0)'))
    .filter((text) => text !== '')
    .join('\n\n');
}

function detail(reviewed: Reviewed): string {
  const { dossier, assessment, decision, comment } = reviewed;
  const { request, asset, gaps } = dossier;
  const lines = [
    ['Status when listed', markdownText(request.status, 40) + approvalLevel(request)],
    ['Requestor', requestor(dossier)],
    ['Asked', `${utcMinute(request.created)} (${age(dossier.facts.daysSinceCreated)})${granted(dossier)}`],
    ['Access', accessWindow(dossier)],
    ['Asset', request.asset === null ? 'none: a space-level request' : markdownText(subjectOf(request), 120)],
    ['Operation', request.operation === null ? '' : markdownText(request.operation, 120)],
    ['Asset type', asset?.type == null ? '' : markdownText(asset.type, 120)],
    ['Container', asset?.containerPath == null ? '' : markdownText(asset.containerPath, 200)],
    ['Tags', asset?.tags.map((tag) => markdownText(tag, 60)).join(', ') ?? ''],
    ['Justification', request.justification === '' ? 'none given' : `“${markdownText(request.justification, 1000)}”`],
    [
      'Anomalies',
      flagsOf(reviewed)
        .map((flag) => flag.replaceAll('_', ' '))
        .join(', '),
    ],
    ['AI summary', assessment.kind === 'scored' ? `“${markdownText(assessment.summary, 1000)}” (AI text)` : ''],
    ['Not scored', assessment.kind === 'unscored' ? markdownText(assessment.why) : ''],
    ['Risk', riskNote(reviewed)],
    ['Decision', [`**${decision.verdict}**`, ...outcome(reviewed)].join(': ')],
    [sent(reviewed) ? 'Comment sent' : 'Comment prepared', comment === null ? '' : `“${markdownText(comment)}”`],
    ['AI comment', assessment.kind === 'scored' ? aiComment(assessment.comment, comment) : ''],
    ['Gaps', gaps.map((gap) => `${gap.what} (${markdownText(gap.why, 160)})`).join('; ')],
  ].filter(([, value]) => value !== '');
  const heading = `### ${markdownText(requestorOf(request), 60)} → ${markdownText(subjectOf(request), 60)} · ${markdownText(request.id, 60)}`;
  const rules = decision.rules.map((rule) => `  - ${markdownText(rule.rule, 80)}: ${markdownText(rule.says)}`);
  return [
    heading,
    '',
    ...lines.map(([name, value]) => `- **${name}:** ${value}`),
    ...(rules.length === 0 ? [] : ['- **Rules:**', ...rules]),
  ].join('\n');
}

/** Said only where the final risk is not simply the model's word. */
function riskNote({ assessment, decision }: Reviewed): string {
  if (assessment.kind === 'unscored' || decision.risk === null) return '';
  if (assessment.normalised) return `${decision.risk}; the model's word was not one of ours and was taken as medium`;
  return assessment.risk === decision.risk ? '' : `${decision.risk}; the model alone said ${assessment.risk}`;
}

const sent = ({ outcome }: Reviewed): boolean => outcome?.kind === 'done' || outcome?.kind === 'unknown';

function outcome(reviewed: Reviewed): string[] {
  if (reviewed.outcome === null) return reviewed.decision.needsPerson ? ['waits for a person'] : [];
  return [`${outcomeWord(reviewed)}, ${noteOf(reviewed.outcome)}`];
}

/** The model's comment is shown only where it is not what was sent anyway. */
const aiComment = (model: string, sent: string | null): string =>
  model === '' || model === sent ? '' : `“${markdownText(model)}” (AI text)`;

const approvalLevel = ({ level, levels }: AccessRequest): string =>
  level !== null && levels !== null && levels > 1 ? `, level ${level} of ${levels}` : '';

function requestor({ request, facts }: Dossier): string {
  const { displayName } = request.requestor;
  const name = requestorOf(request);
  const full = displayName === null || displayName === name ? '' : ` (${markdownText(displayName, 80)})`;
  const often = facts.requestorFrequency === 1 ? '1 request' : `${facts.requestorFrequency} requests`;
  return `${markdownText(name, 80)}${full}, ${often} in the window${facts.own ? ', the agent itself' : ''}`;
}

const granted = ({ request, facts }: Dossier): string =>
  request.approved === null
    ? ''
    : `, approved ${utcMinute(request.approved)}${facts.daysSinceApproved === null ? '' : ` (${age(facts.daysSinceApproved)})`}`;

function accessWindow({ request: { requestedFrom: from, requestedTo: to, exclusive }, facts }: Dossier): string {
  const wanted =
    from !== null && to !== null
      ? `${utcMinute(from)} to ${utcMinute(to)} (${span(from, to)})`
      : from !== null
        ? `from ${utcMinute(from)}, no end`
        : to !== null
          ? `until ${utcMinute(to)}`
          : '';
  return [wanted, facts.offHours ? 'outside office hours' : '', exclusive === true ? 'exclusive' : '']
    .filter((part) => part !== '')
    .join(', ');
}
