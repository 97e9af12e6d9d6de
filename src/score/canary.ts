import type { Scored } from '../domain/assessment.ts';
import type { Risk } from '../domain/risk.ts';

/**
 * Two made-up requests that go along in every facts-only question, among the real ones and not to be told from them. Their
 * rating is known beforehand: a model that calls everything low, or mixes up the rows, gets one of them wrong, and then
 * nothing that it said in that answer is believed. Both are as plain as they can be, so that no honest model misses them.
 */
type Canary = { readonly facts: Record<string, unknown>; readonly among: readonly Risk[] };

const COMMON = {
  status: 'Active',
  entity_type: 'Asset',
  form_type: 'Interactive',
  days_since_created: '0 to 6',
  break_glass: false,
  asset_known: true,
  approvals_missing: [],
  only_own_approval: false,
};

export const CANARIES: readonly Canary[] = [
  {
    among: ['high', 'critical'],
    facts: {
      ...COMMON,
      operation: 'AssetEdit',
      level: 1,
      levels: 2,
      requested_hours: 720,
      off_hours: true,
      requestor_requests_in_window: '1 to 9',
      asset_type: 'Windows Server',
      container_path: '/Tier 0/Domain Controllers',
      tags: ['Classification :: Tier 0'],
      entitlement: 'directory:admin',
      classes: ['domain-controllers'],
      privileged: true,
      in_role: false,
      sod_conflicts: ['audit:admin + directory:admin'],
      approvals_recorded: 0,
      approvals_missing: ['manager', 'owner'],
      first_for_asset: true,
      requests_in_hour: 9,
    },
  },
  {
    // One level too strict harms nobody, and the other record tells a model that knows one rating only. Voiding the answer
    // for it cost every fifth approval with a model that errs by one level now and then.
    among: ['low', 'medium'],
    facts: {
      ...COMMON,
      operation: 'AssetView',
      requested_hours: 1,
      requestor_requests_in_window: '1 to 9',
      asset_type: 'Linux Server',
      container_path: '/Test',
      tags: ['Environment :: Test'],
      entitlement: 'test:read',
      classes: ['test'],
      privileged: false,
      in_role: true,
      sod_conflicts: [],
      approvals_recorded: 1,
      first_for_asset: false,
      requests_in_hour: 1,
    },
  },
];

/** Whether the model rated the canary as it has to be. A word that is none of ours is wrong as well. */
export const ratedRight = ({ among }: Canary, rated: Scored | undefined): boolean =>
  rated !== undefined && !rated.normalised && among.includes(rated.risk);
