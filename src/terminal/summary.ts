import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';
import { ACTIONS } from '../domain/action.ts';
import { type Reviewed, type RunRecord, requestorOf, subjectOf } from '../domain/run_record.ts';
import { effortWords } from '../phrases/effort_words.ts';
import { haltAdvice, haltStory } from '../phrases/halt_words.ts';
import { outcomeCell } from '../phrases/outcome_words.ts';
import { headline } from '../phrases/run_headline.ts';
import { riskWord, totalsOf } from '../phrases/run_totals.ts';
import { switchLines } from '../phrases/switch_words.ts';
import { waitingFor } from '../phrases/work_list.ts';
import { capital } from '../text/plain_text.ts';
import { terminalCell, terminalLine } from '../text/terminal_text.ts';

const MOST_ROWS = 15;
const MOST_CAPS = 5;

/** What a person sees at the end of a run: the outcome, the counts, the actions, and where to read on. */
export function summary(record: RunRecord, report: string | null, mail: string | null = null): string {
  const totals = totalsOf(record);
  const effort = effortWords(totals, record.usage);
  const blocks = [
    `${capital(headline(record, totals))}.`,
    noticeLines(record),
    record.halt === null
      ? ''
      : `! ${haltStory(record.halt, totals.leftByHalt, terminalLine)}\n  ${haltAdvice(record.halt)}`,
    totals.requests === 0 ? '' : counts(totals),
    pressing(record, totals),
    effort === '' || totals.requests === 0 ? '' : `model: ${effort}`,
    actions(record.reviewed),
    switchLines(record)
      .map((line, i) => `${i === 0 ? 'switched off: ' : '              '}${line}`)
      .join('\n'),
    record.problems
      .map(
        ({ where, message, advice }) =>
          `! ${terminalLine(where, 60)}: ${terminalLine(message)}${advice === null ? '' : `\n  ${terminalLine(advice)}`}`,
      )
      .join('\n'),
    places(report, mail),
  ];
  return `\n${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** What of the settings may not be meant as it is read. */
export const noticeLines = ({ notices = [] }: Pick<RunRecord, 'notices'>): string =>
  notices.map((notice) => `! ${terminalLine(notice, 600)}`).join('\n');

function counts(totals: ReturnType<typeof totalsOf>): string {
  const names = totals.byRisk.map(({ name }) => name);
  const row = totals.byRisk.map(({ count }) => String(count));
  return table([
    ['requests', ...names, 'for a person'],
    [String(totals.requests), ...row, String(totals.waiting.length)],
  ]);
}

/** For whom requests wait, and what the caps held back. */
function pressing(record: RunRecord, totals: ReturnType<typeof totalsOf>): string {
  const moves = waitingFor(record, totals);
  const held = new Map<string, number>();
  for (const { why } of totals.heldBack) held.set(why, (held.get(why) ?? 0) + 1);
  return [
    moves === '' ? '' : `waiting for: ${moves}`,
    ...[...held].slice(0, MOST_CAPS).map(([why, count]) => `held back:   ${count} by ${terminalCell(why, 120)}`),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function actions(reviewed: readonly Reviewed[]): string {
  const acted = reviewed.filter(({ outcome }) => outcome !== null);
  if (acted.length === 0) return '';
  const rows = acted
    .slice(0, MOST_ROWS)
    .map((one) => [
      one.decision.verdict === 'hold' ? '' : ACTIONS[one.decision.verdict].infinitive,
      terminalCell(subjectOf(one.dossier.request)),
      terminalCell(requestorOf(one.dossier.request)),
      riskWord(one),
      outcomeCell(one.outcome, terminalCell),
    ]);
  const more = acted.length > rows.length ? `\n… and ${acted.length - rows.length} more in the report` : '';
  return table([['action', 'asset', 'requestor', 'risk', 'outcome'], ...rows]) + more;
}

function places(report: string | null, mail: string | null): string {
  return [
    report === null ? 'report: could not be written' : `report: ${terminalLine(report)}`,
    ...(mail === null ? [] : [`mail:   ${terminalLine(mail)}`]),
  ].join('\n');
}

const table = (rows: readonly (readonly string[])[]): string => markdownTable(rows, { stringLength: stringWidth });
