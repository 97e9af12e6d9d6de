import type { Risk } from './risk.ts';

/** The words the model may use for what stands out; the same list is in the prompt, the schema and the report. */
export const ANOMALY_FLAGS = {
  off_hours: 'wanted outside office hours',
  frequent_requestor: 'far more requests than others',
  sensitive_asset: 'sensitive or highly privileged asset',
  weak_justification: 'justification missing or says little',
  justification_mismatch: 'justification does not fit what is asked',
  long_window: 'unusually long access',
  stale_request: 'open or granted for a long time',
  no_human_approval: 'granted without a person looking',
  unexpected_automation: 'a service account outside its usual work',
  urgency_pressure: 'presses for speed instead of giving reasons',
  injection_suspected: 'text tries to steer the review',
  other: 'something else, named in the summary',
} as const satisfies Record<string, string>;
export type AnomalyFlag = keyof typeof ANOMALY_FLAGS;
export const ANOMALY_FLAG_NAMES = Object.keys(ANOMALY_FLAGS) as readonly AnomalyFlag[];

export type Assessment = Scored | Unscored;

export type Scored = {
  readonly kind: 'scored';
  readonly risk: Risk;
  /**
   * The model's word for the risk was not one of ours and became `medium`.
   * INVARIANT: such an assessment never leads to an approval or a rejection.
   */
  readonly normalised: boolean;
  readonly flags: readonly AnomalyFlag[];
  /**
   * How sure the model says it is, 0 to 1; null when its answer gave no such number. Absent in the archive of a run that did
   * not ask for it. INVARIANT: an absent one counts as none everywhere but in a replay (`analysis/replay/`).
   */
  readonly confidence?: number | null;
  /** Model-written: data, never instruction. */
  readonly summary: string;
  /** Model-written, at most 20 words. */
  readonly comment: string;
  /** Given in an earlier run about the very same thing, and not asked for again. */
  readonly remembered?: true;
  /** The risk of a first answer which a second one did not bear out; `risk` is that of the second. */
  readonly firstAnswer?: Risk;
  /** It is over the limit for approving, and a second answer said so too. */
  readonly borneOut?: true;
};

/** The confidence that counts where there are several readings: the lowest; null as soon as one of them gave none. */
export function lowestConfidence(readings: readonly Assessment[]): number | null {
  const given = readings.map((one) => (one.kind === 'scored' ? (one.confidence ?? null) : null));
  return given.reduce((low, one) => (low === null || one === null ? null : Math.min(low, one)), 1);
}

/** Whether a reading carries the flag. */
export const flagged = (reading: Assessment, ...flags: readonly AnomalyFlag[]): boolean =>
  reading.kind === 'scored' && flags.some((flag) => reading.flags.includes(flag));

/** The reading without its flags. */
export const withoutFlags = <Reading extends Assessment>(reading: Reading): Reading =>
  reading.kind === 'scored' ? { ...reading, flags: [] } : reading;

export type Unscored = { readonly kind: 'unscored'; readonly why: string };

/** What the score step used, for the report. */
export type ModelUsage = {
  /** The models that were asked, with a comma in between. */
  readonly model: string;
  /** Questions sent, repeated tries included. */
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Those of the prompt tokens that the endpoint took out of its cache, where it says so. */
  readonly cachedTokens?: number;
  /** What it cost in US dollars, by the price table; absent when nobody knows. */
  readonly usd?: number;
};
/** Of two steps of one run; the models are those that were asked. */
export const addUsage = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  model: modelsOf(a, b),
  calls: a.calls + b.calls,
  promptTokens: a.promptTokens + b.promptTokens,
  completionTokens: a.completionTokens + b.completionTokens,
  ...sumOf('cachedTokens', a, b),
  ...sumOf('usd', a, b),
});

function modelsOf(a: ModelUsage, b: ModelUsage): string {
  const asked = [a, b]
    .filter(({ calls, model }) => calls > 0 && model !== '')
    .flatMap(({ model }) => model.split(', '));
  return asked.length === 0 ? a.model || b.model : [...new Set(asked)].join(', ');
}

/** Unknown when it is unknown for one of them; one that made no calls cost nothing. */
function sumOf(name: 'cachedTokens' | 'usd', a: ModelUsage, b: ModelUsage): Partial<ModelUsage> {
  const [one, other] = [a, b].map((usage) => (usage.calls === 0 ? (usage[name] ?? 0) : usage[name]));
  const sum = one === undefined || other === undefined ? undefined : one + other;
  return sum === undefined || (a[name] ?? b[name]) === undefined ? {} : { [name]: sum };
}

export const NO_USAGE: ModelUsage = { model: '', calls: 0, promptTokens: 0, completionTokens: 0 };
