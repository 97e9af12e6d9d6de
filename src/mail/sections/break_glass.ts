import type { BreakGlassUse, RunRecord } from '../../domain/run_record.ts';
import { utcMinute } from '../../phrases/time_words.ts';
import { unreviewed } from '../../phrases/work_list.ts';
import { mailText } from '../mail_text.ts';
import { type Row, requestRows } from '../request_rows.ts';
import { BAD } from '../theme.ts';
import { heading } from './work_rows.ts';

const SHOWN = 6;

/** Every use of emergency access that waits for its review; on top, because it has already happened. */
export function breakGlass({ breakGlass: uses }: Pick<RunRecord, 'breakGlass'>): string {
  const open = unreviewed(uses);
  if (open.length === 0) return '';
  const rows = open.map(row);
  return heading({ says: `Break-glass to review (${open.length})` }) + requestRows(rows, SHOWN, 'in the report');
}

const row = (use: BreakGlassUse): Row => ({
  badge: 'break-glass',
  look: BAD,
  title: `${mailText(use.requestor, 60)} → ${mailText(use.subject, 60)}`,
  lines: [
    `${mailText(use.status, 40)}, since ${utcMinute(use.since)} · ${mailText(use.requestId, 60)}`,
    'When reviewed: portcullis review <id> --by <name> --note <text>',
  ],
});
