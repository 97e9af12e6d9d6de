import https from 'node:https';
import type { INetworkModule, NetworkRequestOptions } from '@azure/msal-node';
import axios, { type AxiosAdapter, type AxiosResponse } from 'axios';
import { deadline } from '../http/deadline.ts';
import { socketFaultOf } from '../http/socket_errors.ts';
import { tlsOptions } from '../http/tls.ts';
import { plainLine } from '../text/plain_text.ts';
import { UpstreamError } from '../util/errors.ts';

const MAX_ANSWER_BYTES = 1_000_000;

type SignInHttpOptions = {
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  /** The address of the sign-in service, the only one that is ever asked. */
  readonly origin: string;
  /** What stops the call of the moment. */
  readonly signal: () => AbortSignal | undefined;
  /** Sends in place of real connections. */
  readonly adapter?: AxiosAdapter | undefined;
};

/**
 * The HTTP client that MSAL uses. MSAL reduces a refused certificate, an unknown host and a proxy's log-in page to one
 * and the same `endpoints_resolution_error`, so `onFailure` is told here, where the cause is still known.
 * INVARIANT: the client secret goes to the configured address alone, wherever an answer or the environment points.
 */
export function createSignInHttp(
  options: SignInHttpOptions,
  onFailure: (failure: UpstreamError) => void,
): INetworkModule {
  const { host } = new URL(options.origin);
  const http = axios.create({
    ...(options.adapter !== undefined && { adapter: options.adapter }),
    // Both said explicitly, so that no variable of the environment can take them back.
    httpsAgent: new https.Agent({ rejectUnauthorized: true, ...tlsOptions(options.ca) }),
    proxy: false,
    timeout: options.timeoutMs,
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    validateStatus: () => true,
  });

  async function call<T>(method: 'get' | 'post', url: string, sent: NetworkRequestOptions | undefined) {
    const inTime = deadline(options.timeoutMs);
    const stop = options.signal();
    try {
      if (URL.parse(url)?.origin !== options.origin) throw foreign(url, host);
      const answer = await http.request({
        method,
        url,
        headers: sent?.headers ?? {},
        ...(sent?.body !== undefined && { data: sent.body }),
        signal: stop === undefined ? inTime.signal : AbortSignal.any([inTime.signal, stop]),
      });
      const failure = refusalIn(answer, host);
      if (failure !== null) onFailure(failure);
      return {
        headers: { ...answer.headers } as Record<string, string>,
        body: answer.data as T,
        status: answer.status,
      };
    } catch (error) {
      const failure = brokenCall(error, { host, stopped: stop?.aborted, late: inTime.signal.aborted });
      onFailure(failure);
      // Not the raw client error: it holds the form with the client secret.
      throw failure;
    } finally {
      inTime.clear();
    }
  }
  return {
    sendGetRequestAsync: (url, sent) => call('get', url, sent),
    sendPostRequestAsync: (url, sent) => call('post', url, sent),
  };
}

function brokenCall(
  error: unknown,
  { host, stopped, late }: { host: string; stopped: boolean | undefined; late: boolean },
): UpstreamError {
  if (error instanceof UpstreamError) return error;
  const at = `could not sign in at \`${host}\``;
  if (stopped) return new UpstreamError('sign-in', 'stopped', `${at}: stopped while waiting`);
  if (late) return new UpstreamError('sign-in', 'timeout', `${at}: no answer in time`);
  if (axios.isAxiosError(error) && error.message.includes('maxContentLength'))
    return new UpstreamError('sign-in', 'too-large', `${at}: the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
  const fault = socketFaultOf(error);
  return new UpstreamError('sign-in', fault.code, `${at}: ${fault.says}`);
}

/** The service says itself where tokens are given out, and MSAL would believe it. */
function foreign(url: string, host: string): UpstreamError {
  const where = plainLine(URL.parse(url)?.origin ?? url, 100);
  const says = `sign-in at \`${host}\` points to \`${where}\`, which is not asked; the client secret stays here`;
  return new UpstreamError('sign-in', 'refused', says);
}

/** What an answer of the sign-in service complains about; null when it is fine. */
function refusalIn({ status, data }: AxiosResponse, host: string): UpstreamError | null {
  const { error, error_description: description } = isObject(data) ? data : {};
  const says = typeof description === 'string' ? description : typeof error === 'string' ? error : '';
  const vendorCode = /AADSTS\d+/.exec(says)?.[0];
  const facts = { status, vendorCode };
  const at = `sign-in at \`${host}\``;
  if (status >= 300 && status < 400)
    return new UpstreamError(
      'sign-in',
      'refused',
      `${at} answered with a redirect (${status}), which is not followed`,
      facts,
    );
  if (status >= 400) {
    const detail = says === '' ? '' : ` ${firstSentence(says)}`;
    return new UpstreamError('sign-in', codeOf(status, error), `${at} was refused: ${status}${detail}`, facts);
  }
  if (!isObject(data))
    return new UpstreamError('sign-in', 'not-json', `${at} answered something other than JSON`, facts);
  return null;
}

function codeOf(status: number, error: unknown): 'unauthorized' | 'server-error' | 'refused' {
  if (status >= 500) return 'server-error';
  const wrongCredential = error === 'invalid_client' || error === 'unauthorized_client';
  return wrongCredential || status === 401 || status === 403 ? 'unauthorized' : 'refused';
}

/** Microsoft appends trace and correlation ids and a time over several lines; the first line says what is wrong. */
const firstSentence = (description: string): string =>
  plainLine(description.split(/\r?\n|\s(?:Trace ID|Correlation ID|Timestamp):/)[0] ?? '', 240).replace(/\.$/, '');

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
