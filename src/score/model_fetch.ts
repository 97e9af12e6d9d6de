import { getCACertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';

/** Ten times the longest honest answer. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export type Fetch = typeof globalThis.fetch;

/**
 * The way to the model's endpoint: own connections, kept open between questions, with a private authority trusted in
 * addition to the usual ones. Goes straight there (no proxy of the environment), and follows no redirect, because the
 * key would go with it: a redirect comes back as the answer that it is.
 */
export function createModelFetch({ ca, timeoutMs }: { ca: string | undefined; timeoutMs: number }): Fetch {
  const dispatcher = new Agent({
    maxResponseSize: MAX_ANSWER_BYTES,
    // The SDK's clock and the deadline below rule: undici's own limits of five minutes would cut a longer setting short.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(ca !== undefined && { connect: { ca: [...getCACertificates('default'), ca] } }),
  });
  const send = undiciFetch as unknown as (url: unknown, init: object) => Promise<Response>;
  return (url, init) => {
    // The SDK keeps the time, except while it reads the body of an error; a moment later, so that its clock rules.
    const deadline = AbortSignal.timeout(timeoutMs + 1000);
    const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    return send(url, { ...init, signal, dispatcher, redirect: 'manual' });
  };
}
