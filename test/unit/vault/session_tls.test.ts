import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer as createTcp, type Server as TcpServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionOptions } from '../../../src/vault/session.ts';
import { failure, openTestSession, type Server, startServer } from './tools.ts';

let server: Server;
const others: TcpServer[] = [];
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  for (const other of others) other.close();
  await server.close();
});
beforeEach(() => {
  server.calls.length = 0;
});

const open = (changes: Partial<SessionOptions> = {}) => openTestSession({ url: server.url, ca: server.ca, ...changes });
const portOf = (tcp: TcpServer) => (tcp.address() as AddressInfo).port;
async function listening(tcp: TcpServer): Promise<number> {
  others.push(tcp);
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  return portOf(tcp);
}

/** Both kinds of call end alike; a write that cannot have arrived says so, which is what allows to try it again. */
async function bothFail(changes: Partial<SessionOptions>) {
  const read = await failure(open(changes).readJson('list requests', '/x'));
  const write = await failure(open(changes).write('PUT', '/x', 'comment', 'text/plain'));
  expect([write.code, write.message]).toEqual([read.code, read.message]);
  expect(server.calls).toEqual([]);
  return write;
}

describe('a vault whose certificate is not to be trusted gets neither token nor comment', () => {
  test('because nobody that is trusted signed it', async () => {
    expect(await bothFail({ ca: undefined })).toMatchObject({
      code: 'certificate',
      maybeDone: false,
      message: expect.stringContaining('the vault cannot be reached: its certificate'),
      advice: expect.stringContaining('VAULT_CA_FILE'),
    });
  });

  test('because another authority of the same name signed it', async () => {
    const stranger = await startServer();
    expect(await bothFail({ ca: stranger.ca })).toMatchObject({ code: 'certificate', maybeDone: false });
    await stranger.close();
  });

  test('because it is for another host', async () => {
    const url = server.url.replace('localhost', '127.0.0.2');
    const tcp = createTcp((socket) => {
      const onward = Number(new URL(server.url).port);
      const through = connect(onward, '127.0.0.1');
      socket.pipe(through).pipe(socket);
      for (const end of [socket, through]) end.on('error', () => {});
    });
    others.push(tcp);
    tcp.listen(0, '127.0.0.2');
    await once(tcp, 'listening');
    expect(await bothFail({ url: url.replace(/:\d+/, `:${portOf(tcp)}`) })).toMatchObject({
      code: 'certificate',
      maybeDone: false,
      message: 'the vault cannot be reached: its certificate is for another host',
    });
  });

  test('unless the setting for the lab says so', async () => {
    expect(await open({ ca: undefined, tlsInsecure: true }).readJson('x', '/x')).toEqual({});
  });
});

describe('an address where no vault is', () => {
  test('because nobody listens there', async () => {
    const tcp = createTcp();
    const port = await listening(tcp);
    await new Promise((closed) => tcp.close(closed));
    expect(await bothFail({ url: `https://localhost:${port}/ztna/acme` })).toMatchObject({
      code: 'unreachable',
      maybeDone: false,
      message: 'the vault cannot be reached: connection refused',
      advice: expect.stringContaining('VAULT_URL'),
    });
  });

  test('because the name does not exist', async () => {
    const error = await bothFail({ url: 'https://vault.invalid:6443/ztna/acme' });
    expect(error).toMatchObject({ code: 'unreachable', maybeDone: false });
    expect(error.message).toMatch(/its host name does not resolve/);
  });

  test('because it speaks no TLS', async () => {
    const http = createHttp((_request, response) => response.end('{}'));
    const port = await listening(http);
    expect(await bothFail({ url: `https://localhost:${port}/ztna/acme` })).toMatchObject({
      code: 'certificate',
      message: 'the vault cannot be reached: it does not speak TLS there',
    });
  });

  test('because it takes the connection and then says nothing at all', async () => {
    const port = await listening(createTcp((socket) => void socket.on('error', () => {})));
    expect(await bothFail({ url: `https://localhost:${port}/ztna/acme`, timeoutMs: 60 })).toMatchObject({
      code: 'timeout',
      message: 'the vault cannot be reached: no answer in time',
    });
  });

  test('because it hangs up during the handshake', async () => {
    const port = await listening(createTcp((socket) => void socket.on('error', () => {}).destroy()));
    expect(await bothFail({ url: `https://localhost:${port}/ztna/acme` })).toMatchObject({
      code: 'unreachable',
      message: 'the vault cannot be reached: connection dropped',
    });
  });
});
