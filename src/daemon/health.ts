import { isBlind, type RunRecord } from '../domain/run_record.ts';
import { isoTime } from '../phrases/time_words.ts';
import { nextDue, type Schedule } from './due.ts';

/** What the daemon knows of itself. Times in milliseconds since the epoch. */
export type Vitals = {
  readonly startedAt: number;
  /** The last time that something happened: it started, a cycle began or ended. */
  readonly lastSignAt: number;
  readonly runningSince: number | null;
  /** The last cycle that ended, also of an earlier process; null when there never was one. */
  readonly last: Pick<RunRecord, 'verdict' | 'finishedAt'> | null;
  readonly failures: Failures;
};

/** Cycles that came to nothing since the last one that did not. */
export type Failures = {
  readonly inARow: number;
  /** Whether a cycle that did not fail is known at all, of this process or an earlier one. */
  readonly everGood: boolean;
};

export const NO_FAILURES: Failures = { inARow: 0, everGood: false };

/** After so many in a row it is no passing trouble of an upstream any more. */
const TOO_MANY_FAILURES = 3;

/**
 * What is known after one more cycle; null for one that ended with an exception. A stop says nothing about the upstreams,
 * and what is wrong with the ledger has a status of its own.
 */
export function failuresAfter(before: Failures, ended: Pick<RunRecord, 'verdict' | 'problems'> | null): Failures {
  if (ended !== null && (ended.verdict === 'stopped' || ended.verdict === 'ledger-not-trusted')) return before;
  if (ended === null || ended.verdict === 'failed') return { ...before, inARow: before.inARow + 1 };
  if (!isBlind(ended)) return { inARow: 0, everGood: true };
  // It was answered at least: the first cycle of a new installation may meet a few odd records.
  return { inARow: before.inARow + 1, everGood: before.everGood || before.inARow === 0 };
}

const keepsFailing = ({ inARow, everGood }: Failures): boolean => inARow >= (everGood ? TOO_MANY_FAILURES : 1);

export type Health = {
  readonly status: keyof typeof STATUSES;
  /** From when on silence counts as too long; null for a schedule without a next moment. */
  readonly overdueAt: number | null;
};

/**
 * What the answer to a health check says, and with which HTTP status. Only the first one is healthy.
 * INVARIANT: these words stay: whoever watches the daemon compares them.
 */
export const STATUSES = {
  ok: { http: 200, about: 'cycles come and end as the schedule says' },
  overdue: { http: 503, about: 'two moments of the schedule went by without a sign of a cycle' },
  failing: {
    http: 503,
    about: 'every cycle so far failed, or the last three failed or were blind: look at the report, the mail or the log',
  },
  'record-not-trusted': { http: 503, about: 'the last cycle did not trust the ledger: nothing is acted on' },
} as const satisfies Record<string, { http: number; about: string }>;

/** How a cycle ended, by the names of version 0.1, for whoever watches. */
export const VERDICTS = {
  done: 'done',
  'done-with-problems': 'done-with-problems',
  failed: 'failed',
  stopped: 'stopped',
  'ledger-not-trusted': 'memory-not-trusted',
} as const satisfies Record<RunRecord['verdict'], string>;

/** A timer is never quite on time. */
const SLACK_MS = 60_000;
/** On a schedule of every minute a cycle that takes three is no emergency. */
const LEAST_PATIENCE_MS = 10 * 60_000;

/** Whether somebody should look after the daemon. Pure. A cycle that has just begun is a sign of life; one that hangs is not. */
export function healthOf({ lastSignAt, last, failures }: Vitals, schedule: Schedule, now: number): Health {
  const first = nextDue(schedule, lastSignAt);
  const second = first === null ? null : nextDue(schedule, first);
  const overdueAt = second === null ? null : Math.max(second + SLACK_MS, lastSignAt + LEAST_PATIENCE_MS);
  if (overdueAt !== null && now > overdueAt) return { status: 'overdue', overdueAt };
  if (last?.verdict === 'ledger-not-trusted') return { status: 'record-not-trusted', overdueAt };
  return { status: keepsFailing(failures) ? 'failing' : 'ok', overdueAt };
}

/** The body of `/healthz`: our own words and times only, nothing of requests, people or settings. */
export function healthJson(vitals: Vitals, health: Health, halted: boolean, schedule: Schedule, now: number) {
  const { startedAt, runningSince, last, failures } = vitals;
  return {
    status: health.status,
    halted,
    started_at: isoTime(startedAt),
    running_since: isoTime(runningSince),
    last_run: last === null ? null : { verdict: VERDICTS[last.verdict], finished_at: isoTime(last.finishedAt) },
    failed_in_a_row: failures.inARow,
    next_run_at: isoTime(nextDue(schedule, now)),
    overdue_at: isoTime(health.overdueAt),
  };
}
