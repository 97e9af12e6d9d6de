import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import type { Benchmark, Extent } from './benchmark.ts';
import type { Change, Simulated } from './simulated.ts';
import { questionsOf } from './stage/needed.ts';
import { openProgram, type Ran, UNCAPPED } from './stage/program.ts';
import { openRemote, type Remote } from './stage/remote.ts';
import type { Seen } from './stage/seen.ts';

const SIZES: Readonly<Record<Extent, readonly number[]>> = { quick: [100], usual: [1000], full: [1000, 10_000] };
const [VAULT_MS, MODEL_MS, BATCH] = [20, 1500, 25];
/** One in forty is changed and as many are new: five in a hundred. */
const EVERY = 40;
const FOUR_HOURS_MS = 4 * 3_600_000;

type Row = {
  readonly what: string;
  /** How many requests are new or changed since the run before, its own actions not counted. */
  readonly changed: number;
  /** Questions that this takes, and no more. */
  readonly needed: number;
  /** Against the first run: tokens, both ways, and the time. */
  readonly tokenShare: number;
  readonly wallShare: number;
  readonly seen: Seen;
  readonly ran: Ran;
};

const tokensOf = ({ tokens }: Ran): number => tokens.prompt + tokens.completion;

async function inARow(requests: number, say: (line: string) => void): Promise<Row[]> {
  await using around = openRemote<Simulated>(join(import.meta.dirname, 'simulated.ts'));
  const settings = await around.call('start', { requests, vaultMs: VAULT_MS, modelMs: MODEL_MS });
  using program = openProgram({ ...settings, ...UNCAPPED, OPENAI_CONCURRENCY: '16' });
  const rows: Row[] = [];
  for (const [what, between] of Object.entries(RUNS)) {
    say(`again: ${requests} requests, ${what}`);
    const { shiftMs, change } = await between(around);
    const ran = await program.run({ shiftMs });
    const whole = await around.call('needed', { pageSize: 200, batchSize: BATCH, deep: true });
    const seen = await around.call('seen');
    // What a run did itself changes nothing for the next one; what it does now has to be confirmed now.
    const changed = rows.length === 0 ? whole.requests : change.active + change.others;
    const confirming = whole.factsOnly + whole.single;
    const needed =
      rows.length === 0 ? questionsOf(whole) : change.persons + Math.ceil(change.others / BATCH) + confirming;
    const first = rows[0]?.ran ?? ran;
    rows.push({
      ...{ what, changed, needed, seen, ran },
      tokenShare: tokensOf(ran) / tokensOf(first),
      wallShare: ran.wallMs / first.wallMs,
    });
  }
  return rows;
}

type Between = { readonly shiftMs: number; readonly change: Change };
const NOTHING = { active: 0, others: 0, persons: 0 };

/** What happens before each run. */
const RUNS: Readonly<Record<string, (around: Remote<Simulated>) => Promise<Between>>> = {
  'first run': async () => ({ shiftMs: 0, change: NOTHING }),
  'after its own actions': async () => ({ shiftMs: 0, change: NOTHING }),
  unchanged: async () => ({ shiftMs: 0, change: NOTHING }),
  'unchanged, four hours later': async (around) => {
    await around.call('later', { ms: FOUR_HOURS_MS });
    return { shiftMs: FOUR_HOURS_MS, change: NOTHING };
  },
  '5 % new or changed': async (around) => ({
    shiftMs: FOUR_HOURS_MS,
    change: await around.call('change', { every: EVERY }),
  }),
};

export const again: Benchmark = {
  about: 'what the next run costs on a window that is the same, or nearly',
  async run({ extent, sizes, say }) {
    const results: { readonly requests: number; readonly rows: readonly Row[] }[] = [];
    for (const requests of sizes ?? SIZES[extent]) results.push({ requests, rows: await inARow(requests, say) });
    const text = results.map(({ requests, rows }) => `${requests} requests:\n\n${table(rows)}`);
    const goals =
      'Goals: no question on a window that is unchanged but for what the run before did, and after a change only what the ' +
      'changed requests take: one for each person with new or changed open requests, one for every 25 others, and those ' +
      'that confirm what is then done (needed).';
    return { figures: { vaultMs: VAULT_MS, modelMs: MODEL_MS, results }, text: [...text, goals].join('\n\n') };
  },
};

function table(rows: readonly Row[]): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const body = rows.map(({ what, changed, needed, ran, seen, tokenShare, wallShare }) => [
    what,
    `${changed}`,
    (ran.wallMs / 1000).toFixed(2),
    percent(wallShare),
    `${seen.calls.vault}`,
    `${seen.wire.questions} (${needed})`,
    `${ran.tokens.prompt}`,
    `${ran.tokens.completion}`,
    percent(tokenShare),
    `${seen.actions}`,
    [`exit ${ran.end}`, ...ran.problems.slice(0, 1)].join(': '),
  ]);
  const head = [
    'run',
    'changed',
    'wall s',
    'of the first',
    'vault calls',
    'questions (needed)',
    'prompt tokens',
    'completion tokens',
    'of the first',
    'actions',
    'end',
  ];
  return markdownTable([head, ...body], { align: [...'lrrrrrrrrrl'] });
}
