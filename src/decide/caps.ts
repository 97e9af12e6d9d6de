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
  /** A run that would act (or flag) this many times more often than usual is not believed; 0 switches the circuit breaker off. */
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

/** How many of each the recent runs had, oldest first; from the archive of runs. */
export type Usual = Readonly<Record<'approve' | 'reject' | 'suspicious', readonly number[]>>;

/** How much one run wanted to do. */
export type RunCount = { readonly run: string } & Readonly<Record<keyof Usual, number>>;

export const usualOf = (counts: readonly RunCount[]): Usual => ({
  approve: counts.map(({ approve }) => approve),
  reject: counts.map(({ reject }) => reject),
  suspicious: counts.map(({ suspicious }) => suspicious),
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
 * back, or a lasting rise would never become usual. Null for a run that broke off: it says nothing about that.
 */
export function runCountOf({ runId, verdict, reviewed }: RunRecord): RunCount | null {
  if (brokeOff(verdict)) return null;
  const held = heldBackOf(reviewed);
  const wanted = (action: Action) =>
    reviewed.filter(({ decision }) => decision.verdict === action).length +
    held.filter((one) => one.action === action).length;
  return {
    run: runId,
    approve: wanted('approve'),
    reject: wanted('reject'),
    suspicious: reviewed.filter(({ dossier }) => dossier.texts.suspicious).length,
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

/**
 * The circuit breaker: which actions this run would do unusually often. A jump of flagged texts stops approvals, because
 * somebody seems to be trying.
 */
export function unusualActions(
  wanted: Readonly<Record<'approve' | 'reject' | 'suspicious', number>>,
  usual: Usual,
  caps: Caps,
): Partial<Record<Action, CapReached>> {
  const jump = (of: 'approve' | 'reject' | 'suspicious'): CapReached | null => {
    const counts = usual[of];
    if (caps.breakerFactor === 0 || counts.length < RUNS_NEEDED || wanted[of] < caps.breakerMinimum) return null;
    const limit = Math.max(1, median(counts)) * caps.breakerFactor;
    return wanted[of] <= limit ? null : { cap: 'BREAKER_FACTOR', of, wanted: wanted[of], usual: median(counts) };
  };
  const approve = jump('approve') ?? jump('suspicious');
  const reject = jump('reject');
  return { ...(approve !== null && { approve }), ...(reject !== null && { reject }) };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
