import { NEXT_STEPS } from '../decide/next_step.ts';
import { budgetFor } from '../score/batch.ts';
import { MAX_RETRIES } from '../score/model_client.ts';

/** The most requests that OPENAI_ANALYSIS_BATCH_SIZE lets into one question; a test holds it equal to the setting. */
export const MOST_PER_QUESTION = 100;
const SCORING = budgetFor(MOST_PER_QUESTION);
/** A blind vote: the batch, and once more alone. A solo vote: what a batch of one may cost. */
const SECOND_LOOK = Math.max(2, budgetFor(1));

/**
 * How often the model can be asked about one request in one run. There is no conversation: every question begins anew, and
 * the model can call nothing, so that a turn is a question.
 */
export const LOOP = {
  max_reasoning_turns: SCORING + SECOND_LOOK,
  max_questions_per_scoring_batch: SCORING,
  max_questions_per_second_look: SECOND_LOOK,
  max_repetitions_of_a_failed_call: MAX_RETRIES,
  max_tool_calls_by_the_model: 0,
} as const;

/** Null, because no ceiling in dollars is enforced: the code knows tokens and no prices. */
export const COST = { max_usd_per_trace_loop: null, alert_threshold_usd: null } as const;

/** Next steps that hand nothing to a person: what is settled, and what waits for the next run. */
const STAYS: readonly string[] = ['settled', 'capped'];

/** When a person is called: every next step that is somebody's move, and what ends the agent's own part in a run. */
export const HANDOFF = {
  triggers: [
    ...Object.keys(NEXT_STEPS).filter((name) => !STAYS.includes(name)),
    'unknown-outcome',
    'memory-not-trusted',
    'run-broken-off',
    'mail-undelivered',
  ],
  destination: 'the work list of report and mail (REPORT_DIR, ALERT_RECIPIENT_EMAILS) and the exit code',
} as const;

/** What leaves the program by no way, each with the tests that hold it. */
export const NEVER_EMITTED = {
  secrets: 'test/e2e/runs.test.ts',
  markup_of_requestors_or_model: 'test/report/markdown.test.ts',
  clickable_addresses: 'test/alert/mail.test.ts',
} as const satisfies Record<string, string>;

/** What is written down, by the names of the files. `tamper_evident` stays false until the entries are chained. */
export const AUDIT = {
  append_only: true,
  tamper_evident: false,
  logs: [
    'state/actions.jsonl',
    'state/reviews.jsonl',
    'state/runs/*.json.gz',
    'reports/*.md',
    'reports/*.json',
    'stderr',
  ],
} as const;
