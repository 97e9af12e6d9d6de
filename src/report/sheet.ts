import { type Reviewed, requestorOf, subjectOf } from '../domain/run_record.ts';
import { outcomeWord } from '../phrases/outcome_words.ts';
import { firstReason } from '../phrases/rule_words.ts';
import { flagsOf, needsPerson, riskWord } from '../phrases/run_totals.ts';
import { isoTime } from '../phrases/time_words.ts';
import { nextOf } from '../phrases/work_list.ts';
import { csvRow } from '../text/csv.ts';

/** The columns of the sheet that stands beside the report of a large window: a row for each request. */
const COLUMNS = {
  request: ({ dossier }) => dossier.request.id,
  status_when_listed: ({ dossier }) => dossier.request.status,
  asked: ({ dossier }) => isoTime(dossier.request.created) ?? '',
  requestor: ({ dossier }) => requestorOf(dossier.request),
  what_for: ({ dossier }) => subjectOf(dossier.request),
  operation: ({ dossier }) => dossier.request.operation ?? '',
  risk: riskWord,
  anomalies: (one) => flagsOf(one).join(' '),
  decision: ({ decision }) => decision.verdict,
  why: ({ decision }) => firstReason(decision, ''),
  outcome: (one) => (one.outcome === null ? '' : outcomeWord(one)),
  whose_move: (one) => (needsPerson(one) ? nextOf(one).to : ''),
  justification: ({ dossier }) => dossier.request.justification.slice(0, 1000),
} as const satisfies Record<string, (one: Reviewed) => string>;

/** Row by row, for a file that is written as it is made. */
export function* sheetRows(reviewed: readonly Reviewed[]): Generator<string> {
  yield csvRow(Object.keys(COLUMNS));
  const cells = Object.values(COLUMNS);
  for (const one of reviewed) yield csvRow(cells.map((cell) => cell(one)));
}
