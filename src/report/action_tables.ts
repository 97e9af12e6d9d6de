import { type Reviewed, type RunRecord, requestorOf, subjectOf } from '../domain/run_record.ts';
import { outcomeNote, outcomeWord } from '../phrases/outcome_words.ts';
import { mostPressingFirst, type RunTotals, riskWord, wasRehearsed } from '../phrases/run_totals.ts';
import { SWITCHES_TITLE, switchLines } from '../phrases/switch_words.ts';
import type { Room } from './detail.ts';
import { longTable, section } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** What the run did, request by request, with what became of it. */
export function actionsSection(record: RunRecord, totals: RunTotals, room: Room): string {
  const tried = record.reviewed.filter((r) => r.outcome !== null && !wasRehearsed(r)).sort(mostPressingFirst);
  if (tried.length === 0) return totals.requests === 0 ? '' : section('Actions', 'None.');
  const row = (r: Reviewed) => [...rowOf(r), outcomeWord(r), outcomeNote(r.outcome, markdownText), policiesOf(r)];
  return section('Actions', longTable([...HEAD, 'Outcome', 'Note', 'Policy'], tried, row, room));
}

/** What an observing run would have done. */
export function rehearsalSection(record: RunRecord, room: Room): string {
  const rehearsed = record.reviewed.filter(wasRehearsed).sort(mostPressingFirst);
  const row = (r: Reviewed) => [...rowOf(r), policiesOf(r)];
  return section('What would have been done', longTable([...HEAD, 'Policy'], rehearsed, row, room));
}

/** What every switch that is off would have added. */
export const switchesSection = (record: RunRecord): string =>
  section(
    SWITCHES_TITLE,
    switchLines(record)
      .map((line) => `- ${line}`)
      .join('\n'),
  );

const HEAD = ['Action', 'Request', 'Requestor', 'What for', 'Risk'];

const rowOf = (r: Reviewed): string[] => [
  r.decision.verdict,
  markdownText(r.dossier.request.id, 60),
  markdownText(requestorOf(r.dossier.request), 60),
  markdownText(subjectOf(r.dossier.request), 60),
  riskWord(r),
];

/** The policy basis: which policies let it happen. */
const policiesOf = ({ decision }: Reviewed): string => decision.basis.map((id) => markdownText(id, 80)).join(', ');
