import { describeError } from '../kit/errors.ts';
import type { PendingRequest, PendingRequests } from '../state/pending_requests.ts';
import type { CredentialRequests } from './credential_requests.ts';

/**
 * Completes one credential request, unless nobody granted it yet: that one stays for the next run. `fetched`: this run
 * got the credential. Gives a sentence when it could not be done; the request then stays in the file for the next run.
 */
export async function giveBack(
  requests: CredentialRequests,
  pending: PendingRequests,
  entry: PendingRequest,
  fetched: boolean,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const found = await requests.find(entry, signal).catch((error: unknown) => {
      // What this run fetched was granted, whether or not the vault still tells.
      if (fetched) return null;
      throw error;
    });
    if (found?.state === 'waiting' && !fetched) return null;
    const requestId = found?.requestId ?? entry.requestId;
    if (requestId !== null && found?.state !== 'over') {
      const failure = await failureToComplete(requests, entry, requestId, signal);
      if (failure !== null) return failed(entry, failure);
    }
    await pending.drop(entry.assetId);
    return null;
  } catch (error) {
    return failed(entry, describeError(error));
  }
}

async function failureToComplete(
  requests: CredentialRequests,
  entry: PendingRequest,
  requestId: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const done = await requests.complete(requestId).catch(describeError);
  if (done === true) return null;
  // An error does not decide: the answer may have got lost, or somebody may have completed it at the same moment.
  const now = await requests.find(entry, signal).catch(() => undefined);
  if (now?.state === 'over' || (now === null && entry.action !== null)) return null;
  return done === false ? 'the vault refused' : done;
}

const failed = ({ assetId }: PendingRequest, why: string): string =>
  `the credential request for asset \`${assetId}\` could not be completed: ${why}`;
