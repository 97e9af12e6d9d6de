import { isBlind, type Problem, type RunRecord } from '../domain/run_record.ts';
import { headline } from '../phrases/run_headline.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { isoTime } from '../phrases/time_words.ts';
import { tokenProblem } from '../phrases/token_words.ts';
import { plainLine } from '../text/plain_text.ts';
import { adviceOf, ConfigError, describeError } from '../util/errors.ts';

/** Why somebody is told by another way than the mail. INVARIANT: these words stay: receivers compare them. */
export const REASONS = {
  failed: 'the run failed',
  'ledger-not-trusted': 'the ledger is not trusted, or nothing can be written to it',
  blind: 'the run saw too little for its silence to mean anything',
  'not-mailed': 'a mail could not be sent',
  'token-ends': 'the vault token ends very soon, and no mail is sent that would tell',
  'not-begun': 'no run was begun, or it ended with an exception and left no report',
} as const satisfies Record<string, string>;
export type Reason = keyof typeof REASONS;

/** Empty for a run that needs no other way to tell about itself. `mails`: whether a mail tells of a token that ends. */
export function reasonsFor(record: RunRecord, mails: boolean): readonly Reason[] {
  const holds: Readonly<Record<Exclude<Reason, 'not-begun'>, boolean>> = {
    failed: record.verdict === 'failed',
    'ledger-not-trusted': record.verdict === 'ledger-not-trusted',
    blind: isBlind(record),
    'not-mailed': record.problems.some(({ where }) => where === 'alert'),
    'token-ends': !mails && tokenProblem(record) !== null,
  };
  return (Object.keys(holds) as (keyof typeof holds)[]).filter((reason) => holds[reason]);
}

const TYPE = 'portcullis.alert';
const MOST_PROBLEMS = 20;
const LONGEST_TEXT = 400;

/**
 * What is told about a run. INVARIANT: our own words, counts and problems, as plain text and bounded; nothing that a
 * requestor wrote, and no secret.
 */
export function messageOf(record: RunRecord, reasons: readonly Reason[], now: number): string {
  const totals = totalsOf(record);
  const { token } = record;
  return messageText(now, {
    version: record.version,
    vault: plainLine(record.vaultUrl, 200),
    run: record.runId,
    verdict: record.verdict,
    reasons,
    headline: headline(record, totals),
    started_at: isoTime(record.startedAt),
    finished_at: isoTime(record.finishedAt),
    halted: record.halt !== null,
    counts: {
      requests: totals.requests,
      waiting_for_a_person: totals.waiting.length,
      done: totals.done,
      failed: totals.failed,
      outcome_unknown: totals.unknown,
      unscored: totals.byRisk.find(({ name }) => name === 'unscored')?.count ?? 0,
      malformed: record.malformed.length,
    },
    vault_token_ends_at: isoTime(token?.expires ?? null),
    ...problemsOf(record.problems),
  });
}

/** What is told when there is no run to tell about. */
export function brokenMessage(error: unknown, version: string, now: number): string {
  const problems: readonly Problem[] =
    error instanceof ConfigError
      ? error.problems.map(({ setting, message }) => ({ where: setting, message, advice: null }))
      : [{ where: 'start', message: describeError(error), advice: adviceOf(error) }];
  return messageText(now, {
    version,
    run: null,
    verdict: 'not-begun',
    reasons: ['not-begun'] satisfies Reason[],
    headline: REASONS['not-begun'],
    ...problemsOf(problems),
  });
}

const messageText = (now: number, data: object): string =>
  JSON.stringify({ type: TYPE, timestamp: new Date(now).toISOString(), data });

function problemsOf(problems: readonly Problem[]) {
  const told = problems.slice(0, MOST_PROBLEMS).map(({ where, message, advice }) => ({
    where: plainLine(where, 60),
    message: plainLine(message, LONGEST_TEXT),
    advice: advice === null ? null : plainLine(advice, LONGEST_TEXT),
  }));
  return { problems: told, more_problems: problems.length - told.length };
}
