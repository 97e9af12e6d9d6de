/**
 * What deciding costs for each candidate: risk floor, policies and gates of the shipped policy. By itself, without the other
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
import type { Identity } from '../src/policy/access_model.ts';
import { classify } from '../src/policy/classify.ts';
import { loadPolicy } from '../src/policy/load.ts';
import type { Result } from './benchmark.ts';
import { medianCost } from './median.ts';
import { simulatedMonth } from './simulated_month.ts';
import { ROOT } from './stage/machine.ts';

const ROUNDS = 41;
const GOAL_MS = 0.5;

const policy: ActionPolicy = {
  ...{ autoApprove: true, autoReject: true, autoCloseStale: true, autoCloseExpired: true },
  ...{ approveUpTo: 'low', rejectFrom: 'critical', confidenceNeeded: 0.85, staleDays: 7 },
};
const caps = {
  ...{ approvalsPerRun: 50, approvalsPerDay: 200, approvalsPerRequestorPerDay: 10, approvalsPerAssetPerDay: 10 },
  ...{ rejectionsPerRun: 50, breakerFactor: 3, breakerMinimum: 10 },
};
/** Whoever looks through all of them for each request shows. */
const COMPANY: readonly Identity[] = Array.from({ length: 20_000 }, (_, at) => ({
  ...{ user: `CORP\\user.${at}`, roles: [], department: null, manager: null, entitlements: [] },
  place: { file: 'identities.csv', line: at + 2, column: 1 },
}));
const limits = {
  caps,
  today: { approvals: 0, byRequestor: () => 0, byAsset: () => 0 },
  usual: { approve: [], reject: [], persons: [] },
};

export async function deciding(subjects: readonly Subject[]): Promise<Result> {
  const engine = await loadPolicy(`${ROOT}/policy`);
  const how = { policy, engine, acted: () => false };
  const active = subjects.filter(({ dossier }) => dossier.request.status === 'Active');
  const agreed = new Map(
    active.map(({ dossier, assessment }) => [dossier.request.id, { kind: 'facts-only' as const, assessment }]),
  );

  const empty = await medianCost(
    ROUNDS,
    () => {
      let sum = 0;
      for (const { dossier } of active) sum += dossier.request.id.length;
      return sum;
    },
    active.length,
  );
  const dossiers = subjects.map(({ dossier }) => dossier);
  const look = { confirmation: undefined, heldBack: null };
  const works: readonly (readonly [what: string, per: number, work: () => unknown])[] = [
    ['deciding once: risk floor, policies, gates', active.length, () => active.map((one) => decide(one, look, how))],
    [
      'a whole run: candidates, then confirmations and caps',
      active.length,
      () => {
        // As a run does it: what the policies said before the confirmation is not asked again after it.
        const once = { ...how, engine: askedOnce(engine) };
        prepare(active, once);
        return conclude(active, agreed, once, limits);
      },
    ],
    ['classifying by the mapping (all statuses)', subjects.length, () => engine.classify(dossiers, Date.now())],
    [
      'the same with 20,000 identities',
      subjects.length,
      () => classify(dossiers, Date.now(), { ...engine.access, identities: COMPANY }),
    ],
  ];
  const measured = [];
  for (const [what, per, work] of works) {
    const cost = await medianCost(ROUNDS, work, per);
    measured.push({ what, ...cost, timesEmptyLoop: Math.round(cost.ms / empty.ms) });
  }
  const table = markdownTable(
    [
      ['per request', 'median ms', 'processor ms', 'times an empty loop'],
      ...measured.map(({ what, ms, cpuMs, timesEmptyLoop }) => [
        what,
        ms.toFixed(3),
        cpuMs.toFixed(3),
        `${timesEmptyLoop}`,
      ]),
    ],
    { align: [...'lrrr'] },
  );
  return {
    figures: { active: active.length, rounds: ROUNDS, goalMs: GOAL_MS, emptyLoopMs: empty.ms, measured },
    text: `${table}\n\n${active.length} Active requests of ${subjects.length}, median of ${ROUNDS} rounds; the goal is below ${GOAL_MS} ms.`,
  };
}

if (import.meta.main) {
  const { figures, text } = await deciding((await simulatedMonth()).reviewed);
  const json = { node: process.version, ...figures };
  process.stdout.write(`${process.argv.includes('--json') ? JSON.stringify(json, null, 2) : text}\n`);
}
