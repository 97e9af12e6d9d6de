import type { PendingRequest, PendingRequests } from '../store/pending_requests.ts';
import type { Clock } from '../util/clock.ts';
import { UpstreamError } from '../util/errors.ts';
import type { FoundRequest } from './credential_answers.ts';
import type { CredentialRequests, Submitted } from './credential_requests.ts';
import { giveBack } from './give_back.ts';

/** Fetches credentials from the vault with its request workflow, and gives them back. */
export type CredentialBroker = {
  /**
   * The secret of one asset. Asks for it when the vault wants that and waits for a person to grant it; once per asset.
   * INVARIANT: never a second submission while one is pending, whatever happened to the run that made it.
   * @throws {UpstreamError} `not-granted` when nobody granted it in time; the next run goes on waiting
   */
  fetch(assetId: string, purpose: string, signal?: AbortSignal): Promise<string>;
  /**
   * Completes every granted credential request, also one that an earlier run left. One that nobody granted yet stays
   * for the next run. Gives one sentence per failure. `signal` ends the looking, never a call that completes one.
   */
  release(signal?: AbortSignal): Promise<string[]>;
  /** The same for one asset, as soon as its credential is not needed any more. */
  giveBack(assetId: string, signal?: AbortSignal): Promise<string[]>;
};

export type BrokerOptions = {
  readonly waitMs: number;
  readonly pollMs: number;
  /** Told once per asset, so that a person can be pointed to the request. */
  readonly onWait?: (assetId: string, requestId: string | null) => void;
};

export function createCredentialBroker(
  requests: CredentialRequests,
  pending: PendingRequests,
  options: BrokerOptions,
  clock: Clock,
): CredentialBroker {
  const fetched = new Map<string, Promise<string>>();
  const told = new Set<string>();

  async function fetchOnce(assetId: string, purpose: string, signal?: AbortSignal): Promise<string> {
    const deadline = clock.now() + options.waitMs;
    let submitted: Submitted | null = null;
    for (;;) {
      const answer = await requests.read(assetId, signal);
      if ('secret' in answer) {
        if (submitted === null && pending.of(assetId) === null) await noteOpen(assetId, signal);
        return answer.secret;
      }
      if (answer.needs === 'request') {
        // INVARIANT: at most one submission per run, even if the vault says afterwards that there is none.
        if (submitted !== null) throw notGranted(notThere(assetId, submitted));
        submitted = await submit(assetId, purpose);
      }
      await untilGranted(assetId, deadline, signal);
    }
  }

  /**
   * The vault gave it at once: it wants no requests, or one of ours is open that our file does not know (any more). That
   * one is noted, or nobody would ever complete it.
   */
  async function noteOpen(assetId: string, signal?: AbortSignal): Promise<void> {
    const entry = entryOf(assetId);
    const found = await requests.find(entry, signal).catch(() => 'unclear' as const);
    if (found === null || (found !== 'unclear' && found.state === 'over')) return;
    const known = found === 'unclear' ? {} : { requestId: found.requestId, action: found.action };
    // A credential that is at hand is used also when the disk is full.
    await pending.put({ ...entry, ...known }).catch(() => undefined);
  }

  /** Returns when the credential is worth asking for again: the request is granted, or the vault shows none. */
  async function untilGranted(assetId: string, deadline: number, signal?: AbortSignal): Promise<void> {
    for (let looks = 0; ; looks++) {
      const found = await look(assetId, signal);
      if (found?.state === 'over') {
        await pending.drop(assetId);
        throw notGranted(`the credential request for asset \`${assetId}\` ended as \`${found.status}\``);
      }
      if (found?.state === 'granted' && looks > 0) return;
      if (signal?.aborted) {
        throw new UpstreamError('vault', 'stopped', `stopped while waiting for the credential of \`${assetId}\``);
      }
      if (clock.now() >= deadline) throw notGranted(tooLate(assetId, found));
      if (found?.state !== 'granted') tell(assetId, found?.requestId ?? null);
      // Also when it is granted at the first look: the vault said "pending" a moment ago, and may need a moment more.
      await clock.sleep(Math.max(0, Math.min(options.pollMs, deadline - clock.now())), signal);
      if (found === null || found.state === 'granted') return;
    }
  }

  async function submit(assetId: string, purpose: string): Promise<Submitted> {
    const entry = { assetId, requestId: null, action: null, submittedAt: clock.now() };
    // On disk before the call: after a crash in between, the next run finds out by asking the vault.
    await pending.put(entry);
    let submitted: Submitted;
    try {
      submitted = await requests.submit(assetId, purpose, entry.submittedAt);
    } catch (error) {
      await pending.drop(assetId);
      throw error;
    }
    if (submitted.requestId !== null) await pending.put({ ...entry, requestId: submitted.requestId });
    return submitted;
  }

  async function look(assetId: string, signal?: AbortSignal): Promise<FoundRequest | null> {
    const entry = entryOf(assetId);
    const seen = await requests.find(entry, signal);
    const found = seen === 'unclear' ? null : seen;
    if (found !== null && (found.requestId !== entry.requestId || found.action !== entry.action)) {
      await pending.put({ ...entry, requestId: found.requestId, action: found.action });
    }
    return found;
  }

  /** The vault may know of a request that our file does not: the file was lost, or a person asked in our name. */
  function entryOf(assetId: string): PendingRequest {
    return pending.of(assetId) ?? { assetId, requestId: null, action: null, submittedAt: clock.now() };
  }

  function tell(assetId: string, requestId: string | null): void {
    if (!told.has(assetId)) options.onWait?.(assetId, requestId);
    told.add(assetId);
  }

  return {
    fetch(assetId, purpose, signal) {
      const known = fetched.get(assetId);
      if (known !== undefined) return known;
      const promise = fetchOnce(assetId, purpose, signal);
      fetched.set(assetId, promise);
      // A failure is not kept: the mail step may get what the score step did not.
      promise.catch(() => fetched.delete(assetId));
      return promise;
    },
    async release(signal) {
      const failures = await completed(pending.all(), signal);
      fetched.clear();
      return failures;
    },
    async giveBack(assetId, signal) {
      const entries = pending.all().filter((entry) => entry.assetId === assetId);
      const failures = await completed(entries, signal);
      // A request that could not be completed stays in the file, and `release` has to know that it was granted.
      if (failures.length === 0) fetched.delete(assetId);
      return failures;
    },
  };

  async function completed(entries: readonly PendingRequest[], signal?: AbortSignal): Promise<string[]> {
    const failures: string[] = [];
    for (const entry of [...entries]) {
      const known = { fetched: fetched.has(entry.assetId), now: clock.now() };
      const failure = await giveBack(requests, pending, entry, known, signal);
      if (failure !== null) failures.push(failure);
    }
    return failures;
  }

  function tooLate(assetId: string, found: FoundRequest | null): string {
    const seconds = Math.round(options.waitMs / 1000);
    return `nobody granted the credential request \`${found?.requestId ?? 'unknown'}\` for asset \`${assetId}\` within ${seconds} s (VAULT_CREDENTIAL_WAIT_SECONDS)`;
  }
}

function notThere(assetId: string, { doubt }: Submitted): string {
  const why = doubt === null ? '' : `: ${doubt}`;
  return `the vault shows no credential request for asset \`${assetId}\` after it was submitted${why}`;
}

function notGranted(message: string): UpstreamError {
  return new UpstreamError('vault', 'not-granted', message);
}
