/** The one way out, over real sockets: what every client may rely on, whatever its SDK makes of it. */
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { FetchFault } from '../../../src/http/faults.ts';
import { openUpstream, type UpstreamOptions } from '../../../src/http/upstream.ts';
import { type Server, startServer } from '../vault/tools.ts';

let server: Server;
let elsewhere: Server;
beforeAll(async () => {
  [server, elsewhere] = await Promise.all([startServer(), startServer()]);
});
afterAll(() => Promise.all([server.close(), elsewhere.close()]));
beforeEach(() => {
  server.answer = () => ({});
  for (const one of [server, elsewhere]) one.calls.length = 0;
});

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});
function open(change: Partial<UpstreamOptions> = {}) {
  const upstream = { title: 'the vault', proxy: ['VAULT_PROXY'] };
  const options = { upstream, url: server.url, ca: server.ca, timeoutMs: 5000, maxAnswerBytes: 100_000, ...change };
  const client = openUpstream(options);
  opened.push(client);
  return client;
}

const SECRET = 'PLANTEDxSECRET';
const credential = { headers: { authorization: `Bearer ${SECRET}` } };

/** The fault that a call ends with; holds nothing of the call. */
async function faultOf(call: Promise<unknown>): Promise<FetchFault> {
  const error = await call.then(
    () => expect.fail('it succeeded'),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(FetchFault);
  expect(Object.hasOwn(error as Error, 'cause')).toBe(false);
  expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain(SECRET);
  return error as FetchFault;
}

async function listening(tcp: TcpServer): Promise<string> {
  tcp.listen(0, '127.0.0.1');
  onTestFinished(() => void tcp.close());
  await once(tcp, 'listening');
  return `https://localhost:${(tcp.address() as AddressInfo).port}`;
}
const hangingUp = () => listening(createTcp((socket) => void socket.on('error', () => {}).destroy()));
const deaf = () => listening(createTcp((socket) => void socket.on('error', () => {})));

describe('a request goes to its own origin alone', () => {
  test.each([
    ['another host', () => `${elsewhere.origin}/x`],
    ['another host that begins alike', () => `${server.origin}.evil.example/x`],
    ['another port that begins alike', () => `${server.origin}1/x`],
    [
      'the own host as a user of another',
      () => `${server.origin.replace('https://', 'https://vault:')}@evil.example/x`,
    ],
    ['a user at the own host', () => server.url.replace('https://', 'https://evil.example@')],
    ['a password at the own host', () => server.url.replace('https://', 'https://a:b@')],
    ['the own host without TLS', () => server.url.replace('https:', 'http:')],
    ['an address without a scheme', () => server.url.replace('https:', '')],
    ['a path alone', () => '/ztna/acme'],
    ['another scheme', () => 'file:///etc/passwd'],
    ['an address in data', () => 'data:text/plain,x'],
    ['backslashes', () => `https:\\\\evil.example\\@${new URL(server.url).host}/`],
    ['the port of another scheme', () => `https://localhost/`],
    ['nothing', () => ''],
  ])('%s is refused before anything is sent', async (_, address) => {
    const fault = await faultOf(open().fetch(address(), credential));
    expect(fault).toMatchObject({ code: 'refused', sent: false });
    expect(fault.message).toMatch(/is not the vault, so nothing is sent there$/);
    expect([...server.calls, ...elsewhere.calls]).toEqual([]);
  });

  test('tabs and line breaks that the parser drops lead to it all the same, or nowhere', async () => {
    await open().fetch(server.url.replace('acme', 'ac\n\tme'), credential);
    expect(server.calls[0]?.url).toBe('/ztna/acme');
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%i) is an answer, and nobody follows it', async (status) => {
    server.answer = () => ({ status, headers: { location: `${elsewhere.origin}/trap` } });
    for (const method of ['GET', 'PUT', 'POST']) {
      expect((await open().fetch(server.url, { ...credential, method, redirect: 'follow' })).status).toBe(status);
    }
    expect(server.calls).toHaveLength(3);
    expect(elsewhere.calls).toEqual([]);
  });
});

