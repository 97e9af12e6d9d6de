import { type BreakGlassUse, type RunRecord, requestorOf, subjectOf } from '../domain/run_record.ts';
import { type RunTotals, riskWord, sum } from '../phrases/run_totals.ts';
import { age, utcMinute } from '../phrases/time_words.ts';
import { NEXT_WORDS, type WorkItem, workList } from '../phrases/work_list.ts';
import type { Room } from './detail.ts';
import { besideTheSheet, longTable, section } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** The to-do list of the people who read this, by who is waited for, the most pressing first. */
export function waitingSection(totals: RunTotals, room: Room): string {
  if (totals.waiting.length === 0) {
    if (totals.requests === 0) return '';
    return section('Waiting for a person', sum(totals.wouldDo) > 0 ? 'Nothing else.' : 'Nothing.');
  }
  const blocks = workList(totals.waiting).flatMap(({ title, items }) => [
    `### ${title} (${items.length})`,
    longTable(HEAD, items, row, room, 'lrlllllll'),
  ]);
  return section('Waiting for a person', ...blocks);
}

const HEAD = [
  'Risk',
  'Age',
  'Request',
  'Requestor',
  'What for',
  'Next',
  'To whom',
  'Finding',
  'What is missing, or another way',
];

function row({ reviewed, next }: WorkItem): string[] {
  const { request, facts } = reviewed.dossier;
  return [
    riskWord(reviewed),
    age(facts.daysSinceCreated),
    markdownText(request.id, 60),
    markdownText(requestorOf(request), 60),
    markdownText(subjectOf(request), 60),
    NEXT_WORDS[next.kind],
    markdownText(next.to, 80),
    markdownText(next.finding, 200),
    [next.ask, next.alternative]
      .map((one) => markdownText(one ?? '', 200))
      .filter((one) => one !== '')
      .join('; '),
  ];
}

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
