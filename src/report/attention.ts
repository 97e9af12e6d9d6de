import { ANOMALY_FLAGS } from '../request/assessment.ts';
import { type Reviewed, requestorOf, subjectOf } from '../request/run_record.ts';
import { type RunTotals, riskWord, sum } from '../request/run_totals.ts';
import { age } from '../request/time_words.ts';
import { section, tableOf } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** How often each thing stood out, with what the word means. */
export function anomaliesSection(totals: RunTotals): string {
  const rows = totals.byFlag.map(({ name, count }) => [name.replaceAll('_', ' '), `${count}`, ANOMALY_FLAGS[name]]);
  if (rows.length === 0) return totals.requests === 0 ? '' : section('Anomalies', 'None.');
  return section('Anomalies', tableOf(['Anomaly', 'Requests', 'Meaning'], rows, 'lrl'));
}

/** The to-do list of the person who reads this, the most pressing first. */
export function waitingSection(totals: RunTotals): string {
  if (totals.waiting.length === 0)
    return totals.requests === 0
      ? ''
      : section('Waiting for a person', sum(totals.wouldDo) > 0 ? 'Nothing else.' : 'Nothing.');
  const rows = totals.waiting.map((r) => {
    const { request, facts } = r.dossier;
    return [
      riskWord(r),
      age(facts.daysSinceCreated),
      markdownText(request.id, 60),
      markdownText(requestorOf(request), 60),
      markdownText(subjectOf(request), 60),
      whyWaiting(r),
    ];
  });
  return section(
    'Waiting for a person',
    tableOf(['Risk', 'Age', 'Request', 'Requestor', 'What for', 'Why'], rows, 'lrllll'),
  );
}

/** The rule that led to the hold, or the outcome that nobody knows. */
function whyWaiting({ decision, outcome }: Reviewed): string {
  if (outcome?.kind === 'unknown') return `outcome unknown: ${markdownText(outcome.why, 120)}`;
  const first = decision.rules[0];
  return first === undefined ? '' : markdownText(first.says, 120);
}
