import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import type { Benchmark, Extent } from './benchmark.ts';
import type { Lean } from './lean.ts';
import { growthExponent } from './stage/fit.ts';
import { came, openProgram, type Ran } from './stage/program.ts';
import { openRemote } from './stage/remote.ts';

const GOALS = { exponent: 1.05, peakMbAt100_000: 400 };

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
};

async function measure(requests: number, profiles: string | null): Promise<Ran> {
  await using around = openRemote<Lean>(join(import.meta.dirname, 'lean.ts'));
  const settings = await around.call('start', { requests });
  // With as many as it takes that the neighbours are never what is waited for.
  using program = openProgram({
    ...settings,
    VAULT_CONCURRENCY: '16',
    OPENAI_CONCURRENCY: '16',
  });
  return await program.run({ profiles });
}

function rowsOf(empty: Ran, sizes: readonly number[], runs: readonly Ran[]): Row[] {
  const costs = sizes.map((requests, i): readonly [number, number] | null => {
    const ran = runs[i];
    return ran !== undefined && came(ran) ? [requests, (ran.cpuMs ?? 0) - (empty.cpuMs ?? 0)] : null;
  });
  return runs.map((ran, i) => {
    const [point, before] = [costs[i] ?? null, costs[i - 1] ?? null];
    return {
      requests: sizes[i] ?? 0,
      cpuUs: point === null ? null : (point[1] * 1000) / point[0],
      exponent: point === null || before === null ? null : growthExponent([before, point]),
      peakMb: ran.peakMb,
      ran,
    };
  });
}

export const growth: Benchmark = {
  about: 'own processor time and peak memory per request, with neighbours that answer at once',
  async run({ extent, sizes, profiles, say }) {
    const chosen = sizes ?? SIZES[extent];
    say('growth: a window without requests');
    const empty = await measure(0, null);
    const runs: Ran[] = [];
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
    const base = `Without requests: ${(empty.cpuMs ?? 0).toFixed(0)} ms and ${empty.peakMb?.toFixed(0)} MB`;
    return {
      figures: { goals: GOALS, exponent, empty, rows },
      text: `${table(rows)}\n\nStandstill: the longest time in which the program served no timer. ${base} (left out of the columns per request); ${said}; ${goals}.`,
    };
  },
};

const STEPS = ['fetch', 'enrich', 'score', 'decide', 'confirm', 'act', 'report', 'alert'] as const;

function table(rows: readonly Row[]): string {
  const number = (value: number | null | undefined, digits = 0) => (value == null ? '' : value.toFixed(digits));
  const body = rows.map(({ requests, cpuUs, exponent, peakMb, ran }) => [
    `${requests}`,
    number(cpuUs),
    number(exponent, 3),
    number(peakMb),
    number(ran.standstillMs === null ? null : ran.standstillMs / 1000, 1),
    number(ran.wallMs / 1000, 1),
    ...STEPS.map((step) => number(ran.steps[step] === undefined ? null : ran.steps[step] / 1000, 1)),
    number(ran.reportMb, 1),
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
    'end',
  ];
  return markdownTable([head, ...body], { align: [...'r'.repeat(head.length - 1), 'l'] });
}
