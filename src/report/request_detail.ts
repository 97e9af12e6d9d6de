import type { AccessRequest } from '../domain/access_request.ts';
import type { Scored } from '../domain/assessment.ts';
import type { Dossier } from '../domain/dossier.ts';
import { type Reviewed, type RunRecord, requestorOf, subjectOf } from '../domain/run_record.ts';
import { isOpen } from '../domain/status.ts';
import {
  accessContextWords,
  approvalWords,
  confidenceLine,
  confirmationWords,
  conflictWords,
  floorWords,
  riskWords,
  secondAnswerWords,
  textFindingWords,
} from '../phrases/gate_words.ts';
import { countedHours, offHoursWords } from '../phrases/hours_granted.ts';
import { outcomeNote, outcomeWord } from '../phrases/outcome_words.ts';
import { plural } from '../phrases/plural.ts';
import { ruleName, ruleWords } from '../phrases/rule_words.ts';
import { flagsOf, mostPressingFirst, needsPerson, RISK_WORDS, riskWord } from '../phrases/run_totals.ts';
import { ticketWords } from '../phrases/ticket_words.ts';
import { age, span, utcMinute } from '../phrases/time_words.ts';
import { NEXT_WORDS, nextOf } from '../phrases/work_list.ts';
import { isOver, matters, type Room, toldInFull } from './detail.ts';
import { section } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/**
 * The requests of the window from critical to low, then the unscored, each with all that was known and decided: all of
 * them, or those that matter where there are too many. Block by block, for a file that is written as it is made.
 */
export function* detailBlocks({ reviewed }: Pick<RunRecord, 'reviewed'>, room: Room): Generator<string> {
  const told = toldInFull(reviewed, room);
  if (isOver(reviewed, room)) yield section('Requests in full', selection(reviewed, told, room));
  for (const risk of RISK_WORDS) {
    const those = told.filter((r) => riskWord(r) === risk).sort(mostPressingFirst);
    if (those.length > 0) yield `## Requests: ${risk} (${those.length})`;
    for (const one of those) yield detail(one);
  }
}

function selection(reviewed: readonly Reviewed[], told: readonly Reviewed[], { sheet }: Room): string {
  const all = reviewed.filter(matters).length;
  const which = told.length < all ? `the ${told.length} most pressing of the ${all}` : `all ${all}`;
  const where = sheet === null ? '' : ` Every one has a row in \`${sheet}\`.`;
  return `Of the ${plural(reviewed.length, 'request')}, these are ${which} that wait for a person, were acted on or are of high or critical risk.${where}`;
}

/** Compact: one line for each thing that is known, nothing for what is not there. */
function detail(reviewed: Reviewed): string {
  const { dossier, accessContext, assessment, decision, comment } = reviewed;
  const { request, gaps } = dossier;
  const lines: (readonly [string, string])[] = [
    ['Status when listed', markdownText(request.status, 40) + approvalLevel(request)],
    ['Requestor', requestor(dossier)],
    ['Asked', `${utcMinute(request.created)} (${age(dossier.facts.daysSinceCreated)})${granted(dossier)}`],
    ['Access', accessWindow(dossier)],
    ['Asset', assetLine(dossier)],
    ['Operation', request.operation === null ? '' : markdownText(request.operation, 120)],
    ['Tags', tagsLine(dossier)],
    ['Entitlement', accessContextWords(accessContext, markdownText)],
    ['Conflicts', conflictWords(accessContext, markdownText).join('; ')],
    ['Approvals', approvalWords(accessContext)],
    ['Justification', request.justification === '' ? 'none given' : `“${markdownText(request.justification, 1000)}”`],
    ['Tickets', ticketLine(dossier)],
    ['Text findings', textFindingWords(dossier, markdownText)],
    [
      'Anomalies',
      flagsOf(reviewed)
        .map((flag) => flag.replaceAll('_', ' '))
        .join(', '),
    ],
    ['AI summary', assessment.kind === 'scored' && assessment.summary !== '' ? aiSummary(assessment) : ''],
    ['Not scored', assessment.kind === 'unscored' ? markdownText(assessment.why) : ''],
    ['Risk', riskLine(reviewed)],
    ['Confidence', confidenceLine(reviewed)],
    ['Confirmation', confirmationWords(reviewed, markdownText)],
    ['Decision', [[`**${decision.verdict}**`, ...outcome(reviewed)].join(': '), expiry(decision)].join('')],
    ['Next', nextLine(reviewed)],
    [sent(reviewed) ? 'Comment sent' : 'Comment prepared', comment === null ? '' : `“${markdownText(comment)}”`],
    ['AI comment', assessment.kind === 'scored' ? aiComment(assessment.comment, comment) : ''],
    ['Gaps', gaps.map((gap) => `${gap.what} (${markdownText(gap.why, 160)})`).join('; ')],
  ];
  const heading = `### ${markdownText(requestorOf(request), 60)} → ${markdownText(subjectOf(request), 60)} · ${markdownText(request.id, 60)}`;
  const shown = lines.filter(([, value]) => value !== '').map(([name, value]) => `- **${name}:** ${value}`);
  return [heading, '', ...shown, ...ruleLines(reviewed)].join('\n');
}

