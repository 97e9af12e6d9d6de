import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import axios, { type AxiosInstance } from 'axios';
import { DelegateBackoff, handleType, retry } from 'cockatiel';
import type { Clock } from '../kit/clock.ts';
import { UpstreamError } from '../kit/errors.ts';
import { retryAfterMs } from '../kit/retry_after.ts';
import { socketFaultOf } from '../kit/socket_faults.ts';
import { claimsOf } from './token.ts';

export type SessionOptions = {
  readonly url: string;
  readonly token: string;
  readonly ca: string | undefined;
  readonly tlsInsecure: boolean;
  readonly timeoutMs: number;
  readonly concurrency: number;
};

/** An answer as it came: any HTTP status, the body as text. */
export type Answer = { readonly status: number; readonly text: string; readonly retryAfter: string | undefined };

/** One signed-in, keep-alive connection pool to one vault. */
export type Session = {
  readonly url: string;
  /**
   * Reads with retries for what may pass (dropped connections, 429, 5xx unless `isFinal`); resolves for every other
   * HTTP status. @throws {UpstreamError}
   */
  read(url: string, options?: ReadOptions): Promise<Answer>;
  /** Reads JSON, with retries for what may pass. @throws {UpstreamError} */
  readJson(what: string, url: string, query?: Query, signal?: AbortSignal): Promise<unknown>;
  /**
   * Writes once, never repeated here; resolves for every HTTP status. Takes no signal: a write in hand is finished.
   * @throws {UpstreamError} with `maybeDone` when the answer got lost
   */
  write(method: 'PUT' | 'POST', url: string, body: string, contentType: string): Promise<Answer>;
  /** Closes the idle connections. */
  close(): void;
};
export type Query = Readonly<Record<string, string | number>>;
export type ReadOptions = {
  readonly query?: Query;
  readonly signal?: AbortSignal | undefined;
  readonly isFinal?: (answer: Answer) => boolean;
};

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const READ_TRIES = 4;
const LONGEST_PAUSE_MS = 60_000;

/**
 * INVARIANT: no error that leaves here holds a raw client error; those carry the Authorization header.
 */
export function openSession(options: SessionOptions, clock: Clock): Session {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: options.concurrency,
    // A private authority comes on top of the public ones.
    ...(options.ca !== undefined && { ca: [...rootCertificates, options.ca] }),
    rejectUnauthorized: !options.tlsInsecure,
  });
  const client = axios.create({
    httpsAgent: agent,
    headers: { Authorization: `Bearer ${options.token}`, Accept: 'application/json' },
    // The environment's proxy variables must not decide where a token goes.
    proxy: false,
    timeout: options.timeoutMs,
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    // Bodies are parsed by us: axios would turn a long number in a text into a rounded one.
    responseType: 'text',
    transformResponse: [(body: unknown) => body],
    validateStatus: () => true,
    transitional: { clarifyTimeoutError: true },
  });
  const tokenNote = noteOn(options.token);

  const get = <T>(url: string, query: Query | undefined, signal: AbortSignal | undefined, judge: (a: Answer) => T) =>
    retried(
      clock,
      async () =>
        judge(
          await exchange(client, {
            method: 'GET',
            url: absolute(options.url, url),
            params: query,
            ...(signal && { signal }),
          }),
        ),
      signal,
    );

  return {
    url: options.url,
    read: (url, { query, signal, isFinal } = {}) =>
      get(url, query, signal, (answer) => {
        if (mayPass(answer) && !isFinal?.(answer)) throw passing('answer', answer);
        return answer;
      }),
    readJson: (what, url, query, signal) => get(url, query, signal, (answer) => parsed(what, answer, tokenNote)),
    write: (method, url, body, contentType) =>
      exchange(client, {
        method,
        url: absolute(options.url, url),
        data: body,
        headers: { 'Content-Type': contentType },
        // Sent to the letter: a quoted or form-encoded comment would end up in the vault's audit log.
        transformRequest: [(data: unknown) => data],
      }),
    close: () => agent.destroy(),
  };
}

