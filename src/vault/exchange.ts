import axios from 'axios';
import type { ConnectionOptions } from '../http/connections.ts';
import { faultIn } from '../http/faults.ts';
import type { Network } from '../http/network.ts';
import { type Fetch, openUpstream } from '../http/upstream.ts';
import { UPSTREAMS, UpstreamError } from '../util/errors.ts';

/** An answer as it came: any HTTP status, the body as text. */
export type Answer = {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
  /** When it was made, by the clock of the vault; absent for what was kept on the way. */
  readonly date?: string | undefined;
  /** `WWW-Authenticate`: why a credential was not taken. */
  readonly challenge?: string | undefined;
};

export type Call = {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number>> | undefined;
  readonly body?: { readonly text: string; readonly type: string };
  readonly signal?: AbortSignal | undefined;
};

export type ExchangeOptions = Pick<ConnectionOptions, 'ca' | 'proxy'> & {
  readonly url: string;
  readonly token: string;
  /** Why there is none. */
  readonly tokenFault?: string | undefined;
  readonly tlsInsecure: boolean;
  /** For the whole answer: a server that sends a byte now and then must not hold up a run. */
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly maxAnswerBytes?: number;
  readonly network?: Network | undefined;
};

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** One call, one answer, whatever its HTTP status, over kept-alive connections. */
export type Exchange = {
  /** @throws {UpstreamError} when no answer came */
  send(call: Call): Promise<Answer>;
  close(): void;
};

/** INVARIANT: no error that leaves here holds a raw client error; those carry the Authorization header. */
export function openExchange(options: ExchangeOptions): Exchange {
  const { token, concurrency, maxAnswerBytes = MAX_ANSWER_BYTES } = options;
  const { fetch: upstreamFetch, close } = openUpstream({
    ...options,
    ...{ upstream: UPSTREAMS.vault, maxAnswerBytes, packed: true, connections: concurrency },
  });
  const client = axios.create({
    adapter: 'fetch',
    env: PLAIN_FETCH,
    fetchOptions: { upstreamFetch },
    headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
    maxRedirects: 0,
    // Bodies are parsed by us: axios would turn a long number in a text into a rounded one.
    responseType: 'text',
    transformResponse: [(body: unknown) => body],
    // Sent to the letter: a quoted or form-encoded comment would end up in the vault's audit log.
    transformRequest: [(data: unknown) => data],
    validateStatus: () => true,
  });

  return {
    async send({ method, url, query, body, signal }) {
      // INVARIANT: without a token nobody is asked, so that nothing is taken for an answer to it.
      if (options.tokenFault !== undefined) throw new UpstreamError('vault', 'unauthorized', options.tokenFault);
      try {
        const response = await client.request<unknown>({
          method,
          url,
          params: query,
          ...(body !== undefined && { data: body.text, headers: { 'Content-Type': body.type } }),
          ...(signal !== undefined && { signal }),
        });
        const header = (name: string): string | undefined => {
          const value: unknown = response.headers[name];
          return typeof value === 'string' ? value : undefined;
        };
        return {
          status: response.status,
          text: typeof response.data === 'string' ? response.data : '',
          retryAfter: header('retry-after'),
          date: response.headers.age === undefined ? header('date') : undefined,
          challenge: header('www-authenticate'),
        };
      } catch (error) {
        throw vaultFault(error);
      }
    },
    close,
  };
}

/**
 * axios keeps what it makes of an `env.fetch` for as long as the process lives, so there is one for all, and each client's
 * own comes with its options. Without `Request` and `Response` axios hands over and takes what it has, and no streams.
 */
const PLAIN_FETCH = {
  fetch: (async (url, init) => (init as { upstreamFetch: Fetch }).upstreamFetch(url, init)) as Fetch,
  Request: null as never,
  Response: null as never,
};

function vaultFault(error: unknown): UpstreamError {
  const { code, message, sent: maybeDone, certificate } = faultIn(error);
  if (code === 'stopped') return stopped(maybeDone);
  // These two have reached it.
  const what = code === 'too-large' || code === 'not-json' ? 'the answer of the vault is of no use' : UNREACHED;
  return new UpstreamError('vault', code, `${what}: ${message}`, { maybeDone, certificate });
}
const UNREACHED = 'the vault cannot be reached';

export const stopped = (maybeDone = false) =>
  new UpstreamError('vault', 'stopped', 'stopped while waiting for the vault', { maybeDone });
