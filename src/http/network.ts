import type { IncomingHttpHeaders } from 'node:http';

/** One request as it leaves, to the origin of its upstream and no other. */
export type Outgoing = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

/** The answer to it. The status stands whatever becomes of the body: that is all its bytes, or why they did not come. */
export type Incoming = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | Error;
};

/**
 * What carries the requests of the upstreams: connections (`connections.ts`), or what stands in their place where whole
 * runs are tried on a made-up network. No setting leads there. Deadlines, the pinned origin and what errors say stay in
 * front of it; limits of size, certificates and proxies belong to what it replaces.
 *
 * INVARIANT: `left` is called before the first byte of the request can reach the upstream, and after `signal` is aborted
 * nothing leaves any more. Whatever was not `left` was not received.
 */
export type Network = (request: Outgoing, signal: AbortSignal, left: () => void) => Promise<Incoming>;
