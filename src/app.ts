import { type Coverage, coverageOf, lastCoverage, tellCoverage } from './analysis/lint/coverage.ts';
import type { Config } from './config/config.ts';
import { CONTRACT_FILE, checkContract } from './contract/check_contract.ts';
import { capKeys } from './decide/decide_all.ts';
import type { RunRecord } from './domain/run_record.ts';
import type { Network } from './http/network.ts';
import { planOf } from './plan/make_plan.ts';
import type { Plan } from './plan/plan.ts';
import { recordBehind } from './plan/record_behind.ts';
import type { Policy } from './policy/load.ts';
import { type ApplyOptions, type PlanOptions, type RunOptions, type RunResult, runCycle } from './run/cycle.ts';
import type { Opened } from './run/parts.ts';
import { openSources, type Sources } from './run/sources.ts';
import { openToken } from './run/token_now.ts';
import { modelPrice } from './score/budget/open_budget.ts';
import { type Random, systemRandom } from './score/random.ts';
import { type Disk, realDisk } from './store/disk.ts';
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

export type App = {
  /** How the mapping met the last window that is archived; null when that cannot be told. */
  coverage(): Promise<Coverage | null>;
  runOnce(options: RunOptions): Promise<RunResult>;
  /** Everything but the actions and the mail. `plan` is null when the run broke off, or its ledger cannot be trusted. */
  planOnce(options: PlanOptions): Promise<RunResult & { readonly plan: Plan | null }>;
  /** The run that prepared the plan, when it can be carried out as far as is known before. @throws {PlanError} */
  preparedBy(plan: Plan): Promise<RunRecord>;
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
  const { places, actions } = config;
  const sources = await openSources(places, options.policy);
  const token = openToken(config, clock);
  const opened = {
    ...{ clock, log, progress, disk, network, random },
    price: await modelPrice(config),
    archive: openRunArchive(places.state, config.historyKeep, disk),
  };
  const { archive } = opened;
  const preparedBy = (plan: Plan) => recordBehind(plan, { config, archive, clock, disk, capKeys, ...sources.last() });
  /** With the sources that the run uses, and the token of this moment. */
  const now = async (used: Sources): Promise<Opened> => ({ ...opened, ...used, ...(await token()) });

  return {
    coverage: () => lastCoverage(archive, sources.last().policy).catch(() => null),
    async runOnce({ dryRun, ask, person, readAnew = false, ...cycle }) {
      const used = readAnew ? await sources.again(clock) : sources.last();
      const result = await runCycle(await now(used), options, { kind: 'run', dryRun, ask, person }, cycle);
      tellCoverage(coverageOf(result.record, used.policy.access), log);
      return result;
    },
    async planOnce({ revert, ...cycle }) {
      const result = await runCycle(await now(sources.last()), options, { kind: 'plan', revert }, cycle);
      const kept = (await archive.ids()).includes(result.record.runId);
      const plan = planOf(result.record, { kept, created: clock.now(), expiryMs: actions.planExpiryMs, capKeys });
      return { ...result, plan };
    },
    preparedBy,
    async applyOnce({ plan, approvedBy, ...cycle }) {
      const record = await preparedBy(plan);
      return runCycle(await now(sources.last()), options, { kind: 'apply', plan, record, approvedBy }, cycle);
    },
  };
}
