import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { FetchFault, faultIn } from '../../http/faults.ts';
import { duration } from '../../phrases/time_words.ts';
import { plainLine } from '../../text/plain_text.ts';
import { UpstreamError } from '../../util/errors.ts';
import { LONGEST_WAIT_MS } from '../budget/rate_limit_headers.ts';
import type { Heard } from './hear.ts';

/**
 * What the SDK throws, in our words. A raw SDK error never leaves this folder: it holds headers, and some endpoints
 * repeat the key in their message.
 */

type About = {
  /** What must not be in the message. */
  readonly key: string;
  /** What the endpoint said last. */
  readonly heard: Heard | null;
  /** The pause that a 429 asked for. */
  readonly toldPauseMs: number | null;
  readonly model: string;
};

/** The error for the caller. */
export function modelFault(error: unknown, about: About): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (error instanceof APIUserAbortError) return fault('stopped', 'stopped while the model was asked');
  if (error instanceof APIConnectionTimeoutError) return fault('timeout', 'the model did not answer in time');
  if (error instanceof APIError && error.status !== undefined) return statusFault(error.status, about);
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

function statusFault(status: number, { heard, key, toldPauseMs, model }: About): UpstreamError {
  if (status >= 300 && status < 400) {
    return fault('not-json', `the model endpoint answered with a redirect, which is not followed: ${status}`, status);
  }
  const told = `${status}${heard?.said.inside ? ' in an answer with HTTP 200' : ''}`;
  const said = `${told}${endpointSaid(heard, key)}`;
  switch (heard?.meaning) {
    case 'unauthorized':
      // What it said about a key is not repeated: endpoints quote parts of the key there.
      return fault('unauthorized', `the model endpoint refused the key: ${told}`, status);
    case 'used-up':
      return fault('used-up', `the account of the model has nothing left to ask with: ${said}`, status);
    case 'unknown-model':
      return fault('refused', `the model endpoint has no model \`${model}\` or nothing at that path: ${said}`, status);
    case 'busy':
      break;
    default:
      return fault('refused', `the model endpoint refused the question: ${said}`, status);
  }
  if (status === 408) return fault('timeout', `the model endpoint gave up waiting: ${told}`, status);
  if (status !== 429) return fault('server-error', `the model endpoint failed: ${said}`, status);
  if (toldPauseMs !== null && toldPauseMs > LONGEST_WAIT_MS) {
    return fault('used-up', `the model endpoint asks for a pause of ${duration(toldPauseMs)}: ${said}`, status);
  }
  return fault('server-error', `the model endpoint asks for fewer questions: ${said}`, status);
}

function endpointSaid(heard: Heard | null, key: string): string {
  // Only a JSON error is a message for us; anything else is somebody's web page.
  if (heard === null || heard.said.form !== 'json') return '';
  const said = heard.said.message;
  if (key !== '' && said.includes(key)) return ' (its message repeats the key and is withheld)';
  const plain = plainLine(said.replace(/\b(sk-|bearer\s+)\S+/gi, '$1***'), 160);
  return plain === '' ? '' : ` (${plain})`;
}

function fault(code: UpstreamError['code'], message: string, status?: number): UpstreamError {
  return new UpstreamError('model', code, message, { status });
}
