import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Agent, type Dispatcher, request } from 'undici';
import { type Deadline, deadline } from '../../http/deadline.ts';
import { socketFaultOf } from '../../http/socket_errors.ts';
import { tlsOptions } from '../../http/tls.ts';
import { UpstreamError } from '../../util/errors.ts';

/** Ten times the longest honest answer; packed and unpacked. */
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
export function createModelFetch({ ca, timeoutMs, send }: ModelFetchOptions): () => QuestionFetch {
  const dispatcher = new Agent({
    maxResponseSize: MAX_ANSWER_BYTES,
    // The SDK's clock and the deadline below rule: undici's own limits of five minutes would cut a longer setting short.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { rejectUnauthorized: true, ...tlsOptions(ca) },
  });
  const go = send ?? straight(dispatcher);
  return () => {
    const deadlines: Deadline[] = [];
    return {
      async fetch(url, init) {
        // The SDK keeps the time; a moment later, so that its clock rules.
        const inTime = deadline(timeoutMs + 1000);
        deadlines.push(inTime);
        const signal = init?.signal ? AbortSignal.any([init.signal, inTime.signal]) : inTime.signal;
        return await go(url, { ...init, signal });
      },
      over() {
        for (const inTime of deadlines) inTime.clear();
      },
    };
  };
}

/**
 * One call as the SDK makes it: a text goes out and a text comes back. Not by `fetch`, whose streams on both ways take a
 * quarter of a large run's processor time (`bench/README.md`).
 */
const straight =
  (dispatcher: Dispatcher): Fetch =>
  async (url, init) => {
    const signal = init?.signal ?? null;
    const answer = await request(String(url), {
      dispatcher,
      signal,
      method: init?.method as Dispatcher.HttpMethod,
      headers: { ...(init?.headers as Record<string, string>), 'accept-encoding': 'identity' },
      body: init?.body as string,
    });
    const text = await textOf(answer).catch(asValue);
    signal?.throwIfAborted();
    return answered(text, answer.statusCode, headersOf(answer));
  };

/** Held until the SDK reads the answer: it repeats what could not be sent, and what could not be read is an answer. */
const asValue = (error: unknown): UpstreamError => {
  if ((error as NodeJS.ErrnoException).code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || error instanceof RangeError) {
    return new UpstreamError('model', 'too-large', 'the answer of the model endpoint is too large');
  }
  if (error instanceof UpstreamError) return error;
  const { code, says } = socketFaultOf(error);
  return new UpstreamError('model', code, `the model endpoint could not be talked to: ${says}`);
};

/** Whole already, so that no stream has to be opened, read or cancelled. */
function answered(text: string | UpstreamError, status: number, headers: Headers): Response {
  const read = async (): Promise<string> => {
    if (text instanceof UpstreamError) throw text;
    return text;
  };
  return Object.assign(new Response(null, { status, headers }), { text: read });
}

type Unpack = (packed: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

/** Plain answers are asked for; some gateways pack all the same. */
const UNPACK: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

async function textOf({ headers, body }: Dispatcher.ResponseData): Promise<string> {
  const packedAs = `${headers['content-encoding'] ?? 'identity'}`.toLowerCase();
  if (packedAs === 'identity') return await body.text();
  const packed = await body.bytes();
  if (packed.length === 0) return '';
  const unpack = UNPACK.get(packedAs) ?? unreadable(null);
  // A few packed kilobytes can unpack to gigabytes.
  const unpacked = await unpack(packed, { maxOutputLength: MAX_ANSWER_BYTES }).catch(unreadable);
  return new TextDecoder().decode(unpacked);
}

function unreadable(error: unknown): never {
  if (error instanceof RangeError) throw error;
  throw new UpstreamError('model', 'not-json', 'the model endpoint packed its answer in a way that cannot be read');
}

function headersOf({ headers }: Dispatcher.ResponseData): Headers {
  const own = new Headers();
  for (const [name, values] of Object.entries(headers)) {
    for (const value of [values].flat()) if (value !== undefined) own.append(name, value);
  }
  return own;
}