describe('whether a request may have arrived', () => {
  const post = { ...credential, method: 'POST', body: 'a comment' };

  test('it cannot have where nobody listens', async () => {
    const tcp = createTcp();
    const url = await listening(tcp);
    await new Promise((closed) => tcp.close(closed));
    expect(await faultOf(open({ url }).fetch(url, post))).toMatchObject({
      ...{ code: 'unreachable', message: 'connection refused', sent: false },
    });
  });

  test('it cannot have where the name does not resolve', async () => {
    const url = 'https://vault.invalid';
    expect(await faultOf(open({ url }).fetch(url, post))).toMatchObject({ code: 'unreachable', sent: false });
  });

  test('it cannot have where the certificate is not trusted', async () => {
    for (const ca of [undefined, elsewhere.ca]) {
      expect(await faultOf(open({ ca }).fetch(server.url, post))).toMatchObject({ code: 'certificate', sent: false });
    }
    expect(server.calls).toEqual([]);
  });

  test('it cannot have where the handshake breaks off, or never ends', async () => {
    const rude = await hangingUp();
    expect(await faultOf(open({ url: rude }).fetch(rude, post))).toMatchObject({ code: 'unreachable', sent: false });
    const url = await deaf();
    const options = { url, timeoutMs: 60 };
    expect(await faultOf(open(options).fetch(url, post))).toMatchObject({ code: 'timeout', sent: false });
    const stop = AbortSignal.timeout(60);
    expect(await faultOf(open({ url }).fetch(url, { ...post, signal: stop }))).toMatchObject({
      ...{ code: 'stopped', sent: false },
    });
  });

  test('it cannot have when there was a stop before it, and then nothing is sent', async () => {
    const stopped = { ...post, signal: AbortSignal.abort() };
    expect(await faultOf(open().fetch(server.url, stopped))).toMatchObject({ code: 'stopped', sent: false });
    await sleep(50);
    expect(server.calls).toEqual([]);
  });

  test('it cannot have while it waits for a connection, and it never leaves after that', async () => {
    let letGo = () => {};
    const first = new Promise<void>((resolve) => (letGo = resolve));
    server.answer = () => first.then(() => ({}));
    const { fetch } = open({ connections: 1 });
    const long = fetch(`${server.url}/first`, post);
    const late = faultOf(fetch(`${server.url}/second`, { ...post, signal: AbortSignal.timeout(100) }));
    expect(await late).toMatchObject({ code: 'stopped', sent: false });
    letGo();
    expect((await long).status).toBe(200);
    expect((await fetch(`${server.url}/third`, post)).status).toBe(200);
    expect(server.calls.map(({ url }) => url)).toEqual(['/ztna/acme/first', '/ztna/acme/third']);
  });

  test('it may have when the line drops after it, also on a connection that was used before', async () => {
    const { fetch } = open();
    await fetch(server.url);
    server.answer = (_, response) => {
      response.destroy();
      return null;
    };
    for (const client of [fetch, open().fetch]) {
      expect(await faultOf(client(server.url, post))).toMatchObject({
        ...{ code: 'unreachable', message: 'connection dropped', sent: true },
      });
    }
  });

  test('it may have when no answer comes, or a stop does not wait for it', async () => {
    server.answer = () => null;
    const { fetch } = open({ timeoutMs: 1000 });
    expect(await faultOf(fetch(server.url, post))).toMatchObject({ code: 'timeout', sent: true });
    const stop = new AbortController();
    server.answer = () => {
      stop.abort();
      return null;
    };
    expect(await faultOf(open().fetch(server.url, { ...post, signal: stop.signal }))).toMatchObject({
      ...{ code: 'stopped', message: 'stopped while waiting', sent: true },
    });
  });

  test('it may have when the connections are closed meanwhile', async () => {
    const client = open();
    server.answer = () => {
      client.close();
      return null;
    };
    expect(await faultOf(client.fetch(server.url, post))).toMatchObject({ sent: true });
  });
});