/** Everything is appended to the vault's address; discovery hands out absolute addresses of the same origin. */
function absolute(base: string, url: string): string {
  if (url.startsWith('/')) return base + url;
  if (new URL(url).origin !== new URL(base).origin) {
    throw new UpstreamError('vault', 'refused', `\`${new URL(url).origin}\` is not the vault; the token stays here`);
  }
  return url;
}

async function exchange(client: AxiosInstance, request: Parameters<AxiosInstance['request']>[0]): Promise<Answer> {
  try {
    const response = await client.request<unknown>(request);
    const retryAfter: unknown = response.headers['retry-after'];
    return {
      status: response.status,
      text: typeof response.data === 'string' ? response.data : '',
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BAD_RESPONSE') {
      throw new UpstreamError('vault', 'too-large', 'the vault sent more than is safe to read', { maybeDone: true });
    }
    const fault = socketFaultOf(error);
    throw new UpstreamError('vault', fault.code, `the vault cannot be reached: ${fault.says}`, {
      maybeDone: fault.sent,
    });
  }
}

/** An answer that may pass by itself (429, 5xx, a dropped connection); the others are final. */
class Passing extends Error {
  readonly failure: UpstreamError;
  readonly retryAfter: string | undefined;
  constructor(failure: UpstreamError, retryAfter?: string) {
    super(failure.message);
    this.failure = failure;
    this.retryAfter = retryAfter;
  }
}

/** Retries reads with growing, jittered pauses; `Retry-After` goes first, unless it asks for longer than is sensible. */
async function retried<T>(clock: Clock, once: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const policy = retry(handleType(Passing), {
    maxAttempts: READ_TRIES - 1,
    backoff: new DelegateBackoff(({ attempt, result }) => {
      const asked = 'error' in result && result.error instanceof Passing ? result.error.retryAfter : undefined;
      const growing = 200 * 2 ** attempt;
      return Math.min(LONGEST_PAUSE_MS, retryAfterMs(asked, clock.now()) ?? growing / 2 + Math.random() * growing);
    }),
  });
  try {
    return await policy.execute(async () => {
      try {
        return await once();
      } catch (error) {
        if (error instanceof UpstreamError && PASSES.has(error.code) && !signal?.aborted) throw new Passing(error);
        throw error;
      }
    }, signal);
  } catch (error) {
    if (error instanceof Passing) throw error.failure;
    if (signal?.aborted && !(error instanceof UpstreamError)) {
      throw new UpstreamError('vault', 'stopped', 'stopped while waiting for the vault');
    }
    throw error;
  }
}
const PASSES: ReadonlySet<string> = new Set(['unreachable', 'timeout', 'not-json']);

const mayPass = ({ status }: Answer): boolean => status === 429 || status >= 500;

function passing(what: string, { status, retryAfter }: Answer): Passing {
  return new Passing(
    new UpstreamError('vault', 'server-error', `the vault failed to ${what}: ${status}`, { status }),
    retryAfter,
  );
}

function parsed(what: string, answer: Answer, tokenNote: string): unknown {
  if (answer.status === 401 || answer.status === 403) {
    throw new UpstreamError('vault', 'unauthorized', `the vault refused to ${what}: ${answer.status}${tokenNote}`, {
      status: answer.status,
    });
  }
  if (mayPass(answer)) throw passing(what, answer);
  if (answer.status !== 200) {
    throw new UpstreamError('vault', 'refused', `the vault refused to ${what}: ${answer.status}`, {
      status: answer.status,
    });
  }
  try {
    return JSON.parse(answer.text);
  } catch {
    const looksLike = /^\s*</.test(answer.text) ? 'a web page' : 'something that is not complete JSON';
    throw new UpstreamError('vault', 'not-json', `the vault answered ${looksLike} when asked to ${what}`);
  }
}

function noteOn(token: string): string {
  const { user, expires } = claimsOf(token);
  const whose = user === null ? '' : ` of \`${user}\``;
  return expires === null ? ` (token${whose})` : ` (token${whose} ends ${new Date(expires).toISOString()})`;
}
