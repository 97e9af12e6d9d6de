import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';
import { plainLine } from '../kit/plain_text.ts';
import { ACTIONS } from '../request/action.ts';
import type { SkipReason } from '../request/decision.ts';
import { headline } from '../request/run_headline.ts';
import { type Reviewed, type RunRecord, requestorOf, subjectOf } from '../request/run_record.ts';
import { riskWord, totalsOf } from '../request/run_totals.ts';

const MOST_ROWS = 15;

/** What a person sees at the end of a run: the outcome, the counts, the actions, and where to read on. */
export function summary(record: RunRecord, report: string | null, mail: string | null = null): string {
  const totals = totalsOf(record);
  const line = headline(record, totals);
  const blocks = [
    `${line.charAt(0).toUpperCase()}${line.slice(1)}.`,
    totals.requests === 0 ? '' : counts(totals),
    actions(record.reviewed),
    record.problems
      .map(({ where, message, advice }) => `! ${where}: ${shown(message)}${advice === null ? '' : `\n  ${advice}`}`)
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

/** Nothing that a person or the vault wrote may move the cursor or colour the screen. */
const shown = (text: string): string => plainLine(text, 70).replaceAll('|', '/');
