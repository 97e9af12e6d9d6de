import type { Config } from '../config/config.ts';
import { secretIn } from '../config/secret_files.ts';
import { SETTINGS } from '../config/settings.ts';
import type { TokenEnd } from '../domain/run_record.ts';
import type { Clock } from '../util/clock.ts';
import { ConfigError } from '../util/errors.ts';
import { tokenEnd } from '../vault/token.ts';
import { agentUsersOf } from './facts.ts';
import type { Opened } from './parts.ts';

/** The end of the token of this moment; null when it does not say, or is not there. */
export function tokenEndNow({ vault }: Config, now: number): TokenEnd | null {
  const { token, tokenFile, tokenWarnMs } = vault;
  const read = tokenFile === undefined ? { value: token } : secretIn(tokenFile, SETTINGS.VAULT_API_TOKEN);
  return 'value' in read ? tokenEnd(read.value, now, tokenWarnMs) : null;
}

/** Something may be in the middle of writing the file. */
const TRIES = 3;
const PAUSE_MS = 500;

type OfToken = Pick<Opened, 'config' | 'agentUsers'>;

/**
 * The token as it is now: with VAULT_API_TOKEN_FILE the file is read anew for each run, so that something else can rotate
 * it. A file that cannot be used is the fault of that run alone, which then asks the vault nothing, and tells.
 *
 * INVARIANT: every account that a token of this process named stays one of the agent's own. Requests of the earlier one
 * may still be in the window.
 * @throws {ConfigError} when the first token names no user, and no setting does
 */
export function openToken(config: Config, clock: Clock): () => Promise<OfToken> {
  const known = new Set(agentUsersOf(config));

  async function current(path: string): Promise<OfToken> {
    for (let tries = 1; ; tries++) {
      const read = secretIn(path, SETTINGS.VAULT_API_TOKEN);
      if ('problem' in read) {
        if (tries >= TRIES) return without(`the token could not be read from VAULT_API_TOKEN_FILE: ${read.problem}`);
        await clock.sleep(PAUSE_MS);
        continue;
      }
      const now: Config = { ...config, vault: { ...config.vault, token: read.value } };
      try {
        const users = agentUsersOf(now);
        for (const user of users) known.add(user);
        return { config: now, agentUsers: [...users, ...[...known].filter((user) => !users.includes(user))] };
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return without('the token in VAULT_API_TOKEN_FILE names no user (claim `ousr`), and AGENT_USERNAME is not set');
      }
    }
  }

  /** The accounts stay those that are known. */
  const without = (tokenFault: string): OfToken => ({
    config: { ...config, vault: { ...config.vault, token: '', tokenFault } },
    agentUsers: [...known],
  });

  return async () => {
    const { tokenFile } = config.vault;
    return tokenFile === undefined ? { config, agentUsers: [...known] } : current(tokenFile);
  };
}
