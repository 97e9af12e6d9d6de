import type { Config } from '../config/config.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { AssetRecord } from '../domain/asset_record.ts';
import { isOpen } from '../domain/status.ts';
import type { Network } from '../http/network.ts';
import { keepDiscovered } from '../store/discovered.ts';
import type { Disk } from '../store/disk.ts';
import { openPendingRequests } from '../store/pending_requests.ts';
import type { Clock } from '../util/clock.ts';
import { describeError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import { createWriter, type VaultWriter } from './actions.ts';
import { readAsset } from './assets.ts';
import { createCredentialRequests } from './credential_requests.ts';
import { type CredentialBroker, createCredentialBroker } from './credentials.ts';
import { discover, urlsOf } from './discovery.ts';
import { openFreshReading, type Wanted } from './fresh_reading.ts';
import { type Listing, listRequests } from './listing.ts';
import { openSession } from './session.ts';

/** The vault as one run uses it. */
export type Vault = {
  list(from: number, signal: AbortSignal, onProgress: (read: number, total: number | null) => void): Promise<Listing>;
  /** One request as it is now, null when it is gone; those that are asked for together share a reading. @throws {UpstreamError} */
  lookUp(request: Wanted): Promise<AccessRequest | null>;
  /** What was created after `from`, and can be understood. @throws {UpstreamError} */
  newerThan(from: number): Promise<readonly AccessRequest[]>;
  asset(id: string, signal?: AbortSignal): Promise<AssetRecord>;
  /** How far the vault's clock is ahead of ours by its answers so far, in milliseconds; null when none told. */
  clockAhead(): number | null;
  /** What writes with the token that lists. Constructed when the first action is due, never in a run that observes. */
  ownWriter(): VaultWriter;
  secret(assetId: string, purpose: string, signal: AbortSignal): Promise<string>;
  /** Gives back one credential before the end of the run. */
  giveBack(assetId: string): Promise<readonly string[]>;
  release(): Promise<readonly string[]>;
  close(): void;
};

type VaultContext = {
  readonly clock: Clock;
  readonly log: Log;
  readonly disk: Disk;
  readonly afterStop?: AbortSignal | undefined;
  readonly network?: Network | undefined;
  /** False once another process may own the state folder. */
  readonly lockHeld?: (() => boolean) | undefined;
};

/** `afterStop` is aborted a while after a stop: what is then still being looked at is given up. */
export function openVault(config: Config, context: VaultContext): Vault {
  const { clock, log, disk, afterStop, network, lockHeld } = context;
  const { vault, places } = config;
  const session = openSession({ ...vault, network }, clock);
  const { pageSize, maxPages, concurrency } = vault;
  const listOptions = { path: vault.paths.list, pageSize, maxPages, concurrency };
  const fresh = openFreshReading(session, listOptions, afterStop);
  let broker: Promise<CredentialBroker> | null = null;

  async function openBroker(signal?: AbortSignal): Promise<CredentialBroker> {
    const { operations, source, remarks } = await discover(session, vault.paths, signal);
    // Only by the owner of the folder; what doctor compares with is not worth a run.
    if (lockHeld?.() === true)
      await keepDiscovered(places.state, { source, operations: urlsOf(operations) }, disk).catch(() => {});
    for (const remark of remarks) log.warn('run.warning', { message: remark });
    const requests = createCredentialRequests(session, operations, {
      actions: vault.credentialActions,
      hours: vault.credentialHours,
    });
    return createCredentialBroker(
      requests,
      await openPendingRequests(places.state, disk, lockHeld),
      {
        waitMs: vault.credentialWaitMs,
        pollMs: vault.credentialPollMs,
        onWait: (assetId, requestId) => log.warn('credential.waiting', { assetId, requestId }),
      },
      clock,
    );
  }

  /** What a stop interrupted, and what failed, is opened anew by whoever needs it next. */
  function openedBroker(signal?: AbortSignal): Promise<CredentialBroker> {
    broker ??= openBroker(signal);
    const opening = broker;
    const forget = () => {
      if (broker === opening) broker = null;
    };
    opening.then(() => {
      if (signal?.aborted) forget();
    }, forget);
    return opening;
  }

  return {
    async list(from, signal, onProgress) {
      const listing = await listRequests(session, listOptions, from, signal, onProgress);
      const places = new Map<string, number>();
      for (const [place, { id, status }] of listing.requests.entries()) if (isOpen(status)) places.set(id, place);
      fresh.knows({ of: places, pageSize: listing.pageSize });
      return listing;
    },
    lookUp: fresh.lookUp,
    newerThan: async (from) => (await listRequests(session, listOptions, from, afterStop)).requests,
    clockAhead: () => session.clockAhead(),
    asset: (id, signal) => readAsset(session, vault.paths.asset, id, signal),
    ownWriter: () => createWriter(session, vault.paths),
    async secret(assetId, purpose, signal) {
      return (await openedBroker(signal)).fetch(assetId, purpose, signal);
    },
    async giveBack(assetId) {
      try {
        return await (await openedBroker(afterStop)).giveBack(assetId, afterStop);
      } catch (error) {
        // What the writes did must be told whatever happens here; the end of the run tries it again.
        return [describeError(error)];
      }
    },
    async release() {
      try {
        // A credential request that an earlier run left is given back also by a run that needs none.
        if (broker === null && (await openPendingRequests(places.state, disk, lockHeld)).all().length === 0) return [];
        return await (await openedBroker(afterStop)).release(afterStop);
      } catch (error) {
        // Report and mail are out by now; nothing may take the run's own verdict away.
        return [`no credential request could be given back: ${describeError(error)}`];
      }
    },
    close: () => session.close(),
  };
}
