import type { Problem, RunRecord, TokenEnd } from '../domain/run_record.ts';
import { DAY_MS, HOUR_MS } from '../util/durations.ts';
import { plural } from './plural.ts';
import { utcMinute } from './time_words.ts';

/** The end of the vault token in words, for all who tell about a run. Of our own words and numbers, but for `tokenEnding`. */

type Told = Pick<RunRecord, 'token' | 'startedAt'>;

/** `the vault token ends in 9 days`; null as long as that is far off. */
export function tokenWords({ token, startedAt }: Told): string | null {
  if (token === undefined || token === null || token.near === 'far') return null;
  return token.near === 'over'
    ? 'the vault token has ended'
    : `the vault token ends ${inTime(token.expires - startedAt)}`;
}

/** The whole sentence: whose it is, when it ends, and how long that is. The name is one that the token gives. */
export function tokenEnding({ user, expires, near }: TokenEnd, now: number): string {
  const whose = user === null ? '' : ` of \`${user}\``;
  if (near === 'over') return `the vault token${whose} ended ${utcMinute(expires)}`;
  return `the vault token${whose} ends ${utcMinute(expires)}, ${inTime(expires - now)}`;
}

export const TOKEN_ADVICE =
  'put a new one into VAULT_API_TOKEN, or into the file that VAULT_API_TOKEN_FILE names: without it nothing is read and nothing is done, and a mail whose secret lies in the vault is not sent';

/** What a run has to say of a token that is as good as over; null when it is not. */
export function tokenProblem({ token, startedAt }: Told): Problem | null {
  if (token?.near !== 'close' && token?.near !== 'over') return null;
  return { where: 'token', message: tokenEnding(token, startedAt), advice: TOKEN_ADVICE };
}

/** Rounded down: nobody is told of more time than there is. */
function inTime(ms: number): string {
  if (ms < HOUR_MS) return 'in less than an hour';
  if (ms < 2 * DAY_MS) return `in ${plural(Math.floor(ms / HOUR_MS), 'hour')}`;
  return `in ${plural(Math.floor(ms / DAY_MS), 'day')}`;
}
