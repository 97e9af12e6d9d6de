import { HOUR_MS } from '../kit/clock.ts';
import { UpstreamError } from '../kit/errors.ts';
import type { PendingRequest } from '../state/pending_requests.ts';
import { type Discovery, fillUrl, type OperationName } from './discovery.ts';
import { secretFrom } from './secret.ts';
import type { Answer, Session } from './session.ts';

/** The vault's four credential operations, each as one call with its answer understood. */
export type CredentialRequests = {
  /** The secret, or what the vault wants first. */
  read(assetId: string, signal?: AbortSignal): Promise<{ secret: string } | { needs: 'request' | 'patience' }>;
  /** Null when the answer got lost: the request may or may not be there. @throws {UpstreamError} when it surely is not */
  submit(assetId: string, purpose: string, now: number): Promise<{ requestId: string | null } | null>;
  /** Where our request stands; null when the vault shows none. */
  find(entry: PendingRequest, signal?: AbortSignal): Promise<FoundRequest | null>;
  /** False when the vault refused. @throws {UpstreamError} */
  complete(requestId: string): Promise<boolean>;
};

export type FoundRequest = {
  readonly requestId: string;
  readonly action: string;
  readonly state: 'waiting' | 'granted' | 'over';
  readonly status: string;
};

/** What the vault's two codes ask for; any other code is a failure. */
const NO_REQUEST_YET = 'MSG-00863';
const REQUEST_PENDING = 'MSG-00864';
const VENDOR_CODE = /MSG-\d{5}/;

/** A status that is not listed means waiting: the vault may have states of its own between asking and granting. */
const STATES: Readonly<Record<string, FoundRequest['state']>> = {
  Active: 'waiting',
  Open: 'granted',
  Completed: 'over',
  Rejected: 'over',
  Closed: 'over',
  Expired: 'over',
  Cancelled: 'over',
  Denied: 'over',
};

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
        isFinal: (a) => VENDOR_CODE.test(a.text),
      });
      if (answer.status === 200) {
        const secret = secretFrom(jsonOf(answer));
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
      const answer = await session
        .write(writeMethod('submit-request'), url('submit-request'), JSON.stringify(body), 'application/json')
        .catch((error: unknown) => {
          if (error instanceof UpstreamError && error.maybeDone) return null;
          throw error;
        });
      if (answer === null || answer.status >= 500) return null;
      if (answer.status < 200 || answer.status >= 300) {
        throw refusal(`take a credential request for asset \`${assetId}\``, answer);
      }
      const reply = jsonOf(answer);
      return { requestId: textOf(reply, 'requestId') ?? textOf(reply, 'id') };
    },

    async find(entry, signal) {
      let over: FoundRequest | null = null;
      for (const action of entry.action === null ? options.actions : [entry.action]) {
        const answer = await session.read(url('get-request-status', action), {
          query: { assetId: entry.assetId },
          signal,
          // An action type that does not fit the asset is answered with an error of its own.
          isFinal: (a) => a.status === 500,
        });
        if (answer.status !== 200) continue;
        for (const row of rowsOf(jsonOf(answer))) {
          const found = foundIn(row, entry, action);
          if (found !== null && found.state !== 'over') return found;
          // Old requests for the same asset may be listed too; only the end of our own one means anything.
          if (found !== null && entry.requestId !== null) over = found;
        }
      }
      return over;
    },

    async complete(requestId) {
      const { status } = await session.write(
        writeMethod('complete-request'),
        url('complete-request', requestId),
        '',
        'application/json',
      );
      return status >= 200 && status < 300;
    },
  };

  function writeMethod(name: 'submit-request' | 'complete-request'): 'PUT' | 'POST' {
    const { method } = operations[name];
    return method === 'GET' ? 'POST' : method;
  }
}

function foundIn(row: unknown, entry: PendingRequest, action: string): FoundRequest | null {
  const status = textOf(row, 'status');
  const requestId = textOf(row, 'requestId') ?? textOf(row, 'id');
  if (status === null || requestId === null) return null;
  if ((textOf(row, 'assetId') ?? entry.assetId) !== entry.assetId) return null;
  if (entry.requestId !== null && requestId !== entry.requestId) return null;
  const state = Object.hasOwn(STATES, status) ? STATES[status] : undefined;
  return { requestId, action: textOf(row, 'action') ?? action, state: state ?? 'waiting', status };
}

function refusal(what: string, answer: Answer): UpstreamError {
  const vendorCode = VENDOR_CODE.exec(answer.text.slice(0, 100_000))?.[0];
  const code = answer.status === 401 || answer.status === 403 ? 'unauthorized' : 'refused';
  const says = `the vault refused to ${what}: ${answer.status}${vendorCode === undefined ? '' : ` ${vendorCode}`}`;
  return new UpstreamError('vault', code, says, { status: answer.status, vendorCode });
}

function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return null;
  }
}

/** A list, a list under `data`, or one object. */
function rowsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null) return [];
  const { data } = body as { data?: unknown };
  return Array.isArray(data) ? data : [data ?? body];
}

function textOf(row: unknown, name: string): string | null {
  if (typeof row !== 'object' || row === null || !Object.hasOwn(row, name)) return null;
  const value = (row as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
}