describe('an answer', () => {
  test('is whole when it is there: text, JSON, headers of any bytes', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'x-name': Buffer.from('Łukasz').toString('latin1') });
      response.end('\uFEFF{"name":"Łukasz 🙂"}');
      return null;
    };
    const answer = await open().fetch(server.url);
    server.answer = () => null;
    expect(await answer.json()).toEqual({ name: 'Łukasz 🙂' });
    expect(await answer.text()).toBe('{"name":"Łukasz 🙂"}');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(Buffer.from(answer.headers.get('x-name') ?? '', 'latin1').toString()).toBe('Łukasz');
  });

  test.each([200, 201, 204, 304, 418, 500, 599])('of status %i comes with it', async (status) => {
    server.answer = () => ({ status, body: '' });
    const answer = await open().fetch(server.url);
    expect([answer.status, await answer.text()]).toEqual([status, '']);
  });

  test('of a status that HTTP does not have is none', async () => {
    server.answer = (_, response) => {
      response.socket?.end('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n');
      return null;
    };
    expect(await faultOf(open().fetch(server.url))).toMatchObject({ code: 'unreachable', sent: true });
  });

  test('of somebody who does not speak HTTP is none', async () => {
    server.answer = (_, response) => {
      response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n');
      return null;
    };
    expect(await faultOf(open().fetch(server.url))).toMatchObject({ code: 'unreachable', sent: true });
  });

  test.each([
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ])('in `%s` is unpacked, with its first two bytes and without', async (as, pack) => {
    const packed = (text: string) => (_: unknown, response: import('node:http').ServerResponse) => {
      response.writeHead(200, { 'content-encoding': as }).end(pack(text));
      return null;
    };
    server.answer = packed('Łukasz');
    expect(await (await open({ packed: true }).fetch(server.url)).text()).toBe('Łukasz');
    expect(server.calls[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
    server.answer = packed('x'.repeat(1_000_000));
    const large = await open().fetch(server.url);
    expect(await faultOf(large.text())).toMatchObject({ code: 'too-large', sent: true });
    expect(server.calls[1]?.headers['accept-encoding']).toBe('identity');
  });

  test('keeps its status when its body breaks off, is too large, or does not come to an end', async () => {
    server.answer = (_, response) => {
      response.writeHead(202, { 'content-length': '1000' }).write('half');
      setTimeout(() => response.destroy(), 20);
      return null;
    };
    const broken = await open().fetch(server.url);
    expect([broken.status, (await faultOf(broken.text())).code]).toEqual([202, 'unreachable']);

    server.answer = () => ({ status: 202, body: 'x'.repeat(200_000) });
    const large = await open().fetch(server.url);
    expect([large.status, (await faultOf(large.text())).code]).toEqual([202, 'too-large']);

    server.answer = (_, response) => {
      response.writeHead(202);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
      return null;
    };
    const slow = await open({ timeoutMs: 1000 }).fetch(server.url);
    expect([slow.status, (await faultOf(slow.text())).code]).toEqual([202, 'timeout']);
  });

  test('whose head alone is wanted is there with its head', async () => {
    server.answer = (_, response) => {
      response.writeHead(200).flushHeaders();
      return null;
    };
    expect((await open({ maxAnswerBytes: 0, timeoutMs: 60_000 }).fetch(server.url)).status).toBe(200);
  });
});

describe('connections', () => {
  const sockets = () => new Set(server.calls.map(({ socket }) => socket)).size;

  test('are kept between calls, and one for each call where that is wanted', async () => {
    const { fetch } = open();
    for (let i = 0; i < 5; i++) await fetch(server.url);
    expect(sockets()).toBe(1);
    server.calls.length = 0;
    const single = open({ keepAlive: false });
    for (let i = 0; i < 3; i++) await single.fetch(server.url);
    expect(sockets()).toBe(3);
  });

  test('are closed at the end', async () => {
    const client = open();
    let closed: Promise<unknown> = Promise.resolve();
    server.answer = (_, response) => {
      if (response.socket) closed = once(response.socket, 'close');
      return {};
    };
    await client.fetch(server.url);
    client.close();
    await closed;
    expect(await faultOf(client.fetch(server.url))).toMatchObject({ sent: false });
  });
});

test('only texts are sent: of anything else nothing is', async () => {
  const body = new URLSearchParams({ client_secret: SECRET });
  expect(await faultOf(open().fetch(server.url, { method: 'POST', body }))).toMatchObject({ sent: false });
  expect(
    await faultOf(open().fetch(server.url, { headers: { authorization: `Bearer ${SECRET}\n\u0001` } })),
  ).toMatchObject({
    sent: false,
  });
  expect(server.calls).toEqual([]);
});
