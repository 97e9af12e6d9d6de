import type { Outcome } from '../domain/decision.ts';
import type { Problem } from '../domain/run_record.ts';
import { plural } from '../phrases/plural.ts';
import { UpstreamError } from '../util/errors.ts';
import { type Skipped, skipped } from './ports.ts';

/** The vault does not let us in: the token has ended, was revoked, or may not even read. */
export const isShutOut = (error: unknown): boolean =>
  error instanceof UpstreamError && error.upstream === 'vault' && error.code === 'unauthorized';

/**
 * Nothing was done, and nothing more is sent with this token.
 * INVARIANT: a call that was answered 401 is never one with an unknown outcome, unless an earlier one of ours got lost.
 */
export const tokenRefused = (says: string): Skipped => skipped('token-refused', `the vault refuses the token: ${says}`);

const ADVICE = {
  'no-token':
    'every action was left undone and stays eligible: look at the asset of VAULT_ACTION_ASSET_ID and at the credential requests that wait for somebody',
  'token-refused':
    'what was not done stays eligible: look at the token (VAULT_API_TOKEN or VAULT_API_TOKEN_FILE, and with VAULT_ACTION_ASSET_ID the one in that asset), its end, and whether it was revoked',
} as const;

/** One problem for a credential that all the actions, or several, met with; null when none did. */
export function credentialProblem(outcomes: readonly Outcome[]): Problem | null {
  for (const outcome of outcomes) {
    if (outcome.kind !== 'skipped') continue;
    const { reason, why } = outcome;
    if (reason === 'no-token' || reason === 'token-refused')
      return { where: 'act', message: why, advice: ADVICE[reason] };
  }
  const refused = outcomes.filter((outcome) => outcome.kind === 'failed' && outcome.unauthorized === true).length;
  if (refused === 0) return null;
  return {
    where: 'act',
    message: `the vault refuses the token for ${plural(refused, 'action')} (401 or 403): its user may not do that`,
    advice: 'look at what the user of the token may decide; what was not done stays eligible',
  };
}
