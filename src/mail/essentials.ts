import { haltAdvice, haltStory } from '../phrases/halt_words.ts';
import { outcomeRemark, outcomeWord } from '../phrases/outcome_words.ts';
import { plural } from '../phrases/plural.ts';
import { headline } from '../phrases/run_headline.ts';
import { riskWord } from '../phrases/run_totals.ts';
import { SWITCHES_TITLE, switchLines } from '../phrases/switch_words.ts';
import { utcMinute } from '../phrases/time_words.ts';
import { unreviewed, workList } from '../phrases/work_list.ts';
import { plainLine } from '../text/plain_text.ts';
import { mailText } from './mail_text.ts';
import { factsOf, titleOf } from './request_words.ts';
import type { MailContent } from './sections/section.ts';
import { nextLine } from './sections/work_rows.ts';
import { actionKinds, SHOWN_ACTIONS, tally } from './told_actions.ts';

const SHOWN = 15;

/** The mail in plain text: what a reader without HTML has to know, nothing more. */
export function essentials(content: MailContent): string {
  const { record, totals, reportFile, remarks, triggers } = content;
  const problems = record.problems.map(({ where, message }) => `- ${mailText(where, 60)}: ${mailText(message, 400)}`);
  return [
    `${headline(record, totals)}.`,
    `Run ${mailText(record.runId, 80)} of ${utcMinute(record.startedAt)}, ${plural(totals.requests, 'request')} in ${plural(record.window.days, 'day')}.`,
    record.halt === null
      ? ''
      : `${haltStory(record.halt, totals.leftByHalt, mailText)}. What to do: ${haltAdvice(record.halt)}`,
    list('Problems', problems),
    list(
      'Please note',
      [...remarks, ...record.warnings].map((notice) => `- ${mailText(notice, 400)}`),
    ),
    ...(triggers.onRunSummary ? whatToDo(content) : []),
    ...actions(content),
    reportFile === null ? '' : `Full report: ${plainLine(reportFile, 200)}`,
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function whatToDo({ record, totals }: MailContent): string[] {
  const groups = workList(totals.waiting).map(({ title, items }) =>
    list(
      `${title} (${items.length})`,
      items.map(
        (item) =>
          `- ${riskWord(item.reviewed)}: ${titleOf(item.reviewed)} (${factsOf(item.reviewed)}). ${nextLine(item)}`,
      ),
    ),
  );
  const emergencies = unreviewed(record.breakGlass).map(
    ({ requestor, subject, requestId }) =>
      `- ${mailText(requestor, 60)} → ${mailText(subject, 60)} (${mailText(requestId, 60)})`,
  );
  return [
    list('Break-glass to review', emergencies),
    ...groups,
    totals.heldBack.length === 0 ? '' : `Held back by caps: ${totals.heldBack.length}, see the report.`,
    list(
      SWITCHES_TITLE,
      switchLines(record).map((line) => `- ${line}`),
    ),
  ];
}

function actions({ record, attached }: MailContent): string[] {
  const kinds = actionKinds(record).map(({ title, items }) =>
    list(
      `${title} (${tally(items)})`,
      items.map((r) =>
        `- ${outcomeWord(r)}: ${titleOf(r)} (${mailText(r.dossier.request.id, 60)}) ${outcomeRemark(r.outcome, mailText)}`.trimEnd(),
      ),
      SHOWN_ACTIONS,
    ),
  );
  const found = record.recovered.map(
    ({ action, requestId, found: is, runId }) =>
      `- ${is}: ${action} of ${mailText(requestId, 60)}, run ${mailText(runId, 60)}`,
  );
  return [
    ...kinds,
    list('Actions of earlier runs', found, SHOWN_ACTIONS),
    attached === null
      ? ''
      : `${attached.rows} of ${attached.of} actions are in the attached file ${attached.file.name}.`,
  ];
}

/** The first line that a list of mails shows beside the subject. */
export function preheader({ record, totals }: MailContent): string {
  const risks = totals.byRisk.filter(({ count }) => count > 0).map(({ name, count }) => `${count} ${name}`);
  return [`${headline(record, totals)}.`, risks.length === 0 ? '' : `Risk: ${risks.join(', ')}.`].join(' ').trim();
}

function list(title: string, lines: readonly string[], most = SHOWN): string {
  if (lines.length === 0) return '';
  const more = lines.length > most ? [`and ${lines.length - most} more`] : [];
  return [`${title}:`, ...lines.slice(0, most), ...more].join('\n');
}
