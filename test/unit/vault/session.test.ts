import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/util/clock.ts';
import type { SessionOptions } from '../../../src/vault/session.ts';
import {
  failure,
  jwt,
  NOON,
  openTestSession,
  type Reply,
  type Server,
  startServer,
  TOKEN,
  testClock,
} from './tools.ts';

let server: Server;
let elsewhere: Server;
beforeAll(async () => {
  [server, elsewhere] = await Promise.all([startServer(), startServer()]);
});
afterAll(() => Promise.all([server.close(), elsewhere.close()]));
beforeEach(() => {
  for (const one of [server, elsewhere]) one.calls.length = 0;
});
afterEach(() => vi.unstubAllEnvs());

const open = (changes: Partial<SessionOptions> = {}, clock = testClock()) =>
  openTestSession({ url: server.url, ca: server.ca, ...changes }, clock);
const readJson = (session = open(), signal?: AbortSignal) => session.readJson('list requests', '/list', {}, signal);
/** The answers one after the other; the last one stays. */
const answers = (...replies: Reply[]) => {
  let n = 0;
  server.answer = () => replies[Math.min(n++, replies.length - 1)] ?? {};
};

describe('a read', () => {
  test('carries the token, asks for JSON and is appended to the vault address', async () => {
    answers({ body: { ok: true } });
    expect(await open().readJson('x', '/a/b', { from: 1, s: 'created,desc' })).toEqual({ ok: true });
    expect(server.calls).toMatchObject([
      { method: 'GET', url: expect.stringMatching(/^\/ztna\/acme\/a\/b\?from=1&s=created(,|%2C)desc$/) },
    ]);
    expect(server.calls[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, accept: 'application/json' });
  });

  test('uses one connection again and again', async () => {
    answers({});
    const session = open();
    for (let i = 0; i < 5; i++) await readJson(session);
    expect(new Set(server.calls.map(({ socket }) => socket)).size).toBe(1);
  });

  test('uses no more connections at once than it may', async () => {
    server.answer = async () => {
      await sleep(5);
      return {};
    };
    const session = open({ concurrency: 3 });
    await Promise.all(Array.from({ length: 12 }, () => readJson(session)));
    expect(new Set(server.calls.map(({ socket }) => socket)).size).toBeLessThanOrEqual(3);
  });

  test('pays no heed to the proxy variables of the environment', async () => {
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])
      vi.stubEnv(name, 'http://127.0.0.1:9');
    vi.stubEnv('NO_PROXY', '');
    answers({});
    await readJson();
    expect(server.calls).toHaveLength(1);
  });

  test('does not leave the vault, whatever address it is given', async () => {
    const error = await failure(open().read(`${elsewhere.origin}/spec`));
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('is not the vault') });
    // A user in its own address would take the place of the token.
    for (const user of ['evil.example', 'user:password']) {
      const named = await failure(open().read(server.url.replace('https://', `https://${user}@`)));
      expect(named).toMatchObject({ code: 'refused', message: expect.stringContaining('is not the vault') });
    }
    for (const address of ['https://localhost.evil.example/', 'http://localhost/', 'ftp:x', 'no address at all'])
      await failure(open().read(address));
    expect(elsewhere.calls).toEqual([]);
    expect(server.calls).toEqual([]);
  });

  test('keeps long numbers in text as they are', async () => {
    answers({ headers: { 'content-type': 'text/plain' }, body: '12345678901234567890' });
    expect((await open().read('/x')).text).toBe('12345678901234567890');
  });

  test('understands a body with a byte order mark, and one in gzip', async () => {
    answers({ body: '\uFEFF{"a":1}' });
    expect(await readJson()).toEqual({ a: 1 });
    server.answer = (_call, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":2}'));
      return null;
    };
    expect(await readJson()).toEqual({ a: 2 });
  });
});

