import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import type { Benchmark, How } from './benchmark.ts';
import type { Simulated } from './simulated.ts';
import { type CriticalPath, criticalPath, type Limits } from './stage/critical_path.ts';
import { type Needed, questionsOf } from './stage/needed.ts';
import { came, openProgram, type Ran, UNCAPPED } from './stage/program.ts';
import { openRemote } from './stage/remote.ts';
import type { Seen } from './stage/seen.ts';
import { policyFolder } from './window/policy.ts';

const GOAL = 1.3;
const [VAULT_MS, MODEL_MS, PAGE, BATCH, VAULT_AT_ONCE] = [20, 1500, 200, 25, 8];

type Case = { readonly requests: number; readonly modelAtOnce: number; readonly deep: boolean };
type Measured = Case & {
  /** Null for a run that failed: it was quick for a bad reason. */
  readonly ratio: number | null;
  readonly wallMs: number;
  readonly criticalMs: CriticalPath;
  readonly needed: Needed;
  readonly seen: Seen;
  readonly ran: Ran;
};

/** The settings' own limits; with more at the model, the program's own work shows more. */
function cases(extent: string, sizes: readonly number[] | null): Case[] {
  const usual = [
    [100, 4],
    [1000, 4],
    [1000, 16],
    [10_000, 16],
  ] as const;
  const chosen =
    sizes?.map((size) => [size, 16] as const) ??
    (extent === 'quick' ? usual.slice(0, 1) : extent === 'usual' ? usual : [...usual, [10_000, 4] as const]);
  return chosen.flatMap(([requests, modelAtOnce]) => [false, true].map((deep) => ({ requests, modelAtOnce, deep })));
}

async function measure(one: Case, { profiles, window: { shares } }: How, policy: string): Promise<Measured> {
  const { requests, modelAtOnce, deep } = one;
  await using around = openRemote<Simulated>(join(import.meta.dirname, 'simulated.ts'));
  const settings = await around.call('start', { requests, vaultMs: VAULT_MS, modelMs: MODEL_MS, shares });
  using program = openProgram({
    ...settings,
    ...UNCAPPED,
    DEEP_ANALYSIS: `${deep}`,
    VAULT_PAGE_SIZE: `${PAGE}`,
    VAULT_CONCURRENCY: `${VAULT_AT_ONCE}`,
    OPENAI_ANALYSIS_BATCH_SIZE: `${BATCH}`,
    OPENAI_CONCURRENCY: `${modelAtOnce}`,
  });
  const ran = await program.run({ profiles, settings: { POLICY_DIR: policy } });
  const needed = await around.call('needed', { pageSize: PAGE, batchSize: BATCH, deep });
  const seen = await around.call('seen');
  const limits: Limits = { vaultMs: VAULT_MS, modelMs: MODEL_MS, vaultAtOnce: VAULT_AT_ONCE, modelAtOnce };
  const criticalMs = criticalPath(needed, limits, deep);
  return {
    ...one,
    ratio: came(ran) ? ran.wallMs / criticalMs.total : null,
    wallMs: ran.wallMs,
    criticalMs,
    needed,
    seen,
    ran,
  };
}

export const wall: Benchmark = {
  about: 'wall time of a whole run beside the critical path of the calls that it needs',
  async run(how) {
    const { extent, sizes, say } = how;
    using policy = policyFolder();
    const rows: Measured[] = [];
    for (const one of cases(extent, sizes)) {
      say(
        `wall: ${one.requests} requests, ${one.modelAtOnce} questions at once, deep analysis ${one.deep ? 'on' : 'off'}`,
      );
      rows.push(await measure(one, how, policy.path));
    }
    const latency = `vault ${VAULT_MS} ms, model ${MODEL_MS} ms; at most ${VAULT_AT_ONCE} calls of the vault at once`;
    return {
      figures: { goal: GOAL, vaultMs: VAULT_MS, modelMs: MODEL_MS, rows },
      text: `${tables(rows)}\n\n${latency}; goal: a ratio of at most ${GOAL}.`,
    };
  },
};

const seconds = (ms: number | undefined): string => (ms === undefined ? '' : (ms / 1000).toFixed(2));

function tables(rows: readonly Measured[]): string {
  const caseOf = ({ requests, deep, modelAtOnce }: Case) => [`${requests}`, deep ? 'on' : 'off', `${modelAtOnce}`];
  const overview = rows.map((row) => [
    ...caseOf(row),
    seconds(row.wallMs),
    seconds(row.criticalMs.total),
    row.ratio?.toFixed(2) ?? '',
    seconds(row.ran.cpuMs ?? undefined),
    `${row.seen.wire.questions} (${questionsOf(row.needed)})`,
    `${row.seen.calls.vault}`,
    `${row.needed.actions}`,
    [`exit ${row.ran.end}`, ...row.ran.problems.slice(0, 1)].join(': '),
  ]);
  const head = [
    'requests',
    'deep',
    'at once',
    'wall s',
    'critical s',
    'ratio',
    'own CPU s',
    'questions (needed)',
    'vault calls',
    'actions',
    'end',
  ];
  const bySteps = rows.map((row) => {
    const { steps } = row.ran;
    const inside = Object.values(steps).reduce((sum, ms) => sum + ms, 0);
    const { fetch, score, confirm, act, alert } = row.criticalMs;
    const cell = (measured: number | undefined, least?: number) =>
      least === undefined ? seconds(measured) : `${seconds(measured)} (${seconds(least)})`;
    return [
      ...caseOf(row),
      cell(row.wallMs - inside),
      cell(steps.fetch, fetch),
      cell(steps.enrich),
      cell(steps.score, score),
      cell(steps.decide),
      cell(steps.confirm, confirm),
      cell(steps.act, act),
      cell(steps.report),
      cell(steps.alert, alert),
    ];
  });
  const stepHead = [
    'requests',
    'deep',
    'at once',
    'outside',
    'fetch',
    'enrich',
    'score',
    'decide',
    'confirm',
    'act',
    'report',
    'alert',
  ];
  return [
    markdownTable([head, ...overview], { align: [...'rlrrrrrrrrl'] }),
    'Seconds by step, and the critical path of each in brackets:',
    markdownTable([stepHead, ...bySteps], { align: [...'rlrrrrrrrrrr'] }),
  ].join('\n\n');
}
