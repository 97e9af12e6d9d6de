import { isUnlisted } from '../../domain/access_context.ts';
import type { Assessment } from '../../domain/assessment.ts';
import type { Decision, Outcome } from '../../domain/decision.ts';
import type { NextStep } from '../../domain/next_step.ts';
import { requestorOf, subjectOf } from '../../domain/run_record.ts';
import { outcomeNote, outcomeWord } from '../../phrases/outcome_words.ts';
import { pluralInWords } from '../../phrases/plural.ts';
import { ruleName, ruleWords } from '../../phrases/rule_words.ts';
import { age, utcMinute } from '../../phrases/time_words.ts';
import { capital } from '../../text/plain_text.ts';
import { terminalLine as shown, terminalLine } from '../../text/terminal_text.ts';
import { labelled, PAGE_WIDTH, wrapped } from '../../text/wrap.ts';
import { beganAt } from '../replay/archived_runs.ts';
import type { RecordState } from '../replay/checked_archive.ts';
import type { PlacedEntry } from '../replay/past_actions.ts';
import type { NotBelieved } from './believed.ts';
import { CHECK_PARTS, type Check, type CheckPart } from './checks.ts';
import type { Counterfactual } from './counterfactual.ts';
import type { Explanation } from './explain.ts';
import type { NotFound } from './find.ts';

const MARKS = { pass: '✓', fail: '✗', none: '·' } as const;
const LABEL = 16;
const CHECK_LABEL = 44;

/** The explanation as a person reads it at a terminal; nothing is wider than a page. */
export function explanationText(about: Explanation): string {
  const { reviewed, policy } = about;
  const blocks = [
    heading(about),
    decisionBlock('What the run decided', reviewed.decision, reviewed.outcome),
    policy.same ? '' : changedPolicy(about),
    checkTable(about.checks),
    personBlock(about),
    ...about.counterfactuals.map((one) => waysBlock(one, about)),
    ledgerBlock(about),
  ];
  return `\n${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function heading({ reviewed, run, accessContext }: Explanation): string {
  const { request, facts } = reviewed.dossier;
  const { assessment } = reviewed;
  return [
    `${shown(request.id, 80)}: ${shown(reviewed.decision.verdict)}`,
    '',
    line(
      'asked',
      `${shown(requestorOf(request), 60)} → ${shown(subjectOf(request), 60)}, ${shown(request.operation ?? 'no operation', 40)}`,
    ),
    line(
      '',
      `${utcMinute(request.created)} (${age(facts.daysSinceCreated)}), status when listed: ${shown(request.status, 40)}`,
    ),
    line('about', [accessContext.entitlement ?? 'unknown entitlement', ...accessContext.classes].join(', ')),
    line('justification', request.justification === '' ? 'none' : `“${shown(request.justification)}”`),
    line('AI summary', summaryOf(assessment)),
    line(
      'run',
      `${run.runId}, ${utcMinute(run.startedAt)}, ${run.dryRun ? 'dry run' : run.mode}${run.approvedBy === null ? '' : `, approved by ${shown(run.approvedBy, 60)}`}`,
    ),
  ].join('\n');
}

/** Only some kinds of question ask for one. */
function summaryOf(assessment: Assessment): string {
  if (assessment.kind === 'unscored') return `none: ${shown(assessment.why)}`;
  return assessment.summary === '' ? 'none' : `“${shown(assessment.summary)}”`;
}

function decisionBlock(title: string, decision: Decision, outcome: Outcome | null): string {
  const { verdict, risk, floor, rules, next, basis, expires } = decision;
  const became = outcome === null ? '' : `${outcomeWord({ decision, outcome })}: ${outcomeNote(outcome, shown)}`;
  return [
    title,
    line('verdict', `${verdict}, risk ${risk ?? 'unknown'} (risk floor ${floor})`),
    line('policy basis', basis.length === 0 ? 'none' : [...new Set(basis)].join(', ')),
    ...rules.map((trace, i) =>
      line(i === 0 ? 'because' : '', `${shown(ruleName(trace), 80)}: ${shown(ruleWords(trace))}`),
    ),
    ...(next === null ? [] : [line('next', nextWords(next))]),
    ...(next?.ask == null ? [] : [line('ask for', shown(next.ask))]),
    ...(next?.alternative == null ? [] : [line('instead', shown(next.alternative))]),
    ...(expires === undefined ? [] : [line('ends', expires === null ? 'no end is known' : utcMinute(expires))]),
    ...(became === '' ? [] : [line('outcome', became)]),
  ].join('\n');
}

const nextWords = ({ kind, to, finding }: NextStep): string =>
  `${kind}${kind === 'observe' ? '' : ` to ${shown(to, 60)}`}: ${shown(finding)}`;

function changedPolicy({ policy, today, reviewed: { decision } }: Explanation): string {
  const changed = `The policy has changed since this run (${policy.ofRun.slice(0, 12)} then, ${policy.ofToday.slice(0, 12)} in ${policy.dir} now). Everything below is what today's policy says about the facts of then.`;
  const same = today.verdict === decision.verdict && `${today.basis}` === `${decision.basis}`;
  const verdict = same
    ? `Today's policy would come to the same verdict for the same reasons.`
    : decisionBlock("What today's policy says", today, null);
  return [...wrapped(changed, PAGE_WIDTH), ...(same ? [] : ['']), verdict].join('\n');
}

