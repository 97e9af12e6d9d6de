import { plural, pluralInWords } from '../../phrases/plural.ts';
import { utcMinute } from '../../phrases/time_words.ts';
import { capital } from '../../text/plain_text.ts';
import { terminalLine as shown } from '../../text/terminal_text.ts';
import { labelled, PAGE_WIDTH, wrapped } from '../../text/wrap.ts';
import { leftOutWords } from '../replay/checked_archive.ts';
import type { Affected, Backtest } from './backtest.ts';
import { classesText } from './class_text.ts';
import type { FATES } from './history.ts';
import { FATE_NAMES, type Intern, type Measures } from './measures.ts';

const LABEL = 24;

/** The result as a person reads it; `reasons` adds the policies that determined each affected request. */
export function backtestText(result: Backtest, { reasons }: { reasons: boolean }): string {
  const { measures, measuresBefore } = result;
  const blocks = [
    heading(result),
    counts(measures, measuresBefore),
    afterwards(measures),
    quality(measures),
    classesText(result.classes, result.promoteAt),
    danger(measures),
    affectedBlock(result, reasons),
    remarks(result),
  ];
  return `\n${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** The classes alone, with what they rest on. */
export const evidenceText = (result: Backtest): string =>
  `\n${[heading(result), counts(result.measures, null), classesText(result.classes, result.promoteAt), remarks(result)].filter((block) => block !== '').join('\n\n')}\n`;

function heading({ history, policies, settings, confidenceNotAsked, rescored }: Backtest): string {
  const { approveUpTo, rejectFrom, staleDays, autoCloseExpired } = settings;
  const name = ({ dir, digest }: { dir: string; digest: string }) => `${dir} (${digest.slice(0, 12)})`;
  const runs = pluralInWords(history.runs.length, 'run');
  const expired = autoCloseExpired ? ', or past the maximum of its class' : '';
  return [
    policies.old === null
      ? line('policy', name(policies.new))
      : [line('policy now', name(policies.old)), line('policy on trial', name(policies.new))].join('\n'),
    line('replayed', `${runs}, ${utcMinute(history.from)} to ${utcMinute(history.to)}`),
    line(
      'with',
      `all switches on; approving up to ${approveUpTo}, rejecting from ${rejectFrom}, confidence from ${settings.confidenceNeeded}, closing after ${plural(staleDays, 'day')}${expired}; no caps`,
    ),
    line(
      'ratings',
      rescored === null
        ? 'from the archive: nobody was asked anything'
        : `asked anew of ${rescored.usage.model}: ${plural(rescored.usage.calls, 'question')}, ${rescored.usage.promptTokens + rescored.usage.completionTokens} tokens`,
    ),
    ...(confidenceNotAsked === 0 || settings.confidenceNeeded === 0
      ? []
      : [
          line(
            'confidence',
            `${plural(confidenceNotAsked, 'case')} of runs that did not ask for it count as sure; --rescore asks`,
          ),
        ]),
  ].join('\n');
}

const WOULD = {
  approve: 'would approve',
  reject: 'would reject',
  hold: 'held for a person',
  close: 'would close',
  unchanged: 'granted, unchanged',
} as const satisfies Record<keyof Measures['would'], string>;

function counts({ would, requests, recalled, unrated }: Measures, before: Measures | null): string {
  const rows = (Object.keys(WOULD) as (keyof Measures['would'])[]).map((key) => {
    const share = `${would[key]}`.padStart(6);
    return `  ${WOULD[key].padEnd(LABEL - 2)}${before === null ? '' : `${before.would[key]}`.padStart(6)}${share}`;
  });
  const head = before === null ? '' : `\n  ${''.padEnd(LABEL - 2)}${'now'.padStart(6)}${'trial'.padStart(6)}`;
  return `${plural(requests, 'case')}: each request once as waiting and once as granted${recalledWords(recalled, unrated)}${head}\n${rows.join('\n')}`;
}

/** What people decided before the first run is evidence from the first day. */
function recalledWords(recalled: number, unrated: number): string {
  if (recalled === 0) return '';
  const taken = unrated === 0 ? '' : `; ${unrated} of them nobody rated (DEEP_ANALYSIS), and they count as low`;
  return `\n  ${recalled} more had been decided by people before a run saw them wait; they count below, for the agreement${taken}`;
}

function afterwards({ afterwards: table }: Measures): string {
  const width = 15;
  const head = FATE_NAMES.map((fate) => SHORT[fate].padStart(width)).join('');
  const rows = (['approve', 'reject', 'hold'] as const).map(
    (verdict) =>
      `  ${WOULD[verdict].padEnd(LABEL - 2)}${FATE_NAMES.map((fate) => `${table[verdict][fate]}`.padStart(width)).join('')}`,
  );
  return [`What became of the waiting ones afterwards`, `  ${''.padEnd(LABEL - 2)}${head}`, ...rows].join('\n');
}
const SHORT = {
  approved: 'people: yes',
  rejected: 'people: no',
  withdrawn: 'withdrawn',
  agent: 'by the agent',
  open: 'still waiting',
} as const satisfies Record<keyof typeof FATES, string>;

function quality({ agreement, overApproved, overRejected, sodRecall, escalation, ...more }: Measures): string {
  return [
    'How good it would have been',
    line('agreement', agreement.of === 0 ? NOBODY : `${share(agreement)} of those that both decided`),
    line('over-approval', named(overApproved, 'would have been approved, and people rejected them')),
    line('over-rejection', named(overRejected, 'would have been rejected, and people approved them')),
    line(
      'SoD recall',
      sodRecall.of === 0
        ? 'no request with conflicting duties'
        : `${share(sodRecall)} with conflicting duties not approved`,
    ),
    line('escalation rate', `${share(escalation)} of the waiting ones left to people`),
    ...askedForMore(more),
  ].join('\n');
}

const MOST_NAMED = 5;

function askedForMore({
  askedForMore: all,
  askedForMoreBy: by,
}: Pick<Measures, 'askedForMore' | 'askedForMoreBy'>): string[] {
  if (all.count === 0) return [line('asked for more', 'nobody')];
  const rest = by.length - MOST_NAMED;
  return [
    line('asked for more', `${share(all)} than a role of the person has of the same`),
    ...by
      .slice(0, MOST_NAMED)
      .map(({ requestor, asked, enough, count }) =>
        line('', `${count} × ${shown(requestor, 40)}: ${shown(asked, 60)}, has ${shown(enough, 60)}`),
      ),
    ...(rest > 0
      ? [line('', `and ${plural(rest, 'more of a person and an entitlement', 'more of persons and entitlements')}`)]
      : []),
  ];
}

const NOBODY = 'people decided none of those that would have been decided';
const share = ({ of, count }: Intern): string =>
  of === 0 ? 'nothing to compare' : `${Math.round((count / of) * 100)} % (${count} of ${of})`;
const named = (ids: readonly string[], what: string): string =>
  ids.length === 0 ? 'none' : `${ids.length} ${what}: ${ids.map((id) => shown(id, 60)).join(', ')}`;

function danger({ dangerous }: Measures): string {
  if (dangerous.length === 0) return '✓ Nothing privileged and nothing in conflict would have been approved.';
  return [
    `✗ ${dangerous.length} privileged or conflicting would have been approved:`,
    ...dangerous.map(({ id, runId, basis, privileged, inConflict }) => {
      const why = [...(privileged ? ['privileged or never_auto'] : []), ...(inConflict ? ['duties in conflict'] : [])];
      return labelled('  -', `${shown(id, 60)}: ${why.join(', ')}; by ${basis.join(', ')} in run ${runId}`, 4);
    }),
  ].join('\n');
}

function affectedBlock({ affected, policies }: Backtest, reasons: boolean): string {
  const compared = policies.old !== null;
  if (affected.length === 0) return compared ? 'Both policies come to the same verdict on every request.' : '';
  if (!compared && !reasons) return '';
  const title = compared
    ? `${plural(affected.length, 'request is', 'requests are')} affected`
    : `${affected.length} would be acted on`;
  return [title, ...affected.map((one) => affectedLines(one, compared, reasons))].join('\n');
}

function affectedLines(one: Affected, compared: boolean, reasons: boolean): string {
  const confirmation = one.assumesConfirmation ? ', still needs a confirmation' : '';
  const verdict = compared ? `${one.old} → ${one.new}` : one.new;
  const then = compared || one.old === one.new ? '' : ` (the runs decided: ${one.old})`;
  const about = `${shown(one.requestor, 40)} → ${shown(one.subject, 40)}, ${one.phase}`;
  const because = (basis: readonly string[]) => (basis.length === 0 ? 'no policy' : basis.join(', '));
  return [
    `  ${shown(one.id, 60)}  ${verdict}${then}${confirmation}`,
    labelled('', about, 6),
    ...(reasons && compared ? [labelled('      old', because(one.oldBasis), 12)] : []),
    ...(reasons ? [labelled(`      ${compared ? 'new' : 'by'}`, because(one.newBasis), 12)] : []),
  ].join('\n');
}

function remarks({ measures, passedOver, leftOut, rescored }: Backtest): string {
  const all = [
    ...leftOutWords(leftOut).map((words) => shown(words, 500)),
    ...(measures.unread > 0
      ? [
          `Of ${plural(measures.unread, 'request')} that people had decided nobody read the asset, so that nothing speaks for or against a class: run once with DEEP_ANALYSIS=true (\`run --dry-run\` is enough).`,
        ]
      : []),
    ...(measures.withoutConfirmation > 0
      ? [
          `${measures.withoutConfirmation} of the would-be approvals and rejections had no confirmation at the time: for them one would still have to agree${rescored === null ? ' (--rescore asks for it)' : ''}.`,
        ]
      : []),
    ...(measures.capped > 0 ? [`The caps would have held back ${measures.capped} of the actions in their run.`] : []),
    ...(passedOver.length > 0
      ? [`${capital(pluralInWords(passedOver.length, 'archived run'))} decided nothing or cannot be read: passed over.`]
      : []),
    ...(rescored?.problems ?? []).map((problem) => shown(problem, 300)),
  ];
  return all.map((one) => wrapped(`! ${one}`, PAGE_WIDTH).join('\n  ')).join('\n');
}

const line = (label: string, text: string): string => labelled(`  ${label}`, text, LABEL);
