/**
 * What deciding costs for each candidate: floor, policies and gates of the shipped policy.
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
import { openPlace, ROOT } from '../test/e2e/place.ts';

const ROUNDS = 41;
const GOAL_MS = 0.5;

const engine = await loadPolicy(`${ROOT}/policy`);
const policy: ActionPolicy = {
  ...{ autoApprove: true, autoReject: true, autoCloseStale: true, autoCloseExpired: true },
  ...{ approveUpTo: 'low', rejectFrom: 'critical', staleDays: 7 },
};
const how = { policy, engine, acted: () => false };
const caps = {
  ...{ approvalsPerRun: 50, approvalsPerDay: 200, approvalsPerRequestorPerDay: 10, approvalsPerAssetPerDay: 10 },
  ...{ rejectionsPerRun: 50, breakerFactor: 3, breakerMinimum: 10 },
};
const limits = {
  caps,
  today: { approvals: 0, byRequestor: () => 0, byAsset: () => 0 },
  usual: { approve: [], reject: [], suspicious: [] },
};

async function simulatedMonth(): Promise<Subject[]> {
  await using place = await openPlace({ data: 'realistic', requests: 600, model: { behaviour: 'rate' } });
  const { record } = await place.run({ dryRun: true, settings: { DEEP_ANALYSIS: 'true', LOG_LEVEL: 'silent' } });
  if (record.reviewed.length === 0) throw new Error(`the run failed: ${record.problems[0]?.message}`);
  return [...record.reviewed];
}

const subjects = await simulatedMonth();
const active = subjects.filter(({ dossier }) => dossier.request.status === 'Active');
const agreed = new Map(
  active.map(({ dossier, assessment }) => [dossier.request.id, { kind: 'blind' as const, assessment }]),
);

/** Median over rounds of the milliseconds for each of `count` things. */
function median(count: number, work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = performance.now();
    work();
    return (performance.now() - before) / count;
  }).sort((a, b) => a - b);
  return times[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const empty = median(active.length, () => {
  let sum = 0;
  for (const { dossier } of active) sum += dossier.request.id.length;
  return sum;
});
const dossiers = subjects.map(({ dossier }) => dossier);
const look = { vote: undefined, heldBack: null };
const rows = [
  ['deciding once: floor, policies, gates', median(active.length, () => active.map((one) => decide(one, look, how)))],
  [
    'a whole run: candidates, then votes and caps',
    median(active.length, () => {
      // As a run does it: what the policies said before the second look is not asked again after it.
      const once = { ...how, engine: askedOnce(engine) };
      prepare(active, once);
      return conclude(active, agreed, once, limits);
    }),
  ],
  ['classifying by the mapping (all statuses)', median(subjects.length, () => engine.classify(dossiers, Date.now()))],
] as const;

const results = {
  node: process.version,
  active: active.length,
  rounds: ROUNDS,
  goalMs: GOAL_MS,
  emptyLoopMs: empty,
  measured: rows.map(([what, ms]) => ({ what, ms, timesEmptyLoop: Math.round(ms / empty) })),
};
const table = markdownTable([
  ['per request', 'median ms', 'times an empty loop'],
  ...results.measured.map(({ what, ms, timesEmptyLoop }) => [what, ms.toFixed(3), `${timesEmptyLoop}`]),
]);
const text = `${table}\n\n${active.length} Active requests of ${subjects.length}, median of ${ROUNDS} rounds; the goal is below ${GOAL_MS} ms.`;
process.stdout.write(`${process.argv.includes('--json') ? JSON.stringify(results, null, 2) : text}\n`);
