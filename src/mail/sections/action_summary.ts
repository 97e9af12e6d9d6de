import { ACTIONS, type Action } from '../../domain/action.ts';
import type { BreakGlassUse, RunRecord } from '../../domain/run_record.ts';
import { wouldWord } from '../../phrases/outcome_words.ts';
import { plural } from '../../phrases/plural.ts';
import { type RunTotals, sum } from '../../phrases/run_totals.ts';
import { switchLines } from '../../phrases/switch_words.ts';
import { utcMinute } from '../../phrases/time_words.ts';
import { unreviewed, workList } from '../../phrases/work_list.ts';
import { mailText } from '../mail_text.ts';
import { type Row, requestRows } from '../request_rows.ts';
import { moodsOf, type Tone, type Tones } from '../tones.ts';
import { type MailContent, nothing, type Tile, tileRow } from './section.ts';
import { heading, remark, workRows } from './work_rows.ts';

const SHOWN_USES = 6;
const SHOWN_CAPS = 5;

/**
 * ACTION_SUMMARY: what was done in numbers, then the reader's own to-do list: emergencies first, then what is for
 * security, for owners and managers, and for requestors.
 */
export function actionSummary(content: MailContent): string {
  const { totals, record, tones } = content;
  const groups = workList(totals.waiting)
    .map((group) => workRows(group, tones))
    .join('');
  const list =
    groups === ''
      ? nothing(content, `No ${sum(totals.wouldDo) > 0 ? 'other ' : ''}request of this run waits for a person.`)
      : groups;
  const remarks = limitRemarks(totals) + switchRemarks(record);
  return tileRow(tilesOf(totals, tones)) + breakGlass(record, tones) + list + remarks;
}

/** What is worth switching on, or would be too much. */
const switchRemarks = (record: RunRecord): string =>
  switchLines(record)
    .map((line) => remark({ says: `${line}.` }))
    .join('');

function tilesOf({ done, wouldDo, waiting, heldBack, failed, unknown }: RunTotals, tones: Tones): Tile[] {
  const { good, watch, bad, neutral } = moodsOf(tones);
  const rehearsed = sum(wouldDo) > 0 && sum(done) === 0;
  const counts = rehearsed ? wouldDo : done;
  const word = (action: Action) => (rehearsed ? wouldWord(action) : ACTIONS[action].done);
  const tiles: Tile[] = [
    { count: counts.approve, name: word('approve'), look: good },
    { count: counts.reject, name: word('reject'), look: bad },
    { count: counts.close, name: word('close'), look: neutral },
    { count: waiting.length, name: 'waiting', look: watch },
  ];
  if (heldBack.length > 0) tiles.push({ count: heldBack.length, name: 'capped', look: watch });
  if (failed > 0) tiles.push({ count: failed, name: 'failed', look: bad });
  if (unknown > 0) tiles.push({ count: unknown, name: 'unclear', look: bad });
  return tiles;
}

/** Every use of emergency access that waits for its review; on top, because it has already happened. */
function breakGlass({ breakGlass: uses }: Pick<RunRecord, 'breakGlass'>, tones: Tones): string {
  const open = unreviewed(uses);
  if (open.length === 0) return '';
  const rows = open.map((use) => breakGlassRow(use, moodsOf(tones).bad));
  return heading({ says: `Break-glass to review (${open.length})` }) + requestRows(rows, SHOWN_USES, 'in the report');
}

const breakGlassRow = (use: BreakGlassUse, look: Tone): Row => ({
  badge: 'break-glass',
  look,
  title: `${mailText(use.requestor, 60)} → ${mailText(use.subject, 60)}`,
  lines: [
    `${mailText(use.status, 40)}, since ${utcMinute(use.since)} · ${mailText(use.requestId, 60)}`,
    'When reviewed: portcullis review <id> --by <name> --note <text>',
  ],
});

/** What caps held back, one line for each cap, and grants that outlived their class; the report lists them all. */
function limitRemarks({ heldBack, overdue }: RunTotals): string {
  const byCap = new Map<string, number>();
  for (const { action, why } of heldBack) {
    const cap = `${action}: ${why}`;
    byCap.set(cap, (byCap.get(cap) ?? 0) + 1);
  }
  const lines = [...byCap]
    .slice(0, SHOWN_CAPS)
    .map(([cap, count]) => `${count} held back by a cap, ${mailText(cap, 200)}.`);
  if (byCap.size > SHOWN_CAPS) lines.push(`and ${byCap.size - SHOWN_CAPS} more caps, see the report.`);
  if (overdue.length > 0) {
    lines.push(
      `${plural(overdue.length, 'grant is', 'grants are')} open for longer than the class allows; the report lists them.`,
    );
  }
  return lines.map((says) => remark({ says })).join('');
}
