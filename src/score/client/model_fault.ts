import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { FetchFault, faultIn } from '../../http/faults.ts';
import { duration } from '../../phrases/time_words.ts';
import { plainLine } from '../../text/plain_text.ts';
import { UpstreamError } from '../../util/errors.ts';
import { isQuotaUsedUp, LONGEST_WAIT_MS } from '../budget/rate_limit_headers.ts';
import type { Complaint } from './abilities.ts';

/**
 * What the SDK throws, in our words. A raw SDK error never leaves this folder: it holds headers, and some endpoints
 * repeat the key in their message.
 */

/** The error for the caller. `key` is what must not be in its message; `toldPauseMs` the pause that a 429 asked for. */
export function modelFault(error: unknown, key: string, toldPauseMs: number | null): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (error instanceof APIUserAbortError) return fault('stopped', 'stopped while the model was asked');
  if (error instanceof APIConnectionTimeoutError) return fault('timeout', 'the model did not answer in time');
  if (error instanceof APIError && error.status !== undefined)
    return statusFault(error, error.status, key, toldPauseMs);
  if (error instanceof SyntaxError)
    return fault('not-json', 'the model endpoint answered with a body that is not JSON');

  // The first when no answer came, the second when its body did not.
  if (error instanceof APIConnectionError || error instanceof FetchFault) {
    const { code, message, certificate } = faultIn(error);
    if (code === 'timeout') return fault(code, 'the model did not answer in time');
    return new UpstreamError('model', code, `the model endpoint could not be talked to: ${message}`, { certificate });
  }
  const kind = error instanceof Error ? error.name : typeof error;
  return fault('wrong-shape', `the exchange with the model endpoint failed in an unforeseen way: ${kind}`);
}

function statusFault(error: APIError, status: number, key: string, toldPauseMs: number | null): UpstreamError {
  const said = endpointSaid(error, key);
  // What it said about a key is not repeated: endpoints quote parts of the key there.
  if (status === 401 || status === 403)
    return fault('unauthorized', `the model endpoint refused the key: ${status}`, status);
  if (status >= 300 && status < 400) {
    return fault('not-json', `the model endpoint answered with a redirect, which is not followed: ${status}`, status);
  }
  if (status === 408) return fault('timeout', `the model endpoint gave up waiting: ${status}`, status);
  if (status === 402 || (status === 429 && isQuotaUsedUp(error))) {
    return fault('used-up', `the account of the model has nothing left to ask with: ${status}${said}`, status);
  }
  if (status === 429 && toldPauseMs !== null && toldPauseMs > LONGEST_WAIT_MS) {
    const pause = duration(toldPauseMs);
    return fault('used-up', `the model endpoint asks for a pause of ${pause}: ${status}${said}`, status);
  }
  if (status === 429) {
    return fault('server-error', `the model endpoint asks for fewer questions: ${status}${said}`, status);
  }
  if (status >= 500) return fault('server-error', `the model endpoint failed: ${status}${said}`, status);
  return fault('refused', `the model endpoint refused the question: ${status}${said}`, status);
}

function endpointSaid(error: APIError, key: string): string {
  // Only a JSON error is a message for us; anything else is somebody's web page.
  if (error.error === undefined || error.error === null) return '';
  const said = complaintOf(error).message;
  if (key !== '' && said.includes(key)) return ' (its message repeats the key and is withheld)';
  const plain = plainLine(said.replace(/\b(sk-|bearer\s+)\S+/gi, '$1***'), 160);
  return plain === '' ? '' : ` (${plain})`;
}

/** The endpoint's own words, without the status that the SDK puts before them. */
export function complaintOf(error: APIError): Complaint {
  const param = typeof error.param === 'string' ? error.param : null;
  return { param, message: error.message.replace(/^\d{3} /, '') };
}

/** Whether a refusal means that the question does not fit into the model, so that a smaller one may. */
export function isTooLong(error: APIError): boolean {
  if (error.status === 413 || error.code === 'context_length_exceeded') return true;
  return error.status === 400 && /context (length|window|size)|prompt is too long|too many tokens/i.test(error.message);
}

/** Whether a filter before the model refused what the question says. */
export function isFiltered(error: APIError): boolean {
  return error.status === 400 && /^content_(filter|policy_violation)$/.test(error.code ?? '');
}

function fault(code: UpstreamError['code'], message: string, status?: number): UpstreamError {
  return new UpstreamError('model', code, message, { status });
}
