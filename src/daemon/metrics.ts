import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { ACTION_NAMES } from '../domain/action.ts';
import type { Outcome } from '../domain/decision.ts';
import { isBlind, type RunRecord, type TokenEnd } from '../domain/run_record.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { VERDICTS } from './health.ts';

const RESULTS = ['done', 'skipped', 'failed', 'unknown', 'rehearsed'] as const;
const STEPS = ['fetch', 'enrich', 'score', 'decide', 'confirm', 'act', 'report', 'alert'] as const;
const TOKENS = ['prompt', 'completion'] as const;

type Row = {
  readonly type: 'counter' | 'gauge';
  /** Every value that each label can have. INVARIANT: no id, no name, nothing from outside is a label. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly help: string;
};

/**
 * Every metric of our own; feeds the registry and the table in docs/reference.md. Counters begin at 0 with the process.
 * INVARIANT: names and labels stay, also where the thing has another name by now: alerts of others rest on them.
 */
export const METRICS = {
  portcullis_runs_total: {
    type: 'counter',
    labels: { verdict: Object.values(VERDICTS) },
    help: 'cycles that ended, by how',
  },
  portcullis_running: { type: 'gauge', labels: {}, help: '1 while a cycle is under way' },
  portcullis_overdue: { type: 'gauge', labels: {}, help: '1 while no cycle came although the schedule says so' },
  portcullis_halted: { type: 'gauge', labels: {}, help: '1 while somebody has halted Portcullis' },
  portcullis_last_run_timestamp_seconds: {
    type: 'gauge',
    labels: {},
    help: 'when the last cycle ended, in seconds since 1970',
  },
  portcullis_last_success_timestamp_seconds: {
    type: 'gauge',
    labels: {},
    help: 'when the last cycle ended with which nothing was wrong (exit code 0)',
  },
  portcullis_vault_token_expiry_timestamp_seconds: {
    type: 'gauge',
    labels: {},
    help: 'when the token that reads the vault ends, as far as it says so',
  },
  portcullis_vault_token_warn_timestamp_seconds: {
    type: 'gauge',
    labels: {},
    help: 'from when on that end is told (TOKEN_WARN_DAYS, or the last third of its life)',
  },
  portcullis_last_run_duration_seconds: { type: 'gauge', labels: {}, help: 'how long the last cycle took' },
  portcullis_last_run_step_seconds: {
    type: 'gauge',
    labels: { step: STEPS },
    help: 'how long each step of the last cycle took',
  },
  portcullis_window_requests: { type: 'gauge', labels: {}, help: 'requests in the window of the last cycle' },
  portcullis_unscored_requests: {
    type: 'gauge',
    labels: {},
    help: 'requests of the last cycle that could not be rated',
  },
  portcullis_malformed_records: {
    type: 'gauge',
    labels: {},
    help: 'records of the last cycle that cannot be requests, so that nothing is known of them',
  },
  portcullis_blind: {
    type: 'gauge',
    labels: {},
    help: '1 while the last cycle could not read what it was made to look at',
  },
  portcullis_waiting_requests: { type: 'gauge', labels: {}, help: 'requests of the last cycle that wait for a person' },
  portcullis_record_entries: {
    type: 'gauge',
    labels: {},
    help: 'entries of the ledger at the end of the last cycle; smaller than before only after `ledger repair` began it anew',
  },
  portcullis_actions_total: {
    type: 'counter',
    labels: { action: ACTION_NAMES, result: RESULTS },
    help: 'actions that were decided on, by what became of them',
  },
  portcullis_model_calls_total: { type: 'counter', labels: {}, help: 'questions to the model' },
  portcullis_model_tokens_total: {
    type: 'counter',
    labels: { kind: TOKENS },
    help: 'tokens of the questions to the model and its answers',
  },
  portcullis_mail_problems_total: { type: 'counter', labels: {}, help: 'what went wrong with mails' },
} as const satisfies Record<string, Row>;
type MetricName = keyof typeof METRICS;

export type Metrics = {
  /** A cycle ended at that time; null when it ended with an exception and there is no record of it. */
  ended(record: RunRecord | null, at: number): void;
  /** What earlier processes left in the archive: their last cycle, and when the last good one ended. */
  remember(last: RunRecord, lastSuccess: number | null): void;
  /** The page, with what is true at this moment. */
  page(now: Readonly<Record<'running' | 'overdue' | 'halted', boolean>>, token: TokenEnd | null): Promise<string>;
  readonly contentType: string;
};

/** The numbers of this process in the form of Prometheus, in a registry of their own, with those of Node beside them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = {} as Record<MetricName, Counter>;
  const gauges = {} as Record<MetricName, Gauge>;
  for (const [name, { type, labels, help }] of Object.entries(METRICS) as [MetricName, Row][]) {
    const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
    if (type === 'gauge') gauges[name] = withoutDefault(new Gauge(options), labels);
    else {
      counters[name] = new Counter(options);
      // From 0 on, so that the first of a kind is an increase.
      for (const values of combinations(labels)) counters[name].inc(values, 0);
    }
  }

  function show(record: RunRecord): void {
    const totals = totalsOf(record);
    gauges.portcullis_last_run_timestamp_seconds.set(record.finishedAt / 1000);
    gauges.portcullis_last_run_duration_seconds.set((record.finishedAt - record.startedAt) / 1000);
    gauges.portcullis_window_requests.set(totals.requests);
    gauges.portcullis_unscored_requests.set(totals.byRisk.find(({ name }) => name === 'unscored')?.count ?? 0);
    gauges.portcullis_malformed_records.set(record.malformed.length);
    gauges.portcullis_blind.set(Number(isBlind(record)));
    gauges.portcullis_waiting_requests.set(totals.waiting.length);
    if (record.ledger !== null) gauges.portcullis_record_entries.set(record.ledger.entries);
    gauges.portcullis_last_run_step_seconds.reset();
    for (const { step, ms } of record.steps) {
      if ((STEPS as readonly string[]).includes(step)) gauges.portcullis_last_run_step_seconds.set({ step }, ms / 1000);
    }
  }

  /** A token that does not say when it ends has no such number. */
  function showToken(token: TokenEnd | null): void {
    gauges.portcullis_vault_token_expiry_timestamp_seconds.remove();
    gauges.portcullis_vault_token_warn_timestamp_seconds.remove();
    if (token === null) return;
    gauges.portcullis_vault_token_expiry_timestamp_seconds.set(token.expires / 1000);
    gauges.portcullis_vault_token_warn_timestamp_seconds.set(token.warnFrom / 1000);
  }

  return {
    contentType: registry.contentType,
    ended(record, at) {
      counters.portcullis_runs_total.inc({ verdict: VERDICTS[record?.verdict ?? 'failed'] });
      if (record !== null) show(record);
      gauges.portcullis_last_run_timestamp_seconds.set(at / 1000);
      if (record === null) return;
      if (record.verdict === 'done') gauges.portcullis_last_success_timestamp_seconds.set(at / 1000);
      for (const { decision, outcome } of record.reviewed) {
        if (decision.verdict === 'hold' || outcome === null) continue;
        counters.portcullis_actions_total.inc({ action: decision.verdict, result: resultOf(outcome) });
      }
      const { calls, promptTokens, completionTokens } = record.usage;
      counters.portcullis_model_calls_total.inc(calls);
      counters.portcullis_model_tokens_total.inc({ kind: 'prompt' }, promptTokens);
      counters.portcullis_model_tokens_total.inc({ kind: 'completion' }, completionTokens);
      counters.portcullis_mail_problems_total.inc(record.problems.filter(({ where }) => where === 'alert').length);
    },
    remember(last, lastSuccess) {
      show(last);
      if (lastSuccess !== null) gauges.portcullis_last_success_timestamp_seconds.set(lastSuccess / 1000);
    },
    page({ running, overdue, halted }, token) {
      showToken(token);
      gauges.portcullis_running.set(Number(running));
      gauges.portcullis_overdue.set(Number(overdue));
      gauges.portcullis_halted.set(Number(halted));
      return registry.metrics();
    },
  };
}

const resultOf = (outcome: Outcome): (typeof RESULTS)[number] =>
  outcome.kind === 'skipped' && outcome.reason === 'observing' ? 'rehearsed' : outcome.kind;

/** A number that is not known yet is left out; 0 would be a time, or an answer. */
function withoutDefault(gauge: Gauge, labels: Row['labels']): Gauge {
  if (Object.keys(labels).length === 0) gauge.remove();
  return gauge;
}

function combinations(labels: Row['labels']): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (rows, [label, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [label]: value }))),
    [{}],
  );
}
