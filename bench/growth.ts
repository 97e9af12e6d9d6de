import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import type { Benchmark, Extent } from './benchmark.ts';
import type { Lean } from './lean.ts';
import { growthExponent } from './stage/fit.ts';
import { came, openProgram, type Ran } from './stage/program.ts';
import { openRemote } from './stage/remote.ts';

const GOALS = { exponent: 1.05, peakMbAt100_000: 600 };

const SIZES: Readonly<Record<Extent, readonly number[]>> = {
  quick: [1000, 3000, 10_000],
  usual: [1000, 10_000, 100_000],
  full: [1000, 10_000, 100_000, 1_000_000],
};

type Row = {
  readonly requests: number;
  /** Processor time beyond that of a run which finds nothing, per request; null when the run did not end. */
  readonly cpuUs: number | null;
  /** Against the size before. */
  readonly exponent: number | null;
  readonly peakMb: number | null;
  readonly ran: Ran;
  /** The run after it, which remembers what this one was told: what a daemon does from its second run on. */
  readonly next: Ran;
  readonly nextCpuUs: number | null;
};

type Runs = { readonly first: Ran; readonly next: Ran };

async function measure(requests: number, profiles: string | null): Promise<Runs> {
  await using around = openRemote<Lean>(join(import.meta.dirname, 'lean.ts'));
  const settings = await around.call('start', { requests });
  // As many at once as it takes that the upstreams are never what is waited for.
  using program = openProgram({
    ...settings,
    VAULT_CONCURRENCY: '16',
    OPENAI_CONCURRENCY: '16',
  });
  return { first: await program.run({ profiles }), next: await program.run({ profiles }) };
}

function rowsOf(empty: Runs, sizes: readonly number[], runs: readonly Runs[]): Row[] {
  const beyond = (ran: Ran, nothing: Ran): number | null =>
    came(ran) ? (ran.cpuMs ?? 0) - (nothing.cpuMs ?? 0) : null;
  const each = (cpuMs: number | null, requests: number) => (cpuMs === null ? null : (cpuMs * 1000) / requests);
  const costs = sizes.map((requests, i): readonly [number, number] | null => {
    const cpuMs = runs[i] === undefined ? null : beyond(runs[i].first, empty.first);
    return cpuMs === null ? null : [requests, cpuMs];
  });
  return runs.map(({ first, next }, i) => {
    const [point, before] = [costs[i] ?? null, costs[i - 1] ?? null];
    const requests = sizes[i] ?? 0;
    return {
      requests,
      cpuUs: each(point?.[1] ?? null, requests),
      exponent: point === null || before === null ? null : growthExponent([before, point]),
      peakMb: first.peakMb,
      ran: first,
      next,
      nextCpuUs: each(beyond(next, empty.next), requests),
    };
  });
}

export const growth: Benchmark = {
  about: 'own processor time and peak memory per request, with upstreams that answer at once',
  async run({ extent, sizes, profiles, say }) {
    const chosen = sizes ?? SIZES[extent];
    say('growth: a window without requests');
    const empty = await measure(0, null);
    const runs: Runs[] = [];
    for (const requests of chosen) {
      say(`growth: ${requests} requests`);
      runs.push(await measure(requests, profiles));
    }
    const rows = rowsOf(empty, chosen, runs);
    const points = rows.flatMap(({ requests, cpuUs }) =>
      cpuUs === null ? [] : [[requests, cpuUs * requests] as const],
    );
    const exponent = points.length < 2 ? null : growthExponent(points);
    const said =
      exponent === null ? 'no growth exponent from fewer than two runs' : `growth exponent ${exponent.toFixed(3)}`;
    const goals = `goal: at most ${GOALS.exponent}; at 100,000 requests below ${GOALS.peakMbAt100_000} MB`;
    const base = `Without requests: ${(empty.first.cpuMs ?? 0).toFixed(0)} ms and ${empty.first.peakMb?.toFixed(0)} MB`;
    return {
      figures: { goals: GOALS, exponent, empty, rows },
      text: `${table(rows)}\n\nStandstill: the longest time in which the program served no timer. ${base} (left out of the columns per request); ${said}; ${goals}.`,
    };
  },
};

const STEPS = ['fetch', 'enrich', 'score', 'decide', 'confirm', 'act', 'report', 'alert'] as const;

function table(rows: readonly Row[]): string {
  const number = (value: number | null | undefined, digits = 0) => (value == null ? '' : value.toFixed(digits));
  const body = rows.map(({ requests, cpuUs, exponent, peakMb, ran, next, nextCpuUs }) => [
    `${requests}`,
    number(cpuUs),
    number(exponent, 3),
    number(peakMb),
    number(ran.standstillMs === null ? null : ran.standstillMs / 1000, 1),
    number(ran.wallMs / 1000, 1),
    ...STEPS.map((step) => number(ran.steps[step] === undefined ? null : ran.steps[step] / 1000, 1)),
    number(ran.reportMb, 1),
    number(nextCpuUs),
    number(next.peakMb),
    number(next.wallMs / 1000, 1),
    `exit ${next.end}`,
    [`exit ${ran.end}`, ...ran.problems.slice(0, 2)].join('; '),
  ]);
  const head = [
    'requests',
    'CPU µs each',
    'exponent',
    'peak MB',
    'standstill s',
    'wall s',
    ...STEPS,
    'reports MB',
    'next run: µs each',
    'peak MB',
    'wall s',
    'end',
    'end of the first',
  ];
  return markdownTable([head, ...body], { align: [...'r'.repeat(head.length - 1), 'l'] });
}
