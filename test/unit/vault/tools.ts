/** What the tests of the vault client share: a session that looks for leaks, a clock that does not wait, a bare server. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, beforeEach, expect } from 'vitest';
import { makeCertificates } from '../../../simulator/certificates.ts';
import type { Simulator } from '../../../simulator/simulator.ts';
import type { Clock } from '../../../src/util/clock.ts';
import { UpstreamError } from '../../../src/util/errors.ts';
import { openSession, type Session, type SessionOptions } from '../../../src/vault/session.ts';

export const NOON = Date.UTC(2026, 3, 29, 12);
export const MINUTE = 60_000;

export const jwt = (claims: object): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature of PLANTEDxSECRET']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
export const TOKEN = jwt({ ousr: 'svc-portcullis', exp: 1_893_456_000 });

/** Time that passes only while somebody sleeps, and then at once. */
export type TestClock = Clock & { readonly pauses: number[] };
export function testClock(start = NOON): TestClock {
  const pauses: number[] = [];
  let now = start;
  return {
    pauses,
    now: () => now,
    sleep: async (ms, signal) => {
      if (signal?.aborted) return;
      pauses.push(ms);
      now += ms;
      // One turn of the event loop, so that sockets and hooks of the test go on.
      await turn();
    },
  };
}

export type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The same number for calls on the same connection. */
  readonly socket: number;
};
export type Reply = { status?: number; headers?: Record<string, string>; body?: unknown };
export type Server = {
  readonly origin: string;
  readonly url: string;
  readonly ca: string;
  readonly calls: Received[];
  /** Gives the answer, or answers itself and gives null. */
  answer: (call: Received, response: ServerResponse) => Reply | null | Promise<Reply | null>;
  close(): Promise<void>;
};

/** A server that can do what no simulated vault would do. */
/** One for the tests of a file, stopped behind the last; what each test counts is its own. */
export async function serverOfFile(): Promise<Server> {
  const server = await startServer();
  afterAll(() => server.close());
  beforeEach(() => {
    server.calls.length = 0;
  });
  return server;
}

export async function startServer(): Promise<Server> {
  const { caPem, certPem, keyPem } = await makeCertificates();
  const sockets = new Map<Socket, number>();
  const http = createServer({ key: keyPem, cert: certPem }, async (request, response) => {
    const { method = '', url = '', headers } = request;
    const call = { method, url, headers, body: await text(request), socket: sockets.get(request.socket) ?? 0 };
    server.calls.push(call);
    const reply = await server.answer(call, response);
    if (reply === null) return;
    const { status = 200, body = {} } = reply;
    response.writeHead(status, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  http.on('secureConnection', (socket: Socket) => {
    sockets.set(socket, sockets.size + 1);
  });
  http.on('tlsClientError', () => {});
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const origin = `https://localhost:${(http.address() as AddressInfo).port}`;
  const server: Server = {
    origin,
    url: `${origin}/ztna/acme`,
    ca: caPem,
    calls: [],
    answer: () => ({}),
    close: async () => {
      http.close();
      for (const socket of sockets.keys()) socket.destroy();
      await once(http, 'close');
    },
  };
  return server;
}

type Place = Pick<SessionOptions, 'url' | 'token'> & { readonly ca: string | undefined };
export const placeOf = (sim: Simulator): Place => ({
  url: sim.settings.VAULT_URL ?? '',
  token: sim.vault.token,
  ca: sim.caPem,
});

export function openTestSession(
  place: Partial<SessionOptions> & { url: string; ca: string | undefined },
  clock: Clock = testClock(),
): Session {
  const { url, ca, token = TOKEN, tlsInsecure = false, timeoutMs = 5_000, concurrency = 4, ...rest } = place;
  return openSession({ url, ca, token, tlsInsecure, timeoutMs, concurrency, ...rest }, clock);
}

/** The error that a call ends with. Fails the test when there is none, or when a token could be read from it. */
export async function failure(call: Promise<unknown>, token = TOKEN): Promise<UpstreamError> {
  const error = await call.then(
    (value) => expect.fail(`it succeeded with ${JSON.stringify(value)}`),
    (e: unknown) => e,
  );
  expectNoSecret(error, token);
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}

export function expectNoSecret(thing: unknown, ...secrets: string[]): void {
  const everything = [inspect(thing, { depth: 10, showHidden: true }), JSON.stringify(thing), String(thing)].join('\n');
  for (const secret of secrets) expect(everything).not.toContain(secret);
  expect(everything).not.toMatch(/bearer/i);
}

export const DEFAULT_PATHS = {
  list: '/api/request/auditor-requests',
  approve: '/api/request/approve/{id}',
  reject: '/api/request/reject/{id}',
  complete: '/api/request/complete/{id}',
  asset: '/api/asset/asset/{id}',
  getCredentials: '/api/mcp/get-asset-credentials/{assetId}',
  submitRequest: '/api/mcp/submit-request',
  requestStatus: '/api/mcp/get-request-status/{action}',
  completeRequest: '/api/mcp/complete-request/{requestId}',
} as const;
