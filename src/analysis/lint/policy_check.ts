import type { ActionPolicy } from '../../decide/decide.ts';
import type { Policy } from '../../policy/load.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import { DAY_MS } from '../../util/durations.ts';
import { archiveUse } from './archive_use.ts';
import { type CheckFinding, lint } from './lints.ts';
import { reachOf } from './reach.ts';

export type PolicyCheck = {
  readonly policy: { readonly dir: string; readonly digest: string; readonly policies: number; readonly rows: number };
  readonly archive: { readonly runs: number; readonly active: number; readonly granted: number };
  readonly madeUp: number;
  readonly findings: readonly CheckFinding[];
};

/** How far back the archive is looked at. */
const DAYS = 60;

/** Looks at a folder that loads for what is wrong, what looks wrong and what is worth knowing. */
export async function policyCheck(options: {
  readonly policy: Policy;
  readonly archive: Pick<RunArchive, 'ids' | 'load'>;
  readonly settings: ActionPolicy;
  readonly textFlags: readonly string[];
  readonly now: number;
}): Promise<PolicyCheck> {
  const { policy, archive, settings, textFlags, now } = options;
  const use = await archiveUse(archive, { from: now - DAYS * DAY_MS, to: now }, policy, settings);
  const reach = reachOf(policy, textFlags);
  const { dir, digest, policies, access } = policy;
  return {
    policy: { dir, digest, policies: policies.length, rows: access.mapping.length },
    archive: { runs: use.runs, active: use.active, granted: use.granted },
    madeUp: reach.tried,
    findings: lint({ policy, reach, use: use.runs === 0 ? null : use, days: DAYS, now }),
  };
}