describe('a refusal ends with one clear sentence, at once', () => {
  test.each([
    [
      401,
      'unauthorized',
      'the vault refused to list requests: 401 (token of `svc-portcullis` ends 2030-01-01T00:00:00.000Z)',
    ],
    [
      403,
      'unauthorized',
      'the vault refused to list requests: 403 (token of `svc-portcullis` ends 2030-01-01T00:00:00.000Z)',
    ],
    [400, 'refused', 'the vault refused to list requests: 400'],
    [404, 'refused', 'the vault refused to list requests: 404'],
    [204, 'refused', 'the vault refused to list requests: 204'],
  ])('%i is `%s`', async (status, code, message) => {
    answers({ status, body: status === 204 ? '' : { secret: 'in the answer' } });
    expect(await failure(readJson())).toMatchObject({ code, message, status });
    expect(server.calls).toHaveLength(1);
  });

  test.each([301, 302, 303, 307, 308])('%i: a redirect is not followed and gets no token', async (status) => {
    answers({ status, headers: { location: `${elsewhere.origin}/login` } });
    const error = await failure(readJson());
    expect(error).toMatchObject({ code: 'refused', status });
    expect(error.message).toContain('redirect');
    expect(elsewhere.calls).toEqual([]);
    answers({ status, headers: { location: `${elsewhere.origin}/login` } });
    await open().write('PUT', '/x', 'body', 'text/plain');
    expect(elsewhere.calls).toEqual([]);
  });

  test.each([
    ['names no user', jwt({ exp: 1_893_456_000 }), ' (token ends 2030-01-01T00:00:00.000Z)'],
    ['never ends', jwt({ ousr: 'a' }), ' (token of `a`)'],
    ['says in milliseconds that it never ends', jwt({ ousr: 'a', exp: 9_999_999_999_999 }), ' (token of `a`)'],
    ['ends at no date', jwt({ ousr: 'a', exp: 1e300 }), ' (token of `a`)'],
    ['is no JWT inside', 'a.b.c', ' (token)'],
    ['holds null', jwt(JSON.parse('null')), ' (token)'],
  ])('a token that %s does not stand in the way of the sentence', async (_name, token, note) => {
    answers({ status: 401 });
    const error = await failure(readJson(open({ token })), token);
    expect(error.message).toBe(`the vault refused to list requests: 401${note}`);
  });
});

