import type { Ask } from './act/act.ts';
import type { Config } from './config/config.ts';
import { CONTRACT_FILE, checkContract } from './contract/check_contract.ts';
import { capKeys } from './decide/decide_all.ts';
import { TEXT_FLAG_NAMES } from './enrich/screening/text_flags.ts';
import type { Network } from './http/network.ts';
import { loadTemplate } from './mail/template.ts';
import { planOf } from './plan/make_plan.ts';
import type { Plan } from './plan/plan.ts';
import { refuseHalted, refuseUnfit, refuseUnrecorded } from './plan/refusals.ts';
import { loadPolicy, type Policy } from './policy/load.ts';
import { type CycleOptions, type RunResult, runCycle } from './run/cycle.ts';
import { agentUsersOf } from './run/facts.ts';
import type { Opened } from './run/parts.ts';
import { modelPrice } from './score/budget/open_budget.ts';
import { loadPrompts } from './score/prompts.ts';
import { type Random, systemRandom } from './score/random.ts';
import { type Disk, realDisk } from './store/disk.ts';
import { findHalt } from './store/halt.ts';
import { openRunArchive } from './store/run_archive.ts';
import type { Clock } from './util/clock.ts';
import type { Log } from './util/log.ts';
import type { Meter } from './util/process_meter.ts';
import type { Progress } from './util/progress.ts';

export type AppOptions = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  /** Measures what a cycle takes for itself. */
  readonly meter?: Meter;
  readonly version: string;
  /** Where state and reports are kept. */
  readonly disk?: Disk;
  /** What carries the requests of the upstreams in place of connections. */
  readonly network?: Network;
  /** The policy folder, when it was read before; else it is read from POLICY_DIR. */
  readonly policy?: Policy;
  /** Where the model's questions get their order from. */
  readonly random?: Random;
  /** Stand among the warnings of every report. */
  readonly notices?: readonly string[];
};

export type RunOptions = CycleOptions & {
  readonly dryRun: boolean;
  /** A person at a terminal who can be asked; null without one. */
  readonly ask: Ask | null;
};
export type ApplyOptions = CycleOptions & { readonly plan: Plan; readonly approvedBy: string };

export type App = {
  runOnce(options: RunOptions): Promise<RunResult>;
  /** Everything but the actions and the mail. `plan` is null when the run broke off, or its ledger cannot be trusted. */
  planOnce(options: CycleOptions): Promise<RunResult & { readonly plan: Plan | null }>;
  /** Carries out a plan that a person approved. @throws {PlanError} before anything is done */
  applyOnce(options: ApplyOptions): Promise<RunResult>;
};

/**
 * Puts the parts together that serve every run; `run/parts.ts` does so for one run. Everything that can be wrong with the
 * configuration is found here, before the first run.
 * @throws {ConfigError}
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, clock, log, progress, disk = realDisk, network, random = systemRandom } = options;
  await checkContract(CONTRACT_FILE, config.money);
  const { places, actions, vault } = config;
  const opened: Opened = {
    ...{ config, clock, log, progress, disk, network, random },
    agentUsers: agentUsersOf(config),
    prompts: await loadPrompts(places.prompts),
    price: await modelPrice(config),
    template: await loadTemplate(places.prompts),
    policy: options.policy ?? (await loadPolicy(places.policy, { textFlags: TEXT_FLAG_NAMES })),
    archive: openRunArchive(places.state, config.historyKeep, disk),
  };
  const { archive, policy, prompts } = opened;

  return {
    runOnce: ({ dryRun, ask, ...cycle }) => runCycle(opened, options, { kind: 'run', dryRun, ask }, cycle),
    async planOnce(cycle) {
      const result = await runCycle(opened, options, { kind: 'plan' }, cycle);
      const kept = (await archive.ids()).includes(result.record.runId);
      const plan = planOf(result.record, { kept, created: clock.now(), expiryMs: actions.planExpiryMs, capKeys });
      return { ...result, plan };
    },
    async applyOnce({ plan, approvedBy, ...cycle }) {
      refuseHalted(await findHalt({ setting: config.halt, stateDir: places.state }, disk));
      const digests = { policyDigest: policy.digest, promptDigest: prompts.digest };
      refuseUnfit(plan, { vaultUrl: vault.url, ...digests, now: clock.now(), expiryMs: actions.planExpiryMs });
      const record = await archive.load(plan.run_id);
      refuseUnrecorded(plan, record, capKeys);
      return runCycle(opened, options, { kind: 'apply', plan, record, approvedBy }, cycle);
    },
  };
}
