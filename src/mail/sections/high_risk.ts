import { ANOMALY_FLAGS } from '../../domain/assessment.ts';
import { atLeast } from '../../domain/risk.ts';
import type { Reviewed } from '../../domain/run_record.ts';
import { riskWords } from '../../phrases/gate_words.ts';
import { outcomeWord } from '../../phrases/outcome_words.ts';
import { flagsOf, mostPressingFirst, needsPerson, riskWord } from '../../phrases/run_totals.ts';
import { type Row, requestRows } from '../request_rows.ts';
import { aiSummary, askedFor, decidedBy, factsOf, objections, titleOf } from '../request_words.ts';
import type { Tones } from '../tones.ts';
import { type MailContent, nothing } from './section.ts';

const SHOWN = 15;

/** HIGH_RISK: the high and critical requests with what makes them so. */
export function highRisk(content: MailContent): string {
  const risky = content.record.reviewed.filter(
    ({ decision }) => decision.risk !== null && atLeast(decision.risk, 'high'),
  );
  // The window is weeks long: what is still open comes before what was settled long ago, or the limit would hide it.
  const sorted = risky.sort((a, b) => urgency(a) - urgency(b) || mostPressingFirst(a, b));
  return sorted.length === 0
    ? nothing(content, 'No request is of high or critical risk.')
    : requestRows(
        sorted.map((one) => row(one, content.tones)),
        SHOWN,
        'in the report',
      );
}

const urgency = (r: Reviewed): number => (needsPerson(r) ? 0 : r.outcome !== null ? 1 : 2);

const row = (r: Reviewed, tones: Tones): Row => ({
  badge: riskWord(r),
  look: tones[riskWord(r)],
  title: titleOf(r),
  lines: [
    [factsOf(r), state(r)].filter((words) => words !== '').join(' · '),
    askedFor(r),
    objections(r),
    [whoSaysSo(r), decidedBy(r)].filter((words) => words !== '').join(' · '),
    flagsOf(r)
      .map((flag) => ANOMALY_FLAGS[flag])
      .join(' · '),
    aiSummary(r),
  ],
});

function state(r: Reviewed): string {
  if (needsPerson(r)) return 'waits for a person';
  return r.outcome === null ? '' : `${outcomeWord(r)} in this run`;
}

/** Whose risk it is: that of the facts, of the model, or of both. */
function whoSaysSo(r: Reviewed): string {
  const words = riskWords(r);
  return words === riskWord(r) ? '' : `Risk: ${words}`;
}
