import { NEXT_STEPS } from '../decide/next_step.ts';
import { budgetFor, mostHalvings } from '../score/batch.ts';
import { MAX_RETRIES } from '../score/client/model_client.ts';

/** The most requests that OPENAI_ANALYSIS_BATCH_SIZE lets into one question; a test holds it equal to the setting. */
export const MOST_PER_QUESTION = 100;
/** Those that an endpoint refuses as too long among them. */
const SCORING = budgetFor(MOST_PER_QUESTION) + mostHalvings(MOST_PER_QUESTION);
/**
 * A facts-only reading: the batch, its halves as long as they are too long, and once more alone. A single reading: what a batch of one
 * may cost.
 */
const CONFIRMING = Math.max(2 + Math.ceil(Math.log2(MOST_PER_QUESTION)), budgetFor(1));

/**
 * How often the model can be asked about one request in one run. There is no conversation: every question begins anew, and
 * the model can call nothing, so that a turn is a question.
 */
export const LOOP = {
  max_reasoning_turns: SCORING + 2 * CONFIRMING,
  max_questions_per_scoring_batch: SCORING,
  max_questions_per_confirmation: CONFIRMING,
  max_repetitions_of_a_failed_call: MAX_RETRIES,
  max_tool_calls_by_the_model: 0,
} as const;

/** The ceilings in US dollars as they are set: `MAX_USD_PER_RUN` and `ALERT_USD_PER_RUN`. */
export type MoneySet = { readonly perRun?: number | undefined; readonly alertPerRun?: number | undefined };
type Promised = { readonly max_usd_per_trace_loop: number | null; readonly alert_threshold_usd: number | null };

/**
 * What is enforced, said in the contract's terms. Null promises nothing, because nothing is enforced until somebody sets
 * it; an amount is a promise that any setting keeps which is not above it. A ceiling that is set is held by the budget.
 */
export function costOf(promised: Promised | undefined, set: MoneySet): Promised {
  const kept = (amount: number | null | undefined, limit: number | undefined): number | null => {
    if (amount === null || amount === undefined) return null;
    return limit !== undefined && limit <= amount ? amount : (limit ?? null);
  };
  return {
    max_usd_per_trace_loop: kept(promised?.max_usd_per_trace_loop, set.perRun),
    alert_threshold_usd: kept(promised?.alert_threshold_usd, set.alertPerRun),
  };
}

/** Next steps that hand nothing to a person: what is settled, and what waits for the next run. */
const STAYS: readonly string[] = ['settled', 'capped'];

/** When a person is called: every next step that waits for somebody, and what ends the agent's own part in a run. */
export const HANDOFF = {
  triggers: [
    ...Object.keys(NEXT_STEPS).filter((name) => !STAYS.includes(name)),
    'unknown-outcome',
    'halted',
    'ledger-not-trusted',
    'run-broken-off',
    'mail-undelivered',
  ],
  destination: 'the work list of report and mail (REPORT_DIR, ALERT_RECIPIENT_EMAILS) and the exit code',
} as const;

/** What leaves the program by no way, each with the tests that hold it. */
export const NEVER_EMITTED = {
  secrets: 'test/e2e/runs.test.ts',
  markup_of_requestors_or_model: 'test/unit/report/markdown.test.ts',
  clickable_addresses: 'test/unit/mail/mail.test.ts',
} as const satisfies Record<string, string>;

/** What is written down, by the names of the files. `tamper_evident` is about the ledger: each entry is chained to the last. */
export const AUDIT = {
  append_only: true,
  tamper_evident: true,
  logs: [
    'state/ledger/*.jsonl',
    'state/reviews.jsonl',
    'state/halts.jsonl',
    'state/runs/*.json.gz',
    'reports/*.md',
    'reports/*.json',
    'stderr',
  ],
} as const;
