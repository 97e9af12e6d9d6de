import { Agent } from 'node:https';
import axios, { type AxiosAdapter } from 'axios';
import { deadline } from '../http/deadline.ts';
import { type SocketFault, socketFaultOf } from '../http/socket_errors.ts';
import { tlsOptions } from '../http/tls.ts';
import { UpstreamError } from '../util/errors.ts';

/** An answer as it came: any HTTP status, the body as text. */
export type Answer = { readonly status: number; readonly text: string; readonly retryAfter: string | undefined };

export type Call = {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number>> | undefined;
  readonly body?: { readonly text: string; readonly type: string };
  readonly signal?: AbortSignal | undefined;
};

export type ExchangeOptions = {
  readonly token: string;
  readonly ca: string | undefined;
  readonly tlsInsecure: boolean;
  /** For the whole answer: a server that sends a byte now and then must not hold up a run. */
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly maxAnswerBytes?: number;
  /** Sends in place of real connections. */
  readonly adapter?: AxiosAdapter | undefined;
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
  const agent = new Agent({
    keepAlive: true,
    maxSockets: options.concurrency,
    ...tlsOptions(options.ca),
    rejectUnauthorized: !options.tlsInsecure,
  });
  const client = axios.create({
    ...(options.adapter !== undefined && { adapter: options.adapter }),
    httpsAgent: agent,
    headers: { Authorization: `Bearer ${options.token}`, Accept: 'application/json' },
    // The environment's proxy variables must not decide where a token goes.
    proxy: false,
    maxRedirects: 0,
    maxContentLength: options.maxAnswerBytes ?? MAX_ANSWER_BYTES,
    // Bodies are parsed by us: axios would turn a long number in a text into a rounded one.
    responseType: 'text',
    transformResponse: [(body: unknown) => body],
    // Sent to the letter: a quoted or form-encoded comment would end up in the vault's audit log.
    transformRequest: [(data: unknown) => data],
    validateStatus: () => true,
  });

  return {
    async send({ method, url, query, body, signal }) {
      const inTime = deadline(options.timeoutMs);
      const either = signal === undefined ? inTime.signal : AbortSignal.any([signal, inTime.signal]);
      try {
        const response = await client.request<unknown>({
          method,
          url,
          params: query,
          ...(body !== undefined && { data: body.text, headers: { 'Content-Type': body.type } }),
          signal: either,
        });
        const retryAfter: unknown = response.headers['retry-after'];
        return {
          status: response.status,
          text: typeof response.data === 'string' ? response.data : '',
          retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        };
      } catch (error) {
        if (signal?.aborted) throw stopped();
        throw wrapped(error, inTime.signal.aborted);
      } finally {
        inTime.clear();
      }
    },
    close: () => agent.destroy(),
  };
}

export const stopped = () => new UpstreamError('vault', 'stopped', 'stopped while waiting for the vault');

function wrapped(error: unknown, tooLate: boolean): UpstreamError {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'ERR_BAD_RESPONSE' && String(message).includes('maxContentLength')) {
    return new UpstreamError('vault', 'too-large', 'the vault sent more than is safe to read', { maybeDone: true });
  }
  // The other error of that name is an answer that ended before its end.
  const cause = tooLate ? { code: 'ETIMEDOUT' } : code === 'ERR_BAD_RESPONSE' ? { code: 'ECONNRESET' } : error;
  const fault: SocketFault = socketFaultOf(cause);
  return new UpstreamError('vault', fault.code, `the vault cannot be reached: ${fault.says}`, {
    maybeDone: fault.sent,
  });
}
