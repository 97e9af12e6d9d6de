import type { Config } from '../config/config.ts';
import type { RunRecord } from '../domain/run_record.ts';
import type { Disk } from '../store/disk.ts';
import { findHalt } from '../store/halt.ts';
import type { RunArchive } from '../store/run_archive.ts';
import type { Clock } from '../util/clock.ts';
import type { CapKeys } from './make_plan.ts';
import type { Plan } from './plan.ts';
import { refuseHalted, refuseUnfit, refuseUnrecorded } from './refusals.ts';

type Known = {
  readonly config: Pick<Config, 'places' | 'actions' | 'vault' | 'halt'>;
  readonly archive: Pick<RunArchive, 'load'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly disk: Disk;
  readonly policy: { readonly digest: string };
  readonly prompts: { readonly digest: string };
  readonly capKeys: CapKeys;
};

/**
 * The run that prepared the plan, when the plan can be carried out as far as is known before anything is done.
 * @throws {PlanError}
 */
export async function recordBehind(plan: Plan, known: Known): Promise<RunRecord> {
  const { config, archive, clock, disk, policy, prompts, capKeys } = known;
  const { places, actions, vault } = config;
  refuseHalted(await findHalt({ setting: config.halt, stateDir: places.state }, disk));
  const digests = { policyDigest: policy.digest, promptDigest: prompts.digest };
  refuseUnfit(plan, { vaultUrl: vault.url, ...digests, now: clock.now(), expiryMs: actions.planExpiryMs });
  const record = await archive.load(plan.run_id);
  refuseUnrecorded(plan, record, capKeys);
  return record;
}
