import https from 'node:https';
import type { INetworkModule, NetworkRequestOptions } from '@azure/msal-node';
import axios, { type AxiosResponse } from 'axios';
import { UpstreamError } from '../kit/errors.ts';
import { plainLine } from '../kit/plain_text.ts';
import { socketFaultOf } from '../kit/socket_faults.ts';
import { trustedAuthorities } from './trust.ts';

const MAX_ANSWER_BYTES = 1_000_000;

/**
 * The HTTP client that MSAL uses. MSAL reduces a refused certificate, an unknown host and a proxy's log-in page to one
 * and the same `endpoints_resolution_error`, so `onFailure` is told here, where the cause is still known.
 */
export function createSignInHttp(
  options: { ca: string | undefined; timeoutMs: number; host: string; signal: () => AbortSignal | undefined },
  onFailure: (failure: UpstreamError) => void,
): INetworkModule {
  const ca = trustedAuthorities(options.ca);
  const http = axios.create({
    httpsAgent: new https.Agent({ ...(ca && { ca }) }),
    proxy: false,
    timeout: options.timeoutMs,
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    validateStatus: () => true,
  });

  async function call<T>(method: 'get' | 'post', url: string, sent: NetworkRequestOptions | undefined) {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    const stop = options.signal();
    try {
      const answer = await http.request({
        method,
        url,
        headers: sent?.headers ?? {},
        ...(sent?.body !== undefined && { data: sent.body }),
        signal: stop === undefined ? deadline : AbortSignal.any([deadline, stop]),
      });
      const failure = refusalIn(answer, options.host);
      if (failure !== null) onFailure(failure);
      return {
        headers: { ...answer.headers } as Record<string, string>,
        body: answer.data as T,
        status: answer.status,
      };
    } catch (error) {
      const failure = brokenCall(error, { host: options.host, stopped: stop?.aborted, late: deadline.aborted });
      onFailure(failure);
      // Not the raw client error: it holds the form with the client secret.
      throw failure;
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
  const at = `could not sign in at \`${host}\``;
  if (stopped) return new UpstreamError('sign-in', 'stopped', `${at}: stopped while waiting`);
  if (late) return new UpstreamError('sign-in', 'timeout', `${at}: no answer in time`);
  if (axios.isAxiosError(error) && error.message.includes('maxContentLength'))
    return new UpstreamError('sign-in', 'too-large', `${at}: the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
  const fault = socketFaultOf(error);
  return new UpstreamError('sign-in', fault.code, `${at}: ${fault.says}`);
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
