import type { RunRecord } from '../request/run_record.ts';
import { utcMinute } from '../request/time_words.ts';
import { section, tableOf } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** Every use of emergency access, listed until a person has recorded a review. */
export function breakGlassSection({ breakGlass }: Pick<RunRecord, 'breakGlass'>): string {
  if (breakGlass.length === 0) return '';
  const rows = breakGlass.map((use) => [
    markdownText(use.requestId, 60),
    markdownText(use.requestor, 60),
    markdownText(use.subject, 60),
    markdownText(use.status, 40),
    utcMinute(use.since),
    use.reviewed === null
      ? '**open**'
      : `${markdownText(use.reviewed.by, 60)}, ${utcMinute(use.reviewed.at)}: ${markdownText(use.reviewed.note, 200)}`,
  ]);
  const note =
    'People review every use, before or after; it stays here until one has: `portcullis review <id> --by <name> --note <text>`.';
  return section('Break-glass', note, tableOf(['Request', 'Requestor', 'What for', 'Status', 'Since', 'Review'], rows));
}