function checkTable(checks: readonly Check[]): string {
  const parts = (Object.keys(CHECK_PARTS) as CheckPart[]).flatMap((part) => {
    const rows = checks.filter((one) => one.part === part);
    if (rows.length === 0) return [];
    return [
      `  ${CHECK_PARTS[part]}`,
      ...rows.map(({ name, result, value, place }) =>
        labelled(
          `  ${MARKS[result]} ${name}`,
          place === null ? shown(value) : `${shown(value)} (${place})`,
          CHECK_LABEL,
        ),
      ),
    ];
  });
  return ['Every check (✓ fine, ✗ in the way of an action, · has no say)', ...parts].join('\n');
}

function personBlock({ accessContext, holds }: Explanation): string {
  const { person, sodConflicts, rolesDefined, inRole, lesser } = accessContext;
  const roles = person.roles.length === 0 ? 'no roles' : person.roles.join(', ');
  return [
    'The person',
    line('identity', person.known ? `${roles}; manager ${person.manager ?? 'unknown'}` : 'not among the identities'),
    line(
      'in role',
      !rolesDefined ? 'no roles are defined' : isUnlisted(accessContext) ? 'unknown' : inRole ? 'yes' : 'no',
    ),
    ...(lesser ? [line('has less', `${lesser.entitlement}, by the role ${lesser.role}`)] : []),
    ...(holds.length === 0 ? [line('holds', 'nothing else in the vault, as far as the run saw')] : []),
    ...holds
      .slice(0, MOST_HELD)
      .map(({ requestId, status, entitlement, until }, i) =>
        line(
          i === 0 ? 'holds' : '',
          `${entitlement ?? 'unknown'} by ${shown(requestId, 60)} (${shown(status, 30)}, until ${until === null ? 'an open end' : utcMinute(until)})`,
        ),
      ),
    ...(holds.length > MOST_HELD ? [line('', `… and ${holds.length - MOST_HELD} more`)] : []),
    ...sodConflicts.map(({ pair, held, source }) =>
      line(
        'in conflict',
        `${pair}: holds ${held} ${source.kind === 'request' ? `by ${shown(source.id, 60)}` : 'outside the vault'}`,
      ),
    ),
  ].join('\n');
}
const MOST_HELD = 8;

const TARGETS = {
  approve: 'It would have been approved, if',
  reject: 'It would have been rejected, if',
  close: 'It would have been closed, if',
  hold: 'It would have been left to a person, if',
} as const;

