import type { BreakGlassUse, RunRecord } from '../domain/run_record.ts';
import { utcMinute } from '../phrases/time_words.ts';
import type { Room } from './detail.ts';
import { besideTheSheet, longTable, section } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** The uses of emergency access, those first that wait for a person's review. */
export function breakGlassSection({ breakGlass }: Pick<RunRecord, 'breakGlass'>, room: Room): string {
  if (breakGlass.length === 0) return '';
  const row = (use: BreakGlassUse) => [
    markdownText(use.requestId, 60),
    markdownText(use.requestor, 60),
    markdownText(use.subject, 60),
    markdownText(use.status, 40),
    utcMinute(use.since),
    use.reviewed === null
      ? '**open**'
      : `${markdownText(use.reviewed.by, 60)}, ${utcMinute(use.reviewed.at)}: ${markdownText(use.reviewed.note, 200)}`,
  ];
  const note =
    'People review every use, before or after; it stays here until one has: `portcullis review <id> --by <name> --note <text>`.';
  const head = ['Request', 'Requestor', 'What for', 'Status', 'Since', 'Review'];
  return section('Break-glass', note, longTable(head, breakGlass, row, besideTheSheet(room)));
}
