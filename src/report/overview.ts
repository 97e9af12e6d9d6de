import { ACTION_NAMES, ACTIONS } from '../domain/action.ts';
import { ANOMALY_FLAGS } from '../domain/assessment.ts';
import type { RunRecord } from '../domain/run_record.ts';
import { effortWords } from '../phrases/effort_words.ts';
import { haltAdvice, haltStory } from '../phrases/halt_words.ts';
import { ledgerWords } from '../phrases/ledger_head.ts';
import { modeWords } from '../phrases/mode_words.ts';
import { plural } from '../phrases/plural.ts';
import { brokeOff, headline } from '../phrases/run_headline.ts';
import type { RunTotals } from '../phrases/run_totals.ts';
import { duration, utcMinute } from '../phrases/time_words.ts';
import { waitingFor } from '../phrases/work_list.ts';
import { section, table, tableOf } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** The first screen: the sentence, then where, when and how. */
export function title(record: RunRecord, totals: RunTotals): string {
  const { from, to, days } = record.window;
  const moves = waitingFor(record, totals);
  return [
    `# Portcullis: ${headline(record, totals)}`,
    '',
    ...haltLines(record, totals),
    ...(record.notices ?? []).map((notice) => `- **To look at:** ${markdownText(notice, 600)}`),
    ...(moves === '' ? [] : [`- **Waiting for:** ${moves}`]),
    `- **Mode:** ${modeWords(record, 'full', markdownText)}`,
    `- **Window:** ${utcMinute(from)} to ${utcMinute(to)} (${plural(days, 'day')})`,
    `- **Run:** ${markdownText(record.runId)}, started ${utcMinute(record.startedAt)}, took ${duration(record.finishedAt - record.startedAt)}`,
    `- **Vault:** ${markdownText(withoutScheme(record.vaultUrl))}, as ${record.agentUser === null ? 'a user that is not known' : markdownText(record.agentUser)}`,
    ...planLines(record),
    ...effortLine(record, totals),
    `- **Decided by:** policy ${shortDigest(record.digests.policy)}, prompts ${shortDigest(record.digests.prompts)}`,
    `- **Ledger up to here:** ${ledgerWords(record.ledger)}`,
  ].join('\n');
}

function haltLines({ halt }: RunRecord, { leftByHalt }: RunTotals): string[] {
  if (halt === null) return [];
  return [`- **Halted:** ${haltStory(halt, leftByHalt, markdownText)}. What to do: ${haltAdvice(halt)}`];
}

function planLines({ planId, approvedBy }: RunRecord): string[] {
  if (planId === null) return [];
  const approver = approvedBy === null ? '' : `, approved by ${markdownText(approvedBy, 80)}`;
  return [`- **Plan:** ${markdownText(planId, 80)}${approver}`];
}

function effortLine({ usage }: RunRecord, totals: RunTotals): string[] {
  const words = effortWords(totals, usage);
  return words === '' ? [] : [`- **Model:** ${words}`];
}

/** Enough to tell two versions apart; the JSON twin has the whole. */
const shortDigest = (digest: string): string => markdownText(digest.slice(0, 12), 20);

/** The scheme is always https and would only have to be broken. */
export const withoutScheme = (url: string): string => url.replace(/^https?:\/\//i, '');

/** Status and risk in one table, instead of two short ones. */
export function totalsSection(record: RunRecord, totals: RunTotals): string {
  if (totals.requests === 0) {
    return section('Totals', brokeOff(record.verdict) ? 'No requests were reviewed.' : 'No requests in the window.');
  }
  const left = totals.byStatus.map(({ name, count }) => [markdownText(name, 40), `${count}`]);
  const right = totals.byRisk.map(({ name, count }) => [name, `${count}`]);
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [
    ...(left[i] ?? ['', '']),
    ...(right[i] ?? ['', '']),
  ]);
  const all = `${plural(totals.requests, 'request')} in the window.`;
  return section(
    'Totals',
    all,
    table(['Status when listed', 'Requests', 'Risk', 'Requests'], rows, 'lrlr'),
    actionTotals(totals),
  );
}

function actionTotals(totals: RunTotals): string {
  const rows = ACTION_NAMES.map(
    (action) => [ACTIONS[action].done, totals.done[action], totals.wouldDo[action]] as const,
  )
    .filter(([, done, would]) => done + would > 0)
    .map(([word, done, would]) => [word, `${done}`, `${would}`]);
  return tableOf(['Action', 'Done', 'Would have been'], rows, 'lrr');
}

/** How often each thing stood out, with what the word means. */
export function anomaliesSection(totals: RunTotals): string {
  const rows = totals.byFlag.map(({ name, count }) => [name.replaceAll('_', ' '), `${count}`, ANOMALY_FLAGS[name]]);
  if (rows.length === 0) return totals.requests === 0 ? '' : section('Anomalies', 'None.');
  return section('Anomalies', tableOf(['Anomaly', 'Requests', 'Meaning'], rows, 'lrl'));
}