function waysBlock({ target, ways, smallest }: Counterfactual, { reviewed }: Explanation): string {
  if (ways.length === 0)
    return `${TARGETS[target]} … none of the facts that can be imagined otherwise would have done it.`;
  const each = ways.map(({ facts, assumesConfirmation }) => {
    const words = facts.map(({ says }) => shown(says)).join(', and ');
    const confirmation =
      assumesConfirmation && reviewed.dossier.request.status === 'Active'
        ? '; the confirmation would have had to agree too'
        : '';
    return labelled('  -', `${words}${confirmation}`, 4);
  });
  const all = smallest ? '' : ' (more than three facts; none of these could be left out)';
  return [`${TARGETS[target]}${ways.length > 1 ? ' (each is enough)' : ''}${all}`, ...each].join('\n');
}

function ledgerBlock({ run, ledger, replayed, policy }: Explanation): string {
  return [
    'Where it stands in the ledger',
    line('run', run.runId),
    ...(ledger.unreadable === null ? [] : [line('ledger', shown(ledger.unreadable))]),
    ...(ledger.entries.length === 0 ? [line('ledger', `no entry about it in ${ledger.folder}`)] : []),
    ...ledger.entries.map(({ file, line: number, entry }) => {
      const when = utcMinute(Date.parse(entry.at));
      return line('ledger', `${file}:${number} ${when} ${entryWords(entry)} by run ${entry.run ?? 'unknown'}`);
    }),
    line('decided again', replayVerdict(replayed, policy.same)),
  ].join('\n');
}

/** A decision that did not change is not entered again, so that it may be of an earlier run. */
function entryWords(entry: PlacedEntry['entry']): string {
  if (entry.kind === 'request.decided') return `decided ${entry.data.verdict}, risk ${entry.data.risk ?? 'unknown'},`;
  if (entry.kind === 'reviewed') return `reviewed by ${shown(entry.data.by, 60)}, noted`;
  return `${entry.data.action} ${entry.kind.replace('action.', '')}`;
}

function replayVerdict(replayed: boolean, same: boolean): string {
  if (replayed) return 'the same verdict for the same reasons';
  return same
    ? 'not quite the same: settings, ledger or program differed from what was recorded'
    : 'differs, as the policy did';
}

const line = (label: string, text: string): string => labelled(`  ${label}`, text, LABEL + 2);

/** Above an explanation whose record is not surely what was decided; empty where it is. */
export const recordNote = ({ kind, says }: RecordState): string =>
  kind === 'true' ? '' : `${wrapped(`! ${capital(says)}.`, PAGE_WIDTH).join('\n  ')}\n`;

/** In place of an explanation, when the record is not what was decided. */
export function notBelieved({ request, run, record, decided }: NotBelieved): string {
  const sealed = decided === null ? 'nothing about it' : `${decided.verdict}, risk ${decided.risk ?? 'unknown'}`;
  return [
    '',
    `✗ ${shown(request, 80)} cannot be explained`,
    '',
    line('why', record.says),
    line('run', run),
    line('ledger says', sealed),
    line(
      'to do',
      'find out who could write to the state folder; `portcullis ledger verify` names all that was changed',
    ),
    '',
  ].join('\n');
}

/** Why nothing can be explained, and what to try. */
export function foundNothing(id: string, run: string | null, { kind, near, runs, reach }: NotFound): string {
  const asked = `\`${terminalLine(kind === 'no-run' ? (run ?? '') : id, 80)}\``;
  const opening = {
    'no-archive': 'no run is archived yet: every run adds one below `runs` in STATE_DIR',
    'no-run': `run ${asked} is not in the archive`,
    'unknown-id': `${run === null ? 'no archived run' : `run \`${terminalLine(run, 40)}\``} knows a request ${asked}`,
  }[kind];
  const lines = [labelled('portcullis:', opening, 12)];
  if (near.length > 0)
    lines.push(labelled('', `did you mean ${near.map((one) => `\`${terminalLine(one, 80)}\``).join(' or ')}?`, 2));
  if (reach !== null) {
    lines.push(labelled('', `the archive holds ${pluralInWords(runs, 'run')}: ${spanOf(reach)}`, 2));
  }
  return `${lines.join('\n')}\n`;
}

function spanOf({ oldest, newest }: NonNullable<NotFound['reach']>): string {
  const when = (runId: string): string => `${runId} (${utcMinute(beganAt(runId))})`;
  return oldest === newest ? when(oldest) : `from ${when(oldest)} to ${when(newest)}`;
}