describe('what may pass by itself is tried again', () => {
  test.each([
    ['503', { status: 503 }],
    ['500', { status: 500 }],
    ['429', { status: 429 }],
    ['a web page', { headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>one moment</p>' }],
    ['half an answer', { body: '{"data": [' }],
    ['an empty answer', { body: '' }],
  ])('%s, then an answer', async (_name, reply) => {
    const clock = testClock();
    answers(reply, reply, reply, { body: { data: [] } });
    expect(await readJson(open({}, clock))).toEqual({ data: [] });
    expect(server.calls).toHaveLength(4);
    expect(clock.pauses).toHaveLength(3);
  });

  test('with pauses that grow and are never the same', async () => {
    const clock = testClock();
    answers({ status: 503 });
    await failure(readJson(open({}, clock)));
    const [first = 0, second = 0, third = 0] = clock.pauses;
    expect(clock.pauses).toHaveLength(3);
    for (const [pause, growing] of [
      [first, 400],
      [second, 800],
      [third, 1600],
    ] as const) {
      expect(pause).toBeGreaterThanOrEqual(growing / 2);
      expect(pause).toBeLessThan(growing * 1.5);
    }
  });

  test.each([
    ['seconds', '7', 7_000],
    ['no seconds', '0', 0],
    ['a date', new Date(NOON + 9_000).toUTCString(), 9_000],
    ['a date that is past', new Date(NOON - 9_000).toUTCString(), 0],
    ['a time that is not sensible', '86400', 60_000],
  ])('after the pause that `Retry-After` asks for in %s', async (_name, retryAfter, pause) => {
    for (const status of [429, 503]) {
      const clock = testClock();
      answers({ status, headers: { 'retry-after': retryAfter } }, {});
      await readJson(open({}, clock));
      expect(clock.pauses).toEqual([pause]);
    }
  });

  test('but not for ever', async () => {
    answers({ status: 503 });
    expect(await failure(readJson())).toMatchObject({
      code: 'server-error',
      status: 503,
      message: 'the vault failed to list requests: 503',
    });
    expect(server.calls).toHaveLength(4);
  });

  test.each([
    ['a web page', '<html>', 'the vault answered a web page when asked to list requests'],
    ['half an answer', '{"a', 'the vault answered something that is not complete JSON when asked to list requests'],
  ])('%s that stays is called what it is', async (_name, body, message) => {
    answers({ body });
    expect(await failure(readJson())).toMatchObject({ code: 'not-json', message });
  });

  test('and lists nested without end are refused before they take all the memory', async () => {
    answers({ body: `${'['.repeat(200_000)}${']'.repeat(200_000)}` });
    expect(await failure(readJson())).toMatchObject({
      ...{ code: 'too-large', message: 'the vault answered lists nested without end when asked to list requests' },
    });
    // Brackets in a text are a text.
    answers({ body: { data: ['['.repeat(200_000), '\\"{'.repeat(200_000)] } });
    expect(await readJson()).toMatchObject({ data: [{}, {}].map(() => expect.any(String)) });
  });

  test('a connection that drops, before or in the middle of an answer', async () => {
    for (const start of [false, true]) {
      let n = 0;
      server.answer = (_call, response) => {
        if (n++ > 0) return { body: { ok: 1 } };
        if (start) response.writeHead(200, { 'content-length': '1000' }).write('{"data":[');
        setTimeout(() => response.destroy(), 5);
        return null;
      };
      expect(await readJson()).toEqual({ ok: 1 });
    }
  });

  test('a connection that always drops in the middle is a dropped connection, not a large answer', async () => {
    server.answer = (_call, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"data":[');
      setTimeout(() => response.destroy(), 5);
      return null;
    };
    expect(await failure(readJson())).toMatchObject({
      code: 'unreachable',
      message: 'the vault cannot be reached: connection dropped',
    });
  });
});

describe('an answer that does not come', () => {
  const hang = () => {
    server.answer = () => null;
  };
  test('is given up after the time-out, and asked for again', async () => {
    hang();
    const clock = testClock();
    expect(await failure(readJson(open({ timeoutMs: 60 }, clock)))).toMatchObject({
      code: 'timeout',
      message: 'the vault cannot be reached: no answer in time',
    });
    expect(clock.pauses).toHaveLength(3);
  });

  test('wholly, because the server sends a byte now and then, is given up too', async () => {
    server.answer = (_call, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
      return null;
    };
    const started = Date.now();
    expect(await failure(readJson(open({ timeoutMs: 100 })))).toMatchObject({ code: 'timeout' });
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test('does not hold up a stop', async () => {
    const stop = new AbortController();
    server.answer = () => {
      stop.abort();
      return null;
    };
    expect(await failure(readJson(open({ timeoutMs: 30_000 }), stop.signal))).toMatchObject({ code: 'stopped' });
    expect(server.calls).toHaveLength(1);
  });

  test('nor does a pause that the server asked for', async () => {
    const stop = new AbortController();
    server.answer = () => {
      setTimeout(() => stop.abort(), 50);
      return { status: 429, headers: { 'retry-after': '30' } };
    };
    const started = Date.now();
    expect(await failure(readJson(openTestSession(server, systemClock), stop.signal))).toMatchObject({
      code: 'stopped',
    });
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(server.calls).toHaveLength(1);
  });

  test('and a run that is stopped already asks for nothing', async () => {
    answers({});
    expect(await failure(readJson(open(), AbortSignal.abort()))).toMatchObject({ code: 'stopped' });
    expect(server.calls).toEqual([]);
  });
});

describe('an answer that is too large', () => {
  test('is not read to its end and not asked for again', async () => {
    answers({ body: JSON.stringify('x'.repeat(5_000)) });
    expect(await failure(readJson(open({ maxAnswerBytes: 2_000 })))).toMatchObject({ code: 'too-large' });
    expect(server.calls).toHaveLength(1);
  });

  test('is told by what it unpacks to', async () => {
    server.answer = (_call, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000)));
      return null;
    };
    expect(await failure(readJson(open({ maxAnswerBytes: 20_000 })))).toMatchObject({ code: 'too-large' });
  });

  test('leaves it open whether a write was done', async () => {
    answers({ body: 'x'.repeat(5_000) });
    expect(await failure(open({ maxAnswerBytes: 2_000 }).write('PUT', '/x', '', 'text/plain'))).toMatchObject({
      code: 'too-large',
      maybeDone: true,
    });
  });
});
