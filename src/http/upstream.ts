import { type ConnectionOptions, openConnections } from './connections.ts';
import { FetchFault, socketFaultOf } from './faults.ts';
import type { Incoming, Network, Outgoing } from './network.ts';
import { unpacked } from './unpack.ts';

export type UpstreamOptions = ConnectionOptions & {
  /** Its address; nothing is ever sent to another origin. */
  readonly url: string;
  /** For a whole call: a server that sends a byte now and then must not hold up a run. */
  readonly timeoutMs: number;
  /** Of an answer, packed and unpacked. 0: the status is the answer. */
  readonly maxAnswerBytes: number;
  /** Whether answers are asked for packed; one that comes packed all the same is unpacked anyway. */
  readonly packed?: boolean;
  /** Carries the requests in place of connections of its own. */
  readonly network?: Network | undefined;
};

export type Fetch = typeof globalThis.fetch;

/** The way to one upstream. */
export type UpstreamClient = {
  /**
   * One request, one answer, whatever its status: a redirect is an answer, and nobody follows it. The answer is whole when
   * it is there: its `text` and `json` wait for nothing, and throw the fault when its body did not come whole.
   * @throws {FetchFault} when no answer came, with whether the request may have arrived
   */
  readonly fetch: Fetch;
  /** Ends what is under way, and the connections. */
  close(): void;
};

/**
 * INVARIANT: a credential that is given to this fetch goes to the origin of `url` alone, over TLS whose certificate is
 * verified. Neither an answer nor the environment can change where.
 */
export function openUpstream(options: UpstreamOptions): UpstreamClient {
  const { upstream, timeoutMs, maxAnswerBytes, packed = false, network } = options;
  const { origin } = new URL(options.url);
  const way = options.proxy === undefined ? '' : ` through the proxy (${upstream.proxy.join()})`;
  const { send, close } = network === undefined ? openConnections(origin, options) : { send: network, close: () => {} };

  function outgoing(input: string, { method = 'GET', headers, body }: RequestInit): Outgoing {
    const url = URL.parse(input);
    if (url?.origin !== origin || url.username !== '' || url.password !== '') {
      const where = url === null || url.origin === origin ? 'an address that cannot be used' : `\`${url.origin}\``;
      throw new FetchFault('refused', `${where} is not ${upstream.title}, so nothing is sent there`, false);
    }
    if (typeof body !== 'string' && body !== undefined && body !== null) throw new TypeError('only texts are sent');
    const given = Object.fromEntries(new Headers(headers));
    const accepted = packed ? 'gzip, deflate, br' : 'identity';
    return { url, method, headers: { ...given, 'accept-encoding': accepted }, body: body ?? null };
  }

  const fetch: Fetch = async (input, init = {}) => {
    const stop = init.signal ?? undefined;
    const { signal, clear } = deadline(timeoutMs, stop);
    let sent = false;
    const faultOf = (error: unknown): FetchFault => {
      if (stop?.aborted) return new FetchFault('stopped', 'stopped while waiting', sent);
      if (signal.aborted) return new FetchFault('timeout', `no answer in time${sent ? '' : way}`, sent);
      if (error instanceof FetchFault) return error;
      const { code, says, certificate } = socketFaultOf(error);
      return new FetchFault(code, says, sent, certificate);
    };
    try {
      signal.throwIfAborted();
      const request = outgoing(String(input), init);
      const { status, headers, body } = await send(request, signal, () => {
        sent = true;
      });
      if (body instanceof Error) return new WholeResponse(status, headers, faultOf(body));
      return new WholeResponse(status, headers, await unpacked(body, headers, maxAnswerBytes));
    } catch (error) {
      throw faultOf(error);
    } finally {
      clear();
    }
  };
  return { fetch, close };
}

/** Whole already, so that no stream has to be opened, read or cancelled: on large runs those are what takes the time. */
class WholeResponse extends Response {
  readonly #body: Buffer | FetchFault;

  constructor(status: number, headers: Incoming['headers'], body: Buffer | FetchFault) {
    super(null, { status, headers: pairsOf(headers) });
    this.#body = body;
  }

  override readonly text = async (): Promise<string> => {
    if (this.#body instanceof FetchFault) throw this.#body;
    const bytes = this.#body;
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return bytes.toString('utf8', marked ? 3 : 0);
  };

  override readonly json = async (): Promise<unknown> => JSON.parse(await this.text());
}

function pairsOf(headers: Incoming['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, values = []]) =>
    [values].flat().map((value): [string, string] => [name, byBytes(value)]),
  );
}

/** A header is bytes. One that was read as text goes back to them, or `Headers` would refuse the whole answer. */
const byBytes = (value: string): string =>
  /[^\0-\xff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;

/** The deadline of one call. `clear` when the call is over, so that no timer outlives it. */
export type Deadline = { readonly signal: AbortSignal; clear(): void };

/**
 * `signal` is aborted with a `TimeoutError` after `ms`, or as soon as `stop` is. Unlike `AbortSignal.timeout` it uses
 * `setTimeout`, so that a test which controls the time controls this too. Keeps no process alive.
 */
export function deadline(ms: number, stop?: AbortSignal): Deadline {
  const controller = new AbortController();
  const end = () => controller.abort();
  const timer = setTimeout(() => controller.abort(new DOMException('no answer in time', 'TimeoutError')), ms);
  timer.unref?.();
  if (stop?.aborted) end();
  else stop?.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', end);
    },
  };
}
