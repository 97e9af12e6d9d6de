import { CAP_SETTINGS, capsOf } from '../../config/config.ts';
import { loadSettings } from '../../config/load.ts';
import type { Caps } from '../../decide/caps.ts';
import type { ActionPolicy } from '../../decide/decide.ts';
import { openRunArchive, type RunArchive } from '../../store/run_archive.ts';
import type { CommandContext } from './command_context.ts';

/** What commands start from that only read files: the settings they need, so that no vault has to be configured. */
export type Offline = {
  readonly stateDir: string;
  readonly policyDir: string;
  readonly archive: RunArchive;
  /** Limits as they are set; all switches on, because the question is what a policy would do if it were let. */
  readonly settings: ActionPolicy;
  readonly caps: Caps;
  readonly promoteAt: number;
};

/** @throws {ConfigError} */
export function offline({ env }: Pick<CommandContext, 'env'>): Offline {
  const v = loadSettings(env, [
    'STATE_DIR',
    'POLICY_DIR',
    'RUN_HISTORY_KEEP',
    'AUTO_CLOSE_EXPIRED',
    'RISK_THRESHOLD_APPROVE',
    'RISK_THRESHOLD_REJECT',
    'CONFIDENCE_THRESHOLD',
    'STALE_REQUEST_DAYS',
    'PROMOTE_AT',
    ...CAP_SETTINGS,
  ]);
  return {
    stateDir: v.STATE_DIR,
    policyDir: v.POLICY_DIR,
    archive: openRunArchive(v.STATE_DIR, v.RUN_HISTORY_KEEP),
    settings: {
      autoApprove: true,
      autoReject: true,
      autoCloseStale: true,
      autoCloseExpired: v.AUTO_CLOSE_EXPIRED,
      approveUpTo: v.RISK_THRESHOLD_APPROVE,
      rejectFrom: v.RISK_THRESHOLD_REJECT,
      confidenceNeeded: v.CONFIDENCE_THRESHOLD,
      staleDays: v.STALE_REQUEST_DAYS,
    },
    caps: capsOf(v),
    promoteAt: v.PROMOTE_AT,
  };
}
