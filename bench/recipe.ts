/** The program beside the vendor's guide done plainly (`recipe/`), on the same window of the same simulator, each on a fresh one. */
import { join } from 'node:path';
import { SETTINGS } from '../src/config/settings.ts';
import type { Benchmark, Extent, How, WindowOptions } from './benchmark.ts';
import { type Comparison, sideBySide } from './recipe/side_by_side.ts';
import type { Simulated } from './simulated.ts';
import { criticalPath } from './stage/critical_path.ts';
import { openProgram, type Ran, type Settings, UNCAPPED } from './stage/program.ts';
import { openRemote, type Remote } from './stage/remote.ts';
import { policyFolder } from './window/policy.ts';

const AGENT = join(import.meta.dirname, 'recipe/agent.ts');
/** The program's own settings, which are not touched here. */
const [PAGE, BATCH, VAULT_AT_ONCE] = [
  Number(SETTINGS.VAULT_PAGE_SIZE.fallback),
  Number(SETTINGS.OPENAI_ANALYSIS_BATCH_SIZE.fallback),
  Number(SETTINGS.VAULT_CONCURRENCY.fallback),
];

export type Case = {
  readonly requests: number;
  readonly vaultMs: number;
  readonly modelMs: number;
  readonly deep: boolean;
};

function cases({ extent, sizes, window }: How): Case[] {
  const { vaultMs, modelMs, deep } = window;
  const late = (requests: number): Case => ({ requests, vaultMs, modelMs, deep });
  const atOnce = (requests: number, deep: boolean): Case => ({ requests, vaultMs: 0, modelMs: 0, deep });
  if (sizes !== null) return sizes.map(late);
  const usual = [late(100), late(1000), atOnce(10_000, true), atOnce(10_000, false)];
  const byExtent: Record<Extent, Case[]> = { quick: [late(100)], usual, full: [...usual, late(10_000)] };
  return byExtent[extent];
}

type Around = { readonly around: Remote<Simulated>; readonly settings: Settings };

async function withFreshSimulator<T>(one: Case, window: WindowOptions, measured: (with_: Around) => Promise<T>) {
  await using around = openRemote<Simulated>(join(import.meta.dirname, 'simulated.ts'));
  const { requests, vaultMs, modelMs, deep } = one;
  const settings = await around.call('start', { requests, vaultMs, modelMs, shares: window.shares });
  return await measured({ around, settings: { ...settings, DEEP_ANALYSIS: `${deep}` } });
}

async function measure(one: Case, { window, profiles, say }: How, policy: string): Promise<Comparison> {
  const of = `recipe: ${one.requests} requests, vault ${one.vaultMs} ms, model ${one.modelMs} ms, deep analysis ${one.deep ? 'on' : 'off'}`;
  const played = (lookUps: WindowOptions['lookUps']) =>
    withFreshSimulator(one, window, async ({ around, settings }) => {
      say(`${of}: the recipe, an asset looked up once for each ${lookUps}`);
      const trusting = { NODE_EXTRA_CA_CERTS: settings.VAULT_CA_FILE ?? '', RECIPE_LOOK_UPS: lookUps };
      using program = openProgram({ ...settings, ...trusting }, [AGENT]);
      return { ran: ended(await program.run()), seen: await around.call('seen') };
    });
  const recipe = await played(window.lookUps);
  const forgetful = one.deep && one.requests === 1000 && one.vaultMs > 0 ? await played('request') : null;
  const ours = await withFreshSimulator(one, window, async ({ around, settings }) => {
    const concurrency = window.atOnce === null ? {} : { OPENAI_CONCURRENCY: `${window.atOnce}` };
    using program = openProgram({ ...settings, ...UNCAPPED, ...concurrency });
    const changes = { POLICY_DIR: policy };
    say(`${of}: the program`);
    const ran = ended(await program.run({ profiles, settings: changes }));
    const needed = await around.call('needed', { pageSize: PAGE, batchSize: BATCH, deep: one.deep });
    const seen = await around.call('seen');
    say(`${of}: its next run`);
    return {
      ran,
      seen,
      needed,
      next: { ran: ended(await program.run({ settings: changes })), seen: await around.call('seen') },
    };
  });
  const modelAtOnce = window.atOnce ?? Number(SETTINGS.OPENAI_CONCURRENCY.fallback);
  const { vaultMs, modelMs, deep } = one;
  const critical = criticalPath(ours.needed, { vaultMs, modelMs, vaultAtOnce: VAULT_AT_ONCE, modelAtOnce }, deep);
  return { case: one, modelAtOnce, critical, recipe, forgetful, ours };
}

/** What broke off was cheap for a bad reason. */
function ended(ran: Ran): Ran {
  if (ran.end === '0' || ran.end === '4') return ran;
  throw new Error(`a run ended with ${ran.end}: ${ran.problems.join('; ')}`);
}

export const recipe: Benchmark = {
  about: "the program beside the vendor's guide done plainly: time, questions, tokens, calls",
  async run(how) {
    using policy = policyFolder();
    const compared: Comparison[] = [];
    for (const one of cases(how)) compared.push(await measure(one, how, policy.path));
    return {
      figures: { window: how.window, compared },
      text: compared.map(sideBySide).join('\n\n'),
    };
  },
};
