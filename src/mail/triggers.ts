import { atLeast } from '../domain/risk.ts';
import { type CostLimit, isBlind, type RunRecord } from '../domain/run_record.ts';
import { brokeOff } from '../phrases/run_headline.ts';
import { flagsOf } from '../phrases/run_totals.ts';
import { tokenWords } from '../phrases/token_words.ts';

/** ALERT_ON_RUN_SUMMARY, ALERT_ON_HIGH_RISK and ALERT_ON_ANOMALY. */
export type TriggerSettings = {
  readonly onRunSummary: boolean;
  readonly onHighRisk: boolean;
  readonly onAnomaly: boolean;
};

export const ALL_SECTIONS: TriggerSettings = { onRunSummary: true, onHighRisk: true, onAnomaly: true };

/** The setting that selects each section. INVARIANT: any other section stands in every mail. */
export const SELECTED_BY = {
  ACTION_SUMMARY: { trigger: 'onRunSummary', setting: 'ALERT_ON_RUN_SUMMARY' },
  HIGH_RISK: { trigger: 'onHighRisk', setting: 'ALERT_ON_HIGH_RISK' },
  ANOMALIES: { trigger: 'onAnomaly', setting: 'ALERT_ON_ANOMALY' },
} as const satisfies Record<string, { trigger: keyof TriggerSettings; setting: string }>;
export type SelectableSection = keyof typeof SELECTED_BY;

export const isSelectable = (section: string): section is SelectableSection => Object.hasOwn(SELECTED_BY, section);

export const isSelected = (section: string, settings: TriggerSettings): boolean =>
  !isSelectable(section) || settings[SELECTED_BY[section].trigger];

/** What the section of each trigger has to say. */
const TRIGGERS = {
  onRunSummary: () => true,
  onHighRisk: ({ reviewed }) =>
    reviewed.some(({ decision }) => decision.risk !== null && atLeast(decision.risk, 'high')),
  onAnomaly: ({ reviewed }) => reviewed.some((r) => flagsOf(r).length > 0),
} as const satisfies Record<keyof TriggerSettings, (record: RunRecord) => boolean>;

/** What is told to whoever wants any mail at all: silence about it would be taken for a quiet day. */
const ALWAYS = {
  acted: ({ reviewed, recovered }) => recovered.length > 0 || reviewed.some(({ outcome }) => outcome?.kind === 'done'),
  failed: ({ reviewed }) => reviewed.some(({ outcome }) => outcome?.kind === 'failed' || outcome?.kind === 'unknown'),
  blind: isBlind,
  problems: ({ problems }) => problems.length > 0,
  'broken-off': ({ verdict }) => brokeOff(verdict),
  halted: ({ halt }) => halt !== null,
  'token-ends': (record) => tokenWords(record) !== null,
} as const satisfies Record<string, (record: RunRecord) => boolean>;

export type Trigger = keyof typeof TRIGGERS | keyof typeof ALWAYS | CostLimit;

/**
 * Why a mail goes out; none when the list is empty. A trigger that is on lets a mail go out when its section has something
 * to say; the run summary always has. With any of them on a mail also goes out when something was done or went wrong.
 */
export function triggersOf(record: RunRecord, settings: TriggerSettings): readonly Trigger[] {
  const on = (Object.keys(TRIGGERS) as (keyof typeof TRIGGERS)[]).filter((name) => settings[name]);
  if (on.length === 0) return [];
  const always = Object.keys(ALWAYS) as (keyof typeof ALWAYS)[];
  return [
    ...on.filter((name) => TRIGGERS[name](record)),
    ...always.filter((name) => ALWAYS[name](record)),
    ...record.costMet,
  ];
}
