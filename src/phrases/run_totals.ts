import { ACTION_NAMES, ACTIONS, type Action } from '../domain/action.ts';
import { ANOMALY_FLAG_NAMES, type AnomalyFlag } from '../domain/assessment.ts';
import { RISKS, type Risk } from '../domain/risk.ts';
import type { Reviewed, RunRecord } from '../domain/run_record.ts';
import { STATUSES } from '../domain/status.ts';
import { type HeldBack, heldBackOf } from './held_back.ts';
import { type OverdueGrant, overdueGrants } from './overdue_grant.ts';

/** Everything that can be counted in a run, once for all who tell about it: report, JSON twin, mail, terminal. */
export type RunTotals = {
  readonly requests: number;
  /** Known statuses in the order of the life cycle, then foreign ones; only those that occur. */
  readonly byStatus: readonly Count<string>[];
  /** Every risk from critical to low and `unscored`, zeros included. */
  readonly byRisk: readonly Count<RiskWord>[];
  /** Most frequent first; only those that occur. */
  readonly byFlag: readonly Count<AnomalyFlag>[];
  /** Assessments that this run asked for, and those that an earlier run had given about the very same thing. */
  readonly assessed: number;
  readonly remembered: number;
  /** Actions that the vault carried out. */
  readonly done: Readonly<Record<Action, number>>;
  /** Actions that would have been tried had the run not only observed. */
  readonly wouldDo: Readonly<Record<Action, number>>;
  readonly failed: number;
  readonly unknown: number;
  /** Decided on and then, for a good reason, not done. */
  readonly skipped: number;
  /** Those of them that a halt in the middle of the run left undone; they stay eligible. */
  readonly leftByHalt: number;
  /** What a person has to look at, the most pressing first. */
  readonly waiting: readonly Reviewed[];
  /** What a cap or the circuit breaker held back, the most pressing first. */
  readonly heldBack: readonly HeldBack[];
  /** Granted for longer than its class allows, and not closed in this run; the longest first. */
  readonly overdue: readonly OverdueGrant[];
};
export type Count<Name extends string> = { readonly name: Name; readonly count: number };
export type RiskWord = Risk | 'unscored';
export const RISK_WORDS: readonly RiskWord[] = [...[...RISKS].reverse(), 'unscored'];

export function totalsOf({ reviewed }: Pick<RunRecord, 'reviewed'>): RunTotals {
  const known = counted.get(reviewed) ?? count(reviewed);
  counted.set(reviewed, known);
  return known;
}

/** Report, twin, mail and terminal tell about the same list, which may be long. */
const counted = new WeakMap<readonly Reviewed[], RunTotals>();

function count(reviewed: readonly Reviewed[]): RunTotals {
  const outcomes = reviewed.map((r) => r.outcome);
  const flags = countBy(reviewed.flatMap((r) => flagsOf(r)));
  const risks = countBy(reviewed.map(riskWord));
  const scored = reviewed.flatMap(({ assessment }) => (assessment.kind === 'scored' ? [assessment] : []));
  const remembered = scored.filter((assessment) => assessment.remembered === true).length;
  const statuses = [...countBy(reviewed.map((r) => r.dossier.request.status))].map(([name, count]) => ({
    name,
    count,
  }));
  const known = Object.keys(STATUSES);
  const rank = (status: string) => (known.includes(status) ? known.indexOf(status) : known.length);
  return {
    requests: reviewed.length,
    byStatus: statuses.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1)),
    byRisk: RISK_WORDS.map((name) => ({ name, count: risks.get(name) ?? 0 })),
    byFlag: ANOMALY_FLAG_NAMES.map((name) => ({ name, count: flags.get(name) ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count),
    assessed: scored.length - remembered,
    remembered,
    done: perAction(reviewed.filter((r) => r.outcome?.kind === 'done')),
    wouldDo: perAction(reviewed.filter(wasRehearsed)),
    failed: outcomes.filter((o) => o?.kind === 'failed').length,
    unknown: outcomes.filter((o) => o?.kind === 'unknown').length,
    skipped: outcomes.filter((o) => o?.kind === 'skipped' && o.reason !== 'observing').length,
    leftByHalt: outcomes.filter((o) => o?.kind === 'skipped' && o.reason === 'halted').length,
    waiting: reviewed.filter(needsPerson).sort(mostPressingFirst),
    heldBack: heldBackOf(reviewed).sort((a, b) => mostPressingFirst(a.reviewed, b.reviewed)),
    overdue: overdueGrants(reviewed.filter(({ outcome }) => outcome?.kind !== 'done')),
  };
}

export const riskWord = ({ decision }: Reviewed): RiskWord => decision.risk ?? 'unscored';

/** Flags of one request, each once. */
export const flagsOf = ({ assessment }: Reviewed): readonly AnomalyFlag[] =>
  assessment.kind === 'scored' ? [...new Set(assessment.flags)] : [];

/**
 * An action whose outcome nobody knows needs a person as much as a request that the agent will not decide. What a cap held
 * back waits for the next run and not for a person; it is told apart (`heldBack`).
 */
export const needsPerson = ({ decision, outcome }: Reviewed): boolean =>
  (decision.needsPerson && decision.next?.kind !== 'observe') || outcome?.kind === 'unknown';

/** Decided on, and left undone only because this run was not allowed to act. */
export const wasRehearsed = ({ outcome }: Reviewed): boolean =>
  outcome?.kind === 'skipped' && outcome.reason === 'observing';

/** Critical to low, then unscored; within one risk the oldest first. */
export function mostPressingFirst(a: Reviewed, b: Reviewed): number {
  return (
    RISK_WORDS.indexOf(riskWord(a)) - RISK_WORDS.indexOf(riskWord(b)) ||
    a.dossier.request.created - b.dossier.request.created
  );
}

export const sum = (counts: Readonly<Record<Action, number>>): number =>
  ACTION_NAMES.reduce((total, action) => total + counts[action], 0);

/** `2 approved, 1 rejected`; empty when nothing was. */
export function listDone(counts: Readonly<Record<Action, number>>): string {
  const order: readonly Action[] = ['approve', 'reject', 'close'];
  return order
    .filter((action) => counts[action] > 0)
    .map((action) => `${counts[action]} ${ACTIONS[action].done}`)
    .join(', ');
}

function perAction(reviewed: readonly Reviewed[]): Record<Action, number> {
  const count = (action: Action) => reviewed.filter((r) => r.decision.verdict === action).length;
  return { reject: count('reject'), approve: count('approve'), close: count('close') };
}

function countBy<Name extends string>(words: readonly Name[]): Map<Name, number> {
  const counts = new Map<Name, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
