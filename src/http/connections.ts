import tls from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import { FetchFault } from './faults.ts';
import type { Incoming, Network } from './network.ts';
import { openTunnels } from './proxy.ts';

export type ConnectionOptions = {
  /** A row of UPSTREAMS, or one like it: what the other side is called in errors, and which setting names its proxy. */
  readonly upstream: { readonly title: string; readonly proxy: readonly string[] };
  /** PEM of a private authority, trusted in addition to the public ones. */
  readonly ca: string | undefined;
  /** Of the vault alone (VAULT_TLS_INSECURE). */
  readonly tlsInsecure?: boolean;
  /** Address of a proxy; may hold user and password. */
  readonly proxy?: string | undefined;
  /** For making one connection; the deadline of a call is kept in front. */
  readonly timeoutMs: number;
  /** As they come over the line. 0: the head is the answer, and nothing else is waited for. */
  readonly maxAnswerBytes: number;
  /** At the same time; unlimited when it is not given. */
  readonly connections?: number;
  /** `false`: a connection of its own for each call. */
  readonly keepAlive?: boolean;
};

/** Longer heads than an honest server sends; said here, so that no variable of the environment can change it. */
const MAX_HEAD_BYTES = 16 * 1024;

/** The connections to one origin, directly or through a proxy. They are kept open between calls and closed by `close`. */
export function openConnections(origin: string, options: ConnectionOptions): { send: Network; close(): void } {
  const { proxy, timeoutMs, maxAnswerBytes, connections, keepAlive = true } = options;
  // Said explicitly, or a variable of the environment (NODE_TLS_REJECT_UNAUTHORIZED) would decide it.
  const connect = { timeout: timeoutMs, rejectUnauthorized: !options.tlsInsecure, secureContext: trusting(options.ca) };
  const common = {
    ...(connections !== undefined && { connections }),
    // undici's word for "no keep-alive" is 0.
    pipelining: keepAlive ? 1 : 0,
    maxHeaderSize: MAX_HEAD_BYTES,
    // The deadline of a call rules; undici's own limits of five minutes would cut a longer setting short.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const dispatcher: Dispatcher =
    proxy === undefined
      ? new Pool(origin, { ...common, connect })
      : openTunnels(proxy, options.upstream.proxy.join(), { ...common, connect });

  return {
    send: (request, signal, left) =>
      new Promise<Incoming>((resolve, reject) => {
        const { url, method, headers, body } = request;
        const parts: Buffer[] = [];
        let size = 0;
        let head: Omit<Incoming, 'body'> | null = null;
        let running: Dispatcher.DispatchController | null = null;

        function end(broken: Error | null): void {
          signal.removeEventListener('abort', giveUp);
          if (head === null) reject(broken);
          else resolve({ ...head, body: broken ?? Buffer.concat(parts, size) });
        }
        function giveUp(): void {
          // What still waits for a connection is given up as soon as it would get one.
          if (running === null) end(signal.reason);
          else running.abort(signal.reason);
        }

        signal.addEventListener('abort', giveUp, { once: true });
        dispatcher.dispatch(
          { origin, path: url.pathname + url.search, method, headers, body },
          {
            // Called when a connection is there, its certificate checked, and right before the request is written to it.
            onRequestStart(controller) {
              running = controller;
              if (signal.aborted) controller.abort(signal.reason);
              else left();
            },
            onResponseStart(controller, status, given) {
              if (status < 200) return;
              head = { status, headers: given };
              const announced = Number(given['content-length'] ?? 0);
              if (maxAnswerBytes === 0 || announced > maxAnswerBytes) controller.abort(tooLarge());
            },
            onResponseData(controller, part) {
              size += part.length;
              if (size > maxAnswerBytes) controller.abort(tooLarge());
              else parts.push(part);
            },
            // A turn later the connection is free for the next call; before that, a second one would be opened for it.
            onResponseEnd: () => queueMicrotask(() => setImmediate(end, null)),
            onResponseError: (_, error) => end(error),
          },
        );
      }),
    close: () => void dispatcher.destroy().catch(() => {}),
  };
}

export const tooLarge = (): FetchFault =>
  new FetchFault('too-large', 'its answer is larger than is safe to read', true);

/**
 * Which authorities are trusted: those that this Node trusts anyway (NODE_EXTRA_CA_CERTS among them, as in version 0.1:
 * whoever can set it can also replace the program) and, when one is given, the private one. Giving `ca` to a TLS socket
 * replaces the defaults, and behind one setting may stand a private sign-in server and the public Graph.
 *
 * One context for all connections: given as a list of certificates, Node would read all of them again for each
 * connection, and hold a copy of them for as long as it is open.
 */
function trusting(ca: string | undefined): tls.SecureContext {
  const known = contexts.get(ca);
  if (known !== undefined) return known;
  const context = tls.createSecureContext({
    ca: [...tls.getCACertificates('default'), ...(ca === undefined ? [] : [ca])],
  });
  contexts.set(ca, context);
  return context;
}

/** A process knows the authorities of its settings, three at the most. */
const contexts = new Map<string | undefined, tls.SecureContext>();
