/** The model's side of the recipe: reads its questions, and rates them by the rules by which it rates every other question. */
import type { Behaviour } from '../../simulator/model/call.ts';
import { rate } from '../../simulator/model/rater.ts';
import type { Shown } from './assess.ts';

/** Answers both programs. */
export const readsBoth: Behaviour = ({ question, user }, rated) =>
  question === undefined ? JSON.stringify({ assessments: recordsOf(user).map(assessmentOf) }) : { ratings: rated };

function recordsOf(user: string): Shown[] {
  try {
    return JSON.parse(user) as Shown[];
  } catch {
    return [];
  }
}

function assessmentOf(shown: Shown) {
  const { id, status, operation, justification, requestor, asset, form, hours, days_since_approved: days } = shown;
  const facts = {
    ...{ status, operation, entity_type: shown.entity_type ?? 'Asset', form_type: form ?? 'Interactive' },
    ...(hours !== null && { requested_hours: hours }),
    ...(shown.off_hours && { off_hours: true }),
    ...(days !== undefined && { days_since_approved: `${days}` }),
    requestor_requests_in_window: `${shown.requests_in_window}`,
    ...(shown.automation && { by_expected_automation: true }),
    asset_type: shown.asset_type,
    container_path: shown.container,
    tags: shown.tags === undefined ? undefined : [...shown.tags],
  };
  const { risk, anomaly_flags, summary, comment } = rate({
    facts,
    untrusted_text: { justification, requestor, asset },
  });
  return { id, risk_level: risk, anomaly_flags, ai_summary: summary, action_comment: comment };
}
