import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isOwnHost } from '../http/own_host.ts';
import { describeError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';

export type Page = { readonly status: number; readonly type: string; readonly text: string };
/** The pages by their path. */
export type Pages = Readonly<Record<string, () => Promise<Page>>>;
export type ListenOptions = {
  readonly port: number;
  readonly host: string;
  /** Host names by which it may be asked, besides `localhost` and IP addresses. */
  readonly names: readonly string[];
};
export type HealthServer = {
  /** Null when there is none: switched off, or the port is taken. */
  readonly port: number | null;
  close(): Promise<void>;
};

const NONE: HealthServer = { port: null, close: async () => {} };

/** So many connections at a time; for one more the oldest is closed. */
const MOST_CONNECTIONS = 256;

/**
 * Answers GET and HEAD for a few pages and nothing else, and reads no body. Whoever asks slowly, at length or all the
 * time costs little: small headers, short time-outs, few connections. Port 0: no server. A port that cannot be had is a
 * warning; the daemon does its work all the same.
 *
 * INVARIANT: whoever asks is heard, however many connections others keep open: a question takes a moment, so the oldest
 * connection is never one that is being answered.
 */
export async function serveHealth({ port, host, names }: ListenOptions, pages: Pages, log: Log): Promise<HealthServer> {
  if (port === 0) return NONE;
  const server = createServer(
    {
      maxHeaderSize: 4096,
      headersTimeout: 5_000,
      requestTimeout: 5_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
    },
    (asked, answer) => void respond(asked, answer, pages, names),
  );
  server.setTimeout(10_000);
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > MOST_CONNECTIONS) oldest?.destroy();
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'EADDRINUSE' ? 'the port is taken' : (code ?? describeError(error));
    log.warn('health.unavailable', {
      why,
      setting: code === 'EADDRNOTAVAIL' ? 'HEALTH_HOST' : 'HEALTH_PORT',
      host,
      port,
    });
    return NONE;
  }
  // Later faults of single connections are theirs alone.
  server.on('error', () => {});
  const { port: taken } = server.address() as AddressInfo;
  log.info('health.listening', { host, port: taken, pages: Object.keys(pages) });
  return {
    port: taken,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(
  asked: IncomingMessage,
  answer: ServerResponse,
  pages: Pages,
  names: readonly string[],
): Promise<void> {
  const { status, type, text } = isOwnHost({ host: asked.headers.host, rawHeaders: asked.rawHeaders }, names)
    ? await pageOf(asked, pages)
    : FOREIGN;
  // What comes after the headers of the question is never read; the connection cannot serve another one then.
  const more = asked.headers['content-length'] !== undefined || asked.headers['transfer-encoding'] !== undefined;
  answer.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
    ...(more && { connection: 'close' }),
  });
  answer.end(asked.method === 'HEAD' ? undefined : text);
}

async function pageOf({ method, url }: IncomingMessage, pages: Pages): Promise<Page> {
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD');
  const path = (url ?? '').split('?')[0] ?? '';
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (page === undefined) return plain(404, `only ${Object.keys(pages).join(' and ')}`);
  try {
    return await page();
  } catch {
    return plain(500, 'the page could not be made');
  }
}

const FOREIGN: Page = {
  status: 421,
  type: 'text/plain; charset=utf-8',
  text: 'ask by an IP address, as localhost, or by a name in HEALTH_NAMES\n',
};

const plain = (status: number, text: string): Page => ({
  status,
  type: 'text/plain; charset=utf-8',
  text: `${text}\n`,
});
