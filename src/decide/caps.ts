import { keyOfToday } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { CapReached } from '../domain/decision.ts';
import type { RunRecord } from '../domain/run_record.ts';
import { heldBackOf } from '../phrases/held_back.ts';
import { brokeOff } from '../phrases/run_headline.ts';

/** How many actions may be done without a person. 0 means none at all. */
export type Caps = {
  readonly approvalsPerRun: number;
  readonly approvalsPerDay: number;
  readonly approvalsPerRequestorPerDay: number;
  readonly approvalsPerAssetPerDay: number;
  readonly rejectionsPerRun: number;
  /** A run that would act this many times more often than usual is not believed; 0 switches the circuit breaker off. */
  readonly breakerFactor: number;
  /** Below this many, nothing counts as unusual. */
  readonly breakerMinimum: number;
};

/** An action that everything else allows. `requestor` and `asset` are keys that the requestor cannot choose. */
export type Candidate = {
  readonly id: string;
  readonly action: Action;
  readonly requestor: string;
  readonly asset: string;
};

/** What was approved in the last 24 hours, from the action history. */
export type DayCount = {
  readonly approvals: number;
  byRequestor(key: string): number;
  byAsset(key: string): number;
};

/** How many of each the recent runs had, oldest first. `persons`: those with suspicious texts in open requests. */
export type Usual = Readonly<Record<'approve' | 'reject' | 'persons', readonly number[]>>;

/** How much one run wanted to do. Version 0.1 counted texts in place of persons, which says nothing about these. */
export type RunCount = {
  readonly run: string;
  readonly approve: number;
  readonly reject: number;
  readonly persons?: number | undefined;
};

export const usualOf = (counts: readonly RunCount[]): Usual => ({
  approve: counts.map(({ approve }) => approve),
  reject: counts.map(({ reject }) => reject),
  persons: counts.flatMap(({ persons }) => persons ?? []),
});

export const dayCountOf = (
  approvals: readonly { readonly requestor: string | null; readonly asset: string | null }[],
): DayCount => ({
  approvals: approvals.length,
  byRequestor: (key) => approvals.filter(({ requestor }) => requestor !== null && keyOfToday(requestor) === key).length,
  byAsset: (key) => approvals.filter(({ asset }) => asset === key).length,
});

/**
 * How much a run wanted to do, so that the next ones know what is usual: also what the caps and the circuit breaker held
 * back, or a lasting rise would never become usual. What isolated persons wanted is left out, as the circuit breaker does
 * not count it. Null for a run that broke off: it says nothing about that.
 */
export function runCountOf({ runId, verdict, reviewed }: RunRecord, persons: number): RunCount | null {
  if (brokeOff(verdict)) return null;
  const held = heldBackOf(reviewed);
  const wanted = (action: Action) =>
    reviewed.filter(({ decision }) => decision.verdict === action).length +
    held.filter((one) => one.action === action).length;
  return {
    run: runId,
    approve: wanted('approve'),
    reject: wanted('reject'),
    persons,
  };
}

/**
 * Which candidates are held back, each by which cap. Counted in the order given, so that the same candidates are always
 * held back.
 * INVARIANT: approvals never exceed any cap, whatever the model says and however many requests are alike.
 */
export function heldBack(
  candidates: readonly Candidate[],
  caps: Caps,
  today: DayCount,
  unusual: Readonly<Partial<Record<Action, CapReached>>>,
): ReadonlyMap<string, CapReached> {
  const held = new Map<string, CapReached>();
  const run = { approve: 0, reject: 0, close: 0 };
  const requestors = new Map<string, number>();
  const assets = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) => counts.get(key) ?? 0;

  for (const { id, action, requestor, asset } of candidates) {
    const reached = unusual[action] ?? (action === 'approve' ? approvalCap(requestor, asset) : rejectionCap(action));
    if (reached !== null) {
      held.set(id, reached);
      continue;
    }
    run[action]++;
    if (action !== 'approve') continue;
    requestors.set(requestor, count(requestors, requestor) + 1);
    assets.set(asset, count(assets, asset) + 1);
  }
  return held;

  function rejectionCap(action: Action): CapReached | null {
    if (action !== 'reject' || run.reject < caps.rejectionsPerRun) return null;
    return { cap: 'CAP_REJECTIONS_PER_RUN', limit: caps.rejectionsPerRun };
  }

  function approvalCap(requestor: string, asset: string): CapReached | null {
    if (run.approve >= caps.approvalsPerRun) return { cap: 'CAP_APPROVALS_PER_RUN', limit: caps.approvalsPerRun };
    if (today.approvals + run.approve >= caps.approvalsPerDay) {
      return { cap: 'CAP_APPROVALS_PER_DAY', limit: caps.approvalsPerDay };
    }
    if (today.byRequestor(requestor) + count(requestors, requestor) >= caps.approvalsPerRequestorPerDay) {
      return { cap: 'CAP_APPROVALS_PER_REQUESTOR_PER_DAY', limit: caps.approvalsPerRequestorPerDay };
    }
    if (today.byAsset(asset) + count(assets, asset) >= caps.approvalsPerAssetPerDay) {
      return { cap: 'CAP_APPROVALS_PER_ASSET_PER_DAY', limit: caps.approvalsPerAssetPerDay };
    }
    return null;
  }
}

/** Runs that a usual range needs before anything can be unusual. */
const RUNS_NEEDED = 5;

/** The circuit breaker for masses: which actions this run would do unusually often, and so does not do at all. */
export function unusualActions(
  wanted: Readonly<Record<'approve' | 'reject', number>>,
  usual: Usual,
  caps: Caps,
): Partial<Record<Action, CapReached>> {
  const jump = (of: 'approve' | 'reject'): CapReached | null => {
    const unusual = jumped(wanted[of], usual[of], caps);
    return unusual === null ? null : { cap: 'BREAKER_FACTOR', of, ...unusual };
  };
  const [approve, reject] = [jump('approve'), jump('reject')];
  return { ...(approve !== null && { approve }), ...(reject !== null && { reject }) };
}

/** By how much a number is above what is usual; null when it is not, or when nobody knows yet what is usual. */
export function jumped(
  wanted: number,
  counts: readonly number[],
  { breakerFactor, breakerMinimum }: Caps,
): { readonly wanted: number; readonly usual: number } | null {
  if (breakerFactor === 0 || counts.length < RUNS_NEEDED || wanted < breakerMinimum) return null;
  const usual = median(counts);
  return wanted <= Math.max(1, usual) * breakerFactor ? null : { wanted, usual };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
