import type { PendingRequest } from '../store/pending_requests.ts';
import { HOUR_MS } from '../util/durations.ts';
import { UpstreamError } from '../util/errors.ts';
import { type FoundRequest, foundIn, jsonIn, rowsOf, textOf } from './credential_answers.ts';
import type { Discovery, OperationName } from './discovery.ts';
import type { Answer } from './exchange.ts';
import { fillUrl } from './fill_url.ts';
import { secretFrom } from './secret.ts';
import { isWebPage, jsonOf, type Session } from './session.ts';
import { statusWords, vendorCodeIn } from './vendor_code.ts';

/** The vault's four credential operations, each as one call with its answer understood. */
export type CredentialRequests = {
  /** The secret, or what the vault wants first. */
  read(assetId: string, signal?: AbortSignal): Promise<{ secret: string } | { needs: 'request' | 'patience' }>;
  /** @throws {UpstreamError} when the request surely was not taken */
  submit(assetId: string, purpose: string, now: number): Promise<Submitted>;
  /**
   * Where our request stands; null when the vault shows none, and `unclear` when that may only be because it failed while
   * the action type was being guessed. @throws {UpstreamError} when it does not say
   */
  find(entry: PendingRequest, signal?: AbortSignal): Promise<FoundRequest | 'unclear' | null>;
  /** False when the vault refused. @throws {UpstreamError} */
  complete(requestId: string): Promise<boolean>;
};

export type Submitted = {
  readonly requestId: string | null;
  /** Why the request may not be there after all; null when the vault took it. */
  readonly doubt: string | null;
};

/** What the vault's two codes ask for; any other code is a failure. */
const NO_REQUEST_YET = 'MSG-00863';
const REQUEST_PENDING = 'MSG-00864';

export function createCredentialRequests(
  session: Session,
  operations: Discovery['operations'],
  options: {
    /** Action types under which the vault may keep a request; the first is the one that is asked for. */
    readonly actions: readonly string[];
    readonly hours: number;
  },
): CredentialRequests {
  const url = (name: OperationName, ...values: string[]) => fillUrl(operations[name].url, values);

  return {
    async read(assetId, signal) {
      const answer = await session.read(url('get-asset-credentials', assetId), {
        signal,
        // The codes come with HTTP 500, which would be retried otherwise.
        isFinal: (a) => a.status === 500 && vendorCodeIn(a.text) !== undefined,
      });
      if (answer.status === 200) {
        const secret = secretFrom(jsonOf(`hand out the credential of asset \`${assetId}\``, answer));
        if (secret !== null) return { secret };
        throw new UpstreamError(
          'vault',
          'wrong-shape',
          `the vault's credential of asset \`${assetId}\` holds no secret`,
        );
      }
      if (answer.text.includes(NO_REQUEST_YET)) return { needs: 'request' };
      if (answer.text.includes(REQUEST_PENDING)) return { needs: 'patience' };
      throw refusal(`hand out the credential of asset \`${assetId}\``, answer);
    },

    async submit(assetId, purpose, now) {
      const body = {
        assetId,
        action: options.actions[0],
        message: purpose,
        requestedFrom: now,
        requestedTo: now + options.hours * HOUR_MS,
      };
      const call = [writeMethod('submit-request'), url('submit-request')] as const;
      let answer: Answer;
      try {
        answer = await session.write(...call, JSON.stringify(body), 'application/json');
      } catch (error) {
        if (error instanceof UpstreamError && error.maybeDone) return { requestId: null, doubt: error.message };
        throw error;
      }
      if (answer.status >= 500 || isWebPage(answer.text)) {
        return { requestId: null, doubt: `the vault answered ${statusWords(answer)}` };
      }
      if (answer.status < 200 || answer.status >= 300) {
        throw refusal(`take a credential request for asset \`${assetId}\``, answer);
      }
      const reply = jsonIn(answer);
      return { requestId: textOf(reply, 'requestId') ?? textOf(reply, 'id'), doubt: null };
    },

    async find(entry, signal) {
      let over: FoundRequest | null = null;
      let unclear = false;
      for (const action of entry.action === null ? options.actions : [entry.action]) {
        const known = entry.action !== null;
        const answer = await session.read(url('get-request-status', action), {
          query: { assetId: entry.assetId },
          signal,
          // While the action type is being guessed, a wrong one is answered with an error of its own.
          isFinal: (a) => !known && a.status === 500,
        });
        if (answer.status === 404) continue;
        const rows = known ? rowsIn(answer) : answer.status === 200 ? rowsOf(jsonIn(answer)) : null;
        unclear ||= rows === null;
        for (const row of rows ?? []) {
          const found = foundIn(row, entry, action);
          if (found !== null && found.state !== 'over') return found;
          // Old requests for the same asset may be listed too; only the end of our own one means anything.
          if (found !== null && entry.requestId !== null) over = found;
        }
      }
      return over ?? (unclear ? 'unclear' : null);
    },

    async complete(requestId) {
      const call = [writeMethod('complete-request'), url('complete-request', requestId)] as const;
      const { status, text } = await session.write(...call, '', 'application/json');
      return status >= 200 && status < 300 && !isWebPage(text);
    },
  };

  function writeMethod(name: 'submit-request' | 'complete-request'): 'PUT' | 'POST' {
    const { method } = operations[name];
    return method === 'GET' ? 'POST' : method;
  }
}

/** @throws {UpstreamError} */
function rowsIn(answer: Answer): readonly unknown[] {
  const what = 'tell where the credential request stands';
  if (answer.status !== 200) throw refusal(what, answer);
  const rows = rowsOf(jsonOf(what, answer));
  if (rows !== null) return rows;
  throw new UpstreamError('vault', 'wrong-shape', `the vault answered JSON of a foreign shape when asked to ${what}`);
}

function refusal(what: string, answer: Answer): UpstreamError {
  const code = answer.status === 401 || answer.status === 403 ? 'unauthorized' : 'refused';
  return new UpstreamError('vault', code, `the vault refused to ${what}: ${statusWords(answer)}`, {
    status: answer.status,
    vendorCode: vendorCodeIn(answer.text),
  });
}