/** Every rule that had a say, policies marked as such. The risk floor has its own line; what is settled needs no rules. */
function ruleLines({ dossier, decision }: Reviewed): string[] {
  if (isSettled(dossier)) return [];
  const basis = new Set(decision.basis);
  const rules = decision.rules
    .filter(({ kind }) => kind !== 'risk-floor')
    .map((trace) => {
      const ofBasis = (trace.kind === 'policy' || trace.kind === 'switch-off') && basis.has(trace.rule);
      return `  - ${ofBasis ? 'policy ' : ''}${markdownText(ruleName(trace), 80)}: ${markdownText(ruleWords(trace))}`;
    });
  return rules.length === 0 ? [] : ['- **Rules:**', ...rules];
}

const isSettled = ({ request }: Dossier): boolean => !isOpen(request.status);

function riskLine(reviewed: Reviewed): string {
  const why = isSettled(reviewed.dossier) ? [] : floorWords(reviewed.decision).map((says) => markdownText(says, 160));
  return [riskWords(reviewed), ...why].join('; ');
}

/** Only where somebody has to move. */
function nextLine(reviewed: Reviewed): string {
  if (!needsPerson(reviewed)) return '';
  const next = nextOf(reviewed);
  return [
    `**${NEXT_WORDS[next.kind]}** (${markdownText(next.to, 80)}): ${markdownText(next.finding, 200)}`,
    next.ask === null ? '' : `missing: ${markdownText(next.ask, 200)}`,
    next.alternative === null ? '' : `instead: ${markdownText(next.alternative, 200)}`,
  ]
    .filter((words) => words !== '')
    .join(' · ');
}

function assetLine({ request, asset }: Dossier): string {
  if (request.asset === null) return 'none: a space-level request';
  const parts = [subjectOf(request), asset?.type ?? '', asset?.containerPath ?? ''];
  return parts
    .filter((part) => part !== '')
    .map((part) => markdownText(part, 200))
    .join(' · ');
}

const sent = ({ outcome }: Reviewed): boolean => outcome?.kind === 'done' || outcome?.kind === 'unknown';

function outcome(reviewed: Reviewed): string[] {
  if (reviewed.outcome === null) return needsPerson(reviewed) ? ['waits for a person'] : [];
  return [`${outcomeWord(reviewed)}, ${outcomeNote(reviewed.outcome, markdownText)}`];
}

const aiSummary = (assessment: Scored): string => {
  const remembered = assessment.remembered === true ? 'remembered: nothing has changed that the model would see' : '';
  const about = ['AI text', remembered, secondAnswerWords(assessment)].filter(Boolean).join(', ');
  return `“${markdownText(assessment.summary, 1000)}” (${about})`;
};

/** The model's comment is shown only where it is not what was sent anyway. */
const aiComment = (model: string, sent: string | null): string =>
  model === '' || model === sent ? '' : `“${markdownText(model)}” (AI text)`;

const approvalLevel = ({ level, levels }: AccessRequest): string =>
  level !== null && levels !== null && levels > 1 ? `, level ${level} of ${levels}` : '';

function requestor({ request, facts }: Dossier): string {
  const { displayName } = request.requestor;
  const name = requestorOf(request);
  const whose = facts.own ? ', the agent itself' : facts.mayBeOwn === true ? ", may be the agent's own account" : '';
  const full = displayName === null || displayName === name ? '' : ` (${markdownText(displayName, 80)})`;
  return `${markdownText(name, 80)}${full}, ${plural(facts.requestorFrequency, 'request')} in the window${whose}`;
}

/** Only where something was decided to be granted, or is. */
const expiry = ({ expires }: Reviewed['decision']): string =>
  expires === undefined ? '' : expires === null ? ' (it has no end)' : ` (it ends ${utcMinute(expires)})`;

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
  const together = countedHours(facts);
  const contiguous =
    together === null || together === facts.requestedHours ? '' : `${together} hours with the windows that it touches`;
  return [wanted, contiguous, offHoursWords(facts), exclusive === true ? 'exclusive' : '']
    .filter((part) => part !== '')
    .join(', ');
}

function ticketLine({ tickets }: Dossier): string {
  return tickets === undefined
    ? ''
    : ticketWords(tickets)
        .map((words) => markdownText(words, 200))
        .join('; ');
}

/** More tags than that nobody reads; the JSON twin has them all. */
const SHOWN_TAGS = 30;

function tagsLine({ asset }: Dossier): string {
  const tags = asset?.tags ?? [];
  const more = tags.length > SHOWN_TAGS ? [`and ${tags.length - SHOWN_TAGS} more`] : [];
  return [...tags.slice(0, SHOWN_TAGS).map((tag) => markdownText(tag, 60)), ...more].join(', ');
}
