import type { Config } from '../config/config.ts';
import type { Clock } from '../kit/clock.ts';
import { describeError } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { AccessRequest } from '../request/access_request.ts';
import type { Action } from '../request/action.ts';
import type { AssetRecord } from '../request/asset_record.ts';
import type { WriteAnswer } from '../request/write_answer.ts';
import { openPendingRequests } from '../state/pending_requests.ts';
import { createWriter } from '../vault/actions.ts';
import { readAsset } from '../vault/assets.ts';
import { createCredentialRequests } from '../vault/credential_requests.ts';
import { type CredentialBroker, createCredentialBroker } from '../vault/credentials.ts';
import { discover } from '../vault/discovery.ts';
import { type Listing, listRequests, lookUpRequest } from '../vault/listing.ts';
import { openSession } from '../vault/session.ts';

/** The vault as one run uses it. */
export type VaultParts = {
  list(from: number, signal: AbortSignal, onProgress: (read: number, total: number | null) => void): Promise<Listing>;
  lookUp(request: { readonly id: string; readonly created: number }): Promise<AccessRequest | null>;
  asset(id: string, signal?: AbortSignal): Promise<AssetRecord>;
  send(action: Action, requestId: string, comment: string): Promise<WriteAnswer>;
  secret(assetId: string, purpose: string, signal: AbortSignal): Promise<string>;
  release(): Promise<readonly string[]>;
  close(): void;
};

/** `mayWrite` false: no part that could change a request is constructed at all. */
export function openVault(config: Config, clock: Clock, log: Log, mayWrite: boolean): VaultParts {
  const { vault, places } = config;
  const session = openSession(vault, clock);
  const writer = mayWrite ? createWriter(session, vault.paths) : null;
  const listOptions = { path: vault.paths.list, pageSize: vault.pageSize, maxPages: vault.maxPages };
  const positions = new Map<string, number>();
  let broker: Promise<CredentialBroker> | null = null;

  async function openBroker(signal?: AbortSignal): Promise<CredentialBroker> {
    const { operations, remarks } = await discover(session, vault.paths, signal);
    for (const remark of remarks) log.warn('run.warning', { message: remark });
    const requests = createCredentialRequests(session, operations, {
      actions: vault.credentialActions,
      hours: vault.credentialHours,
    });
    return createCredentialBroker(
      requests,
      await openPendingRequests(places.state),
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
      for (const [position, { id }] of listing.requests.entries()) positions.set(id, position);
      return listing;
    },
    lookUp: (request) => lookUpRequest(session, listOptions, request, positions.get(request.id)),
    asset: (id, signal) => readAsset(session, vault.paths.asset, id, signal),
    send: (action, requestId, comment) => {
      if (writer === null) throw new Error('a run that only observes tried to write');
      return writer.send(action, requestId, comment);
    },
    async secret(assetId, purpose, signal) {
      return (await openedBroker(signal)).fetch(assetId, purpose, signal);
    },
    async release() {
      try {
        // A credential request that an earlier run left is given back also by a run that needs none.
        if (broker === null && (await openPendingRequests(places.state)).all().length === 0) return [];
        return await (await openedBroker()).release();
      } catch (error) {
        // Report and mail are out by now; nothing may take the run's own verdict away.
        return [`no credential request could be given back: ${describeError(error)}`];
      }
    },
    close: () => session.close(),
  };
}
