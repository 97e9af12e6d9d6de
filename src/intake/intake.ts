import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { describeError } from '../util/errors.ts';
import { type Asks, createAsks } from './asks.ts';
import { type IntakeSettings, intakeRoutes, LONGEST_WAIT_S, type RouteOptions } from './routes.ts';

export type Intake = Pick<Asks, 'around'> & {
  /** Null when the port cannot be had. */
  readonly port: number | null;
  close(): Promise<void>;
};

export type IntakeOptions = Omit<RouteOptions, 'settings' | 'asks'> & {
  readonly settings: IntakeSettings;
  /** Asks the daemon for a cycle. */
  readonly begin: () => void;
};

/** So many connections at a time, and of one address; the others are closed at once. */
const MOST_CONNECTIONS = 256;
const MOST_OF_ONE = 64;

const TIMES = {
  maxHeaderSize: 8192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;

/**
 * Takes signed messages that ask for a cycle, and tells decisions. A port that cannot be had is an error in the log; the
 * daemon does its work on the schedule all the same.
 */
export async function openIntake({ settings, begin, ...parts }: IntakeOptions): Promise<Intake> {
  const { log } = parts;
  const { host, port, tls, behindProxy } = settings;
  const asks = createAsks(begin);
  const app = intakeRoutes({ settings, asks, ...parts });
  // The adaptor's own Request and Response would otherwise replace the globals of the whole process.
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false }) as RequestListener;
  const server =
    tls === null
      ? createServer(TIMES, answer)
      : createTlsServer({ ...TIMES, cert: tls.cert, key: tls.key, handshakeTimeout: 10_000 }, answer);
  // Longer than anybody may wait for a decision.
  server.setTimeout((LONGEST_WAIT_S + 15) * 1000);
  server.maxConnections = MOST_CONNECTIONS;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    const ofOne = [...sockets].filter(({ remoteAddress }) => remoteAddress === socket.remoteAddress).length;
    if (ofOne >= MOST_OF_ONE && !behindProxy) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'the port is taken' : (code ?? describeError(error));
    log.error('intake.unavailable', { why, host, port });
    return { port: null, around: asks.around, close: async () => {} };
  }
  // Later faults of single connections are theirs alone.
  server.on('error', () => {});
  const { port: taken } = server.address() as AddressInfo;
  log.info('intake.listening', { host, port: taken, tls: tls !== null, reading: settings.token !== undefined });
  return {
    port: taken,
    around: asks.around,
    async close() {
      asks.end();
      const closed = once(server, 'close');
      server.close();
      // Those who wait are answered first; nobody is waited for longer than a moment.
      const late = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, CLOSING_MS);
      server.closeIdleConnections();
      await closed;
      clearTimeout(late);
    },
  };
}
const CLOSING_MS = 1_000;
