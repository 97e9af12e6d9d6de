import type { INetworkModule, NetworkRequestOptions } from '@azure/msal-node';
import type { ConnectionOptions } from '../http/connections.ts';
import { faultIn } from '../http/faults.ts';
import type { Network } from '../http/network.ts';
import { openUpstream } from '../http/upstream.ts';
import { plainLine } from '../text/plain_text.ts';
import { UPSTREAMS, UpstreamError } from '../util/errors.ts';
import { againAfter, MicrosoftError } from './microsoft_error.ts';
import { adviceOn, SIGN_IN_REFUSALS } from './refusals.ts';

const MAX_ANSWER_BYTES = 1_000_000;

type SignInHttpOptions = Pick<ConnectionOptions, 'ca' | 'proxy'> & {
  readonly timeoutMs: number;
  /** The address of the sign-in service, the only one that is ever asked. */
  readonly origin: string;
  /** What stops the call of the moment. */
  readonly signal: () => AbortSignal | undefined;
  readonly now: () => number;
  readonly network?: Network | undefined;
};

export type SignInHttp = INetworkModule & { close(): void };

/**
 * The HTTP client that MSAL uses. MSAL reduces a refused certificate, an unknown host and a proxy's log-in page to one
 * and the same `endpoints_resolution_error`, so `onFailure` is told here, where the cause is still known.
 * INVARIANT: the client secret goes to the configured address alone, wherever an answer or the environment points: the
 * service says itself where tokens are given out, and MSAL would believe it.
 */
export function createSignInHttp(
  { signal, origin, now, ...options }: SignInHttpOptions,
  onFailure: (failure: UpstreamError) => void,
): SignInHttp {
  const { host } = new URL(origin);
  const upstream = openUpstream({
    ...options,
    ...{ upstream: UPSTREAMS['sign-in'], url: origin, maxAnswerBytes: MAX_ANSWER_BYTES },
  });

  async function call<T>(method: 'GET' | 'POST', url: string, sent: NetworkRequestOptions | undefined) {
    try {
      const answer = await upstream.fetch(url, {
        method,
        headers: sent?.headers ?? {},
        body: sent?.body ?? null,
        signal: signal() ?? null,
      });
      const { status } = answer;
      const body = jsonOrText(await answer.text());
      const failure = refusalIn(answer, body, host, now());
      if (failure !== null) onFailure(failure);
      return { headers: Object.fromEntries(answer.headers), body: body as T, status };
    } catch (error) {
      // Not the error of a client: it could hold the form with the client secret.
      const { code, message, certificate } = faultIn(error);
      const says = `could not sign in at \`${host}\`: ${plainLine(message, 200)}`;
      const failure = new UpstreamError('sign-in', code, says, { certificate });
      onFailure(failure);
      throw failure;
    }
  }
  return {
    sendGetRequestAsync: (url, sent) => call('GET', url, sent),
    sendPostRequestAsync: (url, sent) => call('POST', url, sent),
    close: upstream.close,
  };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What an answer of the sign-in service complains about; null when it is fine. */
function refusalIn(answer: Response, body: unknown, host: string, now: number): UpstreamError | null {
  const { status, headers } = answer;
  const { error, error_description: description } = isObject(body) ? body : {};
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
    return new MicrosoftError('sign-in', codeOf(status, error), `${at} was refused: ${status}${detail}`, {
      ...facts,
      advice: adviceOn(SIGN_IN_REFUSALS, status, vendorCode),
      again: againAfter(error === 'temporarily_unavailable' ? 503 : status, headers.get('retry-after'), now),
    });
  }
  if (!isObject(body))
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
