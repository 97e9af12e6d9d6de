import type { Config } from '../config/config.ts';
import type { Authority } from '../domain/write_answer.ts';
import type { Network } from '../http/network.ts';
import { utcMinute } from '../phrases/time_words.ts';
import type { Clock } from '../util/clock.ts';
import { describeError } from '../util/errors.ts';
import { createWriter, type VaultWriter } from './actions.ts';
import { openSession, type Session } from './session.ts';
import { claimsOf } from './token.ts';
import type { Vault } from './vault.ts';

/** What writes to the vault: nothing of it exists before the first action has passed every check. */
export type ActingToken = {
  /** Gets ready to write; only the first call does something, and the others wait for it. */
  ready(): Promise<Authority>;
  /** The vault user that writes; null before `ready`. */
  user(): string | null;
  readonly send: VaultWriter['send'];
  /** After the last write. Gives one sentence per failure; what could not be given back is tried again at the end. */
  giveBack(): Promise<readonly string[]>;
};

type ActingTokenParts = {
  readonly config: Config;
  readonly clock: Clock;
  readonly vault: Pick<Vault, 'ownWriter' | 'secret' | 'giveBack'>;
  readonly ownUser: string | null;
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly network?: Network | undefined;
};

/** INVARIANT: with VAULT_ACTION_ASSET_ID set, the token that lists and asks for credentials never writes a decision. */
export const openActingToken = (parts: ActingTokenParts): ActingToken => {
  const { actionAssetId } = parts.config.actions;
  return actionAssetId === undefined ? ownToken(parts) : borrowedToken(actionAssetId, parts);
};

function ownToken({ vault, ownUser }: ActingTokenParts): ActingToken {
  let writer: VaultWriter | null = null;
  return {
    ready: async () => {
      writer ??= vault.ownWriter();
      return { kind: 'ready', fresh: false };
    },
    user: () => (writer === null ? null : ownUser),
    send: (...call) => written(writer, call),
    giveBack: async () => [],
  };
}

type Held = {
  readonly session: Session;
  readonly writer: VaultWriter;
  readonly user: string;
  readonly expires: number | null;
  /** The vault took a call of it. */
  wrote: boolean;
};

/** The token of the acting user: borrowed from the vault for the writes alone. */
function borrowedToken(
  assetId: string,
  { config, clock, vault, runId, signal, network }: ActingTokenParts,
): ActingToken {
  let fetched = false;
  let held: Held | null = null;
  let fetching: Promise<Authority> | null = null;

  async function fetchToken(): Promise<Authority> {
    const none = (why: string): Authority => ({ kind: 'none', why: `${why} (VAULT_ACTION_ASSET_ID)` });
    let token: string;
    try {
      token = (await vault.secret(assetId, `Portcullis needs the token it acts with for run ${runId}`, signal)).trim();
      fetched = true;
    } catch (error) {
      return none(`the token to act with could not be had: ${describeError(error)}`);
    }
    const { user, expires } = claimsOf(token);
    // INVARIANT: without the name nobody could keep the agent away from the acting user's own requests.
    if (user === null) return none('the token to act with names no user');
    if (expires !== null && expires <= clock.now()) {
      return none(`the token to act with, of \`${user}\`, expired ${utcMinute(expires)}`);
    }
    const session = openSession({ ...config.vault, token, network }, clock);
    held = { session, writer: createWriter(session, config.vault.paths), user, expires, wrote: false };
    return { kind: 'ready', fresh: true };
  }

  return {
    // INVARIANT: asked for once, whoever needs it first: two requests for one credential are one too many. Whoever waited
    // for it looks again.
    ready: async () => {
      if (held !== null) return { kind: 'ready', fresh: false };
      fetching ??= fetchToken();
      return fetching;
    },
    user: () => held?.user ?? null,
    async send(...call) {
      const answer = await written(held?.writer ?? null, call);
      if (answer.kind === 'accepted' && held !== null) held.wrote = true;
      if (answer.kind !== 'refused' || answer.credential !== 'doubted' || held === null) return answer;
      return (await isRefused(held, config, clock)) ? { ...answer, credential: 'refused' } : answer;
    },
    giveBack: async () => {
      held?.session.close();
      held = null;
      fetching = null;
      if (!fetched) return [];
      fetched = false;
      return vault.giveBack(assetId);
    },
  };
}

/**
 * Whether a call that was not let in says something about the token, or about one request that its user may not decide.
 * The token that lists can tell by looking at the list again; this one is asked for nothing else, so it is asked once.
 */
async function isRefused({ session, expires, wrote }: Held, { vault }: Config, clock: Clock): Promise<boolean> {
  if (expires !== null && expires <= clock.now()) return true;
  if (wrote) return false;
  const query = { from: clock.now(), pgs: 10, pgp: 0, s: 'created,desc' };
  const status = await session.read(vault.paths.list, { query }).then(
    (answer) => answer.status,
    () => null,
  );
  return status === 401 || status === 403;
}

function written(writer: VaultWriter | null, call: Parameters<VaultWriter['send']>): ReturnType<VaultWriter['send']> {
  if (writer === null) throw new Error('a write was tried before the acting token was there');
  return writer.send(...call);
}
