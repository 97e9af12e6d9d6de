import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';
import { plainLine } from '../kit/plain_text.ts';
import { ACTIONS } from '../request/action.ts';
import type { SkipReason } from '../request/decision.ts';
import { headline } from '../request/run_headline.ts';
import { type Reviewed, type RunRecord, requestorOf, subjectOf } from '../request/run_record.ts';
import { riskWord, totalsOf } from '../request/run_totals.ts';
import { whoseMove } from '../request/work_list.ts';

const MOST_ROWS = 15;
const MOST_CAPS = 5;

/** What a person sees at the end of a run: the outcome, the counts, the actions, and where to read on. */
export function summary(record: RunRecord, report: string | null, mail: string | null = null): string {
  const totals = totalsOf(record);
  const line = headline(record, totals);
  const blocks = [
    `${line.charAt(0).toUpperCase()}${line.slice(1)}.`,
    totals.requests === 0 ? '' : counts(totals),
    pressing(record, totals),
    actions(record.reviewed),
    record.problems
      .map(
        ({ where, message, advice }) => `! ${where}: ${told(message)}${advice === null ? '' : `\n  ${told(advice)}`}`,
      )
      .join('\n'),
    places(report, mail),
  ];
  return `\n${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function counts(totals: ReturnType<typeof totalsOf>): string {
  const names = totals.byRisk.map(({ name }) => name);
  const row = totals.byRisk.map(({ count }) => String(count));
  return table([
    ['requests', ...names, 'for a person'],
    [String(totals.requests), ...row, String(totals.waiting.length)],
  ]);
}

/** Whose move it is, and what the caps held back. */
function pressing(record: RunRecord, totals: ReturnType<typeof totalsOf>): string {
  const moves = whoseMove(record, totals);
  const held = new Map<string, number>();
  for (const { why } of totals.heldBack) held.set(why, (held.get(why) ?? 0) + 1);
  return [
    moves === '' ? '' : `whose move: ${moves}`,
    ...[...held].slice(0, MOST_CAPS).map(([why, count]) => `held back:  ${count} by ${shown(why, 120)}`),
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
      shown(subjectOf(one.dossier.request)),
      shown(requestorOf(one.dossier.request)),
      riskWord(one),
      outcomeWords(one),
    ]);
  const more = acted.length > rows.length ? `\n… and ${acted.length - rows.length} more in the report` : '';
  return table([['action', 'asset', 'requestor', 'risk', 'outcome'], ...rows]) + more;
}

function outcomeWords({ outcome }: Reviewed): string {
  if (outcome === null) return '';
  if (outcome.kind === 'done') return shown(outcome.note === '' ? 'done' : `done: ${outcome.note}`);
  if (outcome.kind !== 'skipped') return shown(`${outcome.kind}: ${outcome.why}`);
  return shown(`not done: ${SKIPPED[outcome.reason] ?? outcome.why}`);
}

/** What the person in front of the terminal knows best; for the other reasons the outcome has the words. */
const SKIPPED: Partial<Record<SkipReason, string>> = {
  observing: 'only observing',
  declined: 'you said no',
  stopped: 'stopped before',
};

function places(report: string | null, mail: string | null): string {
  return [
    report === null ? 'report: could not be written' : `report: ${report}`,
    ...(mail === null ? [] : [`mail:   ${mail}`]),
  ].join('\n');
}

const table = (rows: readonly (readonly string[])[]): string => markdownTable(rows, { stringLength: stringWidth });

/** The fact of a problem often stands at its end, and the line is free to wrap. */
const told = (text: string): string => plainLine(text, 400);

/** Nothing that a person or the vault wrote may move the cursor, colour the screen or end a cell of a table. */
const shown = (text: string, maxLength = 70): string => plainLine(text, maxLength).replaceAll('|', '/');
