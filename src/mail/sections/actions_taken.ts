import type { Reviewed } from '../../domain/run_record.ts';
import { outcomeRemark, outcomeWord } from '../../phrases/outcome_words.ts';
import { mostPressingFirst, riskWord } from '../../phrases/run_totals.ts';
import { mailText } from '../mail_text.ts';
import { type Row, requestRows } from '../request_rows.ts';
import { decidedBy, factsOf, titleOf } from '../request_words.ts';
import { BAD, GOOD, NEUTRAL, type Tone, WATCH } from '../theme.ts';
import { type MailContent, nothing } from './section.ts';

const SHOWN = 15;

/** ACTIONS_TAKEN: each action with its outcome; in an observing run, each that would have been taken. */
export function actionsTaken(content: MailContent): string {
  const decided = content.record.reviewed.filter((r) => r.outcome !== null).sort(mostPressingFirst);
  return decided.length === 0 ? nothing(content, 'No action was taken.') : requestRows(decided.map(row), SHOWN);
}

const row = (r: Reviewed): Row => ({
  badge: outcomeWord(r),
  look: lookOf(r),
  title: titleOf(r),
  lines: [
    [`risk ${riskWord(r)}`, factsOf(r), outcomeRemark(r.outcome, mailText)].filter((words) => words !== '').join(' · '),
    decidedBy(r),
    r.comment === null || r.comment === '' ? '' : `Comment: “${mailText(r.comment)}”`,
  ],
});

function lookOf({ decision, outcome }: Reviewed): Tone {
  if (outcome?.kind === 'failed' || outcome?.kind === 'unknown') return BAD;
  if (outcome?.kind === 'skipped') return outcome.reason === 'observing' ? NEUTRAL : WATCH;
  return decision.verdict === 'approve' ? GOOD : decision.verdict === 'reject' ? BAD : NEUTRAL;
}
