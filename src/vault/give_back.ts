import type { PendingRequest, PendingRequests } from '../store/pending_requests.ts';
import { DAY_MS } from '../util/durations.ts';
import { describeError } from '../util/errors.ts';
import type { CredentialRequests } from './credential_requests.ts';

/** No credential request is open for longer than that (VAULT_CREDENTIAL_HOURS). */
const LONGEST_WINDOW_MS = DAY_MS;

/**
 * Completes one credential request, unless nobody granted it yet: that one stays for the next run, like one of which the
 * vault does not say whether it is there. `fetched`: this run got the credential. Gives a sentence when it could not be
 * done; the request then stays in the file for the next run.
 *
 * INVARIANT: what only the file names is not completed. Others may write there, and could name anybody's request: the vault
 * has to show it as ours, or this run to have fetched its credential.
 */
export async function giveBack(
  requests: CredentialRequests,
  pending: PendingRequests,
  entry: PendingRequest,
  { fetched, now }: { readonly fetched: boolean; readonly now: number },
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const found = await requests.find(entry, signal).catch((error: unknown) => {
      // What this run fetched was granted, whether or not the vault still tells.
      if (fetched) return null;
      throw error;
    });
    const seen = found === 'unclear' ? null : found;
    if (seen?.state === 'waiting' && !fetched) return null;
    const requestId = seen?.requestId ?? (fetched ? entry.requestId : null);
    if (requestId === null && found === 'unclear' && now - entry.submittedAt < LONGEST_WINDOW_MS) return null;
    if (requestId !== null && seen?.state !== 'over') {
      const failure = await failureToComplete(requests, entry, requestId, signal);
      if (failure !== null) return failed(entry, failure);
    }
  } catch (error) {
    return failed(entry, describeError(error));
  }
  const unnoted = (error: unknown) =>
    `the credential request for asset \`${entry.assetId}\` is over, which could not be noted: ${describeError(error)}`;
  return pending.drop(entry.assetId).then(() => null, unnoted);
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
  const now = await requests.find(entry, signal).catch(() => 'unclear' as const);
  if (now === null ? entry.action !== null : now !== 'unclear' && now.state === 'over') return null;
  return done === false ? 'the vault refused' : done;
}

const failed = ({ assetId }: PendingRequest, why: string): string =>
  `the credential request for asset \`${assetId}\` could not be completed: ${why}`;
