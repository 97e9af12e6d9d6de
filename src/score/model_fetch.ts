import { createSecureContext, getCACertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import { type Deadline, deadline } from '../kit/deadline.ts';
import { UpstreamError } from '../kit/errors.ts';

/** Ten times the longest honest answer. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export type Fetch = typeof globalThis.fetch;

/** The calls of one question; `over` when the last answer to it is read. */
export type QuestionFetch = { readonly fetch: Fetch; over(): void };

type ModelFetchOptions = {
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  /** Sends in place of real connections. */
  readonly send?: Fetch | undefined;
};

/**
 * The way to the model's endpoint: own connections, kept open between questions, with a private authority trusted in
 * addition to the usual ones. Goes straight there (no proxy of the environment), and follows no redirect, because the
 * key would go with it: a redirect comes back as the answer that it is. Certificates are verified, whatever the
 * environment says about that.
 */
export function createModelFetch({
  ca,
  timeoutMs,
  send = undiciFetch as unknown as Fetch,
}: ModelFetchOptions): () => QuestionFetch {
  const dispatcher = new Agent({
    maxResponseSize: MAX_ANSWER_BYTES,
    // The SDK's clock and the deadline below rule: undici's own limits of five minutes would cut a longer setting short.
    headersTimeout: 0,
    bodyTimeout: 0,
    // The authorities are read once, not for each connection.
    connect: {
      rejectUnauthorized: true,
      ...(ca !== undefined && { secureContext: createSecureContext({ ca: [...getCACertificates('default'), ca] }) }),
    },
  });
  return () => {
    const deadlines: Deadline[] = [];
    return {
      async fetch(url, init) {
        // The SDK keeps the time, except while it reads the body of an error; a moment later, so that its clock rules.
        const inTime = deadline(timeoutMs + 1000);
        deadlines.push(inTime);
        const signal = init?.signal ? AbortSignal.any([init.signal, inTime.signal]) : inTime.signal;
        const straight: object = { dispatcher, redirect: 'manual' };
        return bounded(await send(url, { ...init, signal, ...straight }));
      },
      over() {
        for (const inTime of deadlines) inTime.clear();
      },
    };
  };
}

/** Statuses whose answer has no body, as `Response` sees it. */
const BODILESS = [204, 205, 304];

/** The agent counts what comes over the wire; a few packed kilobytes can unpack to gigabytes, so this is counted as well. */
function bounded(answer: Response): Response {
  if (answer.body === null || BODILESS.includes(answer.status)) return answer;
  let size = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(part, controller) {
      size += part.byteLength;
      if (size <= MAX_ANSWER_BYTES) controller.enqueue(part);
      else controller.error(new UpstreamError('model', 'too-large', 'the answer of the model endpoint is too large'));
    },
  });
  const { status, statusText, headers } = answer;
  return new Response(answer.body.pipeThrough(counted), { status, statusText, headers: [...headers] });
}
