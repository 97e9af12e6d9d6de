/**
 * What deciding costs for each candidate: floor, policies and gates of the shipped policy. By itself, without the other
 * parts:
 *
 *     node bench/decide.ts [--json]
 *
 * The requests are those of a simulated month; what matters for the figure are the Active ones, which are asked about
 * twice (reject, then approve). The ratio to an empty loop says more on another machine than the time.
 */
import { markdownTable } from 'markdown-table';
import { askedOnce } from '../src/decide/asked_once.ts';
import { type ActionPolicy, decide, type Subject } from '../src/decide/decide.ts';
import { conclude, prepare } from '../src/decide/decide_all.ts';
import { loadPolicy } from '../src/policy/load.ts';
import type { Result } from './benchmark.ts';
import { median } from './median.ts';
import { simulatedMonth } from './simulated_month.ts';
import { ROOT } from './stage/machine.ts';

const ROUNDS = 41;
const GOAL_MS = 0.5;

const policy: ActionPolicy = {
  ...{ autoApprove: true, autoReject: true, autoCloseStale: true, autoCloseExpired: true },
  ...{ approveUpTo: 'low', rejectFrom: 'critical', staleDays: 7 },
};
const caps = {
  ...{ approvalsPerRun: 50, approvalsPerDay: 200, approvalsPerRequestorPerDay: 10, approvalsPerAssetPerDay: 10 },
  ...{ rejectionsPerRun: 50, breakerFactor: 3, breakerMinimum: 10 },
};
const limits = {
  caps,
  today: { approvals: 0, byRequestor: () => 0, byAsset: () => 0 },
  usual: { approve: [], reject: [], suspicious: [] },
};

export async function deciding(subjects: readonly Subject[]): Promise<Result> {
  const engine = await loadPolicy(`${ROOT}/policy`);
  const how = { policy, engine, acted: () => false };
  const active = subjects.filter(({ dossier }) => dossier.request.status === 'Active');
  const agreed = new Map(
    active.map(({ dossier, assessment }) => [dossier.request.id, { kind: 'blind' as const, assessment }]),
  );

  /** Median over rounds of the milliseconds for each of `count` things. */
  const medianOf = (count: number, work: () => unknown): number =>
    median(
      Array.from({ length: ROUNDS }, () => {
        const before = performance.now();
        work();
        return (performance.now() - before) / count;
      }),
    );

  const emptyLoopMs = medianOf(active.length, () => {
    let sum = 0;
    for (const { dossier } of active) sum += dossier.request.id.length;
    return sum;
  });
  const dossiers = subjects.map(({ dossier }) => dossier);
  const look = { vote: undefined, heldBack: null };
  const rows = [
    [
      'deciding once: floor, policies, gates',
      medianOf(active.length, () => active.map((one) => decide(one, look, how))),
    ],
    [
      'a whole run: candidates, then votes and caps',
      medianOf(active.length, () => {
        // As a run does it: what the policies said before the second look is not asked again after it.
        const once = { ...how, engine: askedOnce(engine) };
        prepare(active, once);
        return conclude(active, agreed, once, limits);
      }),
    ],
    [
      'classifying by the mapping (all statuses)',
      medianOf(subjects.length, () => engine.classify(dossiers, Date.now())),
    ],
  ] as const;

  const measured = rows.map(([what, ms]) => ({ what, ms, timesEmptyLoop: Math.round(ms / emptyLoopMs) }));
  const table = markdownTable([
    ['per request', 'median ms', 'times an empty loop'],
    ...measured.map(({ what, ms, timesEmptyLoop }) => [what, ms.toFixed(3), `${timesEmptyLoop}`]),
  ]);
  return {
    figures: { active: active.length, rounds: ROUNDS, goalMs: GOAL_MS, emptyLoopMs, measured },
    text: `${table}\n\n${active.length} Active requests of ${subjects.length}, median of ${ROUNDS} rounds; the goal is below ${GOAL_MS} ms.`,
  };
}

if (import.meta.main) {
  const { figures, text } = await deciding((await simulatedMonth()).reviewed);
  const json = { node: process.version, ...figures };
  process.stdout.write(`${process.argv.includes('--json') ? JSON.stringify(json, null, 2) : text}\n`);
}
