import { atLeast } from '../domain/risk.ts';
import type { CostLimit, RunRecord } from '../domain/run_record.ts';
import { brokeOff } from '../phrases/run_headline.ts';
import { flagsOf } from '../phrases/run_totals.ts';

/** ALERT_ON_RUN_SUMMARY, ALERT_ON_HIGH_RISK and ALERT_ON_ANOMALY. */
export type TriggerSettings = {
  readonly onRunSummary: boolean;
  readonly onHighRisk: boolean;
  readonly onAnomaly: boolean;
};

const TRIGGERS = {
  onRunSummary: () => true,
  onHighRisk: ({ reviewed }) =>
    reviewed.some(({ decision }) => decision.risk !== null && atLeast(decision.risk, 'high')),
  onAnomaly: ({ reviewed }) => reviewed.some((r) => flagsOf(r).length > 0),
} as const satisfies Record<keyof TriggerSettings, (record: RunRecord) => boolean>;

export type Trigger = keyof typeof TRIGGERS | 'broken-off' | 'halted' | CostLimit;

/**
 * Why a mail goes out; none when the list is empty. With ALERT_ON_RUN_SUMMARY a quiet run mails too, and without it none
 * does. A run that broke off, is halted or met a limit of the model's cost says so as soon as anybody wants any mail:
 * whoever asked to hear of risky requests only must not take its silence for a quiet day.
 */
export function triggersOf(record: RunRecord, settings: TriggerSettings): readonly Trigger[] {
  const on = (Object.keys(TRIGGERS) as (keyof TriggerSettings)[]).filter((name) => settings[name]);
  const fired: Trigger[] = on.filter((name) => TRIGGERS[name](record));
  if (on.length === 0) return [];
  return [
    ...fired,
    ...(brokeOff(record.verdict) ? (['broken-off'] as const) : []),
    ...(record.halt === null ? [] : (['halted'] as const)),
    ...record.costMet,
  ];
}
