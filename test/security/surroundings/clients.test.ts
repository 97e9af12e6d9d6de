/**
 * Every upstream may be broken, hijacked or hostile. What holds for one client has to hold for all four: this table
 * asks each of them the same. What only one of them can meet stands in its own tests (test/vault, test/score, test/alert).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeCertificates } from '../../../simulator/certificates.ts';
import { ask, type ClientName, CREDENTIALS, type Outcome } from './clients.ts';
import { answer, type Behaviour, metadataOf, startUpstream, type Upstream } from './upstream.ts';

const NAMES = Object.keys(CREDENTIALS) as ClientName[];
/** What they are called in errors. */
const CALLED = { vault: 'vault', model: 'model', signIn: 'sign-in', graph: 'mail' } as const;
/** Far beyond what any of them may take, and small enough to be made in a moment. */
const MUCH = Buffer.alloc(20_000_000, ' ');
const MUCH_IN_GZIP = gzipSync(MUCH, { level: 1 });
const MUCH_IN_BROTLI = brotliCompressSync(MUCH, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

let upstream: Upstream;
let elsewhere: Upstream;
/** Of an authority with the same name and another key. */
let stranger: Upstream;
beforeAll(async () => {
  // One authority for both: the mail has one setting for sign-in and Graph together.
  const certificates = await makeCertificates();
  [upstream, elsewhere, stranger] = await Promise.all([
    startUpstream(certificates),
    startUpstream(certificates),
    startUpstream(),
  ]);
});
afterAll(() => Promise.all([upstream, elsewhere, stranger].map((one) => one.close())));
beforeEach(() => {
  for (const name of NAMES) upstream.misbehave(name, null);
});
afterEach(() => vi.unstubAllEnvs());

/** What each client says when its upstream behaves so; where the mail goes, the sign-in before it is well. */
async function met(behaviour: Behaviour, timeoutMs?: number): Promise<Record<ClientName, string>> {
  const outcomes = await Promise.all(
    NAMES.map(async (name) => {
      upstream.misbehave(name, behaviour);
      return [name, wordOf(await ask(name, { ...upstream, ...(timeoutMs && { timeoutMs }) }, elsewhere))] as const;
    }),
  );
  return Object.fromEntries(outcomes) as Record<ClientName, string>;
}

const wordOf = (outcome: Outcome): string => {
  if (outcome === 'fine') return outcome;
  // Whatever was said is one readable line without anything secret in it, and of a length that fits a report.
  for (const secret of Object.values(CREDENTIALS)) expect(outcome.message).not.toContain(secret);
  expect(outcome.message.length).toBeLessThan(500);
  expect(outcome.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  return outcome.code;
};

test('an upstream that behaves gives each what it asked for', async () => {
  expect(Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await ask(name, upstream)])))).toEqual({
    vault: 'fine',
    model: 'fine',
    signIn: 'fine',
    graph: 'fine',
  });
});

describe('an answer that is too large is given up', () => {
  /** Writes without end, as fast as it is read. */
  const endless =
    (status: number, headers: Record<string, string> = {}): Behaviour =>
    (_request, response) => {
      const part = 'x'.repeat(65_536);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      const more = () => void (response.writable && response.write(part, () => setImmediate(more)));
      more();
    };
  // Whoever answers a mail with anything but 202 has not accepted it; what else it says is not read.
  const tooLarge = { vault: 'too-large', model: 'too-large', signIn: 'too-large', graph: 'refused' };
  test.each<[string, Behaviour]>([
    ['that never ends', endless(200)],
    ['that announces its size', endless(200, { 'content-length': String(MUCH.length) })],
    ['packed small with gzip', answer(200, { 'content-encoding': 'gzip' }, MUCH_IN_GZIP)],
    ['packed small with br', answer(200, { 'content-encoding': 'br' }, MUCH_IN_BROTLI)],
  ])('%s', async (_what, behaviour) => {
    expect(await met(behaviour)).toEqual(tooLarge);
  });

  test('packed twice', async () => {
    const twice = answer(200, { 'content-encoding': 'gzip, gzip' }, gzipSync(MUCH_IN_GZIP));
    // Who unpacks only the outer wrapping, or none of two, finds no JSON in it.
    expect(await met(twice)).toEqual({ ...tooLarge, vault: 'not-json', model: 'not-json', signIn: 'not-json' });
  });

  test('also one that explains a refusal', async () => {
    for (const refusal of [endless(400), answer(400, { 'content-encoding': 'gzip' }, MUCH_IN_GZIP)]) {
      expect(await met(refusal)).toMatchObject({ vault: 'too-large', signIn: 'too-large', graph: 'refused' });
    }
  });

  test('and so is a head that is larger than any honest one', async () => {
    const large = { 'x-padding': 'x'.repeat(100_000) };
    expect(await met(answer(200, large, '{}'))).toEqual({ ...tooLarge, graph: 'too-large' });
  });

  test('one that says less than it holds is read as far as it said, or not at all', async () => {
    const lying: Behaviour = (_request, response) => {
      response.socket?.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}${' '.repeat(1e6)}`,
      );
    };
    for (const outcome of Object.values(await met(lying)))
      expect(outcome).toMatch(/fine|unreachable|wrong-shape|refused/);
  });
});

describe('an answer that does not come to an end in time is given up', () => {
  test('because nothing comes', async () => {
    expect(new Set(Object.values(await met(() => {}, 150)))).toEqual(new Set(['timeout']));
  });

  test('because its head or its body comes in drops', async () => {
    const dripping =
      (start: string): Behaviour =>
      async (_request, response) => {
        const socket = response.socket;
        for (const drop of start) {
          if (!socket?.writable) return;
          socket.write(drop);
          if (drop === '\n') await sleep(1);
        }
        while (socket?.writable) {
          socket.write('x');
          await sleep(20);
        }
      };
    expect(new Set(Object.values(await met(dripping('HTTP/1.1 200 OK\r\nx: '), 150)))).toEqual(new Set(['timeout']));
    const begun = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n';
    const late = { vault: 'timeout', model: 'timeout', signIn: 'timeout' };
    expect(await met(dripping(begun), 150)).toMatchObject(late);
    upstream.misbehave('graph', dripping(begun.replace('200 OK', '400 No')));
    expect(await ask('graph', { ...upstream, timeoutMs: 1000 }, elsewhere)).toMatchObject({ code: 'refused' });
  });
});

describe('a credential goes to the configured address and nowhere else', () => {
  test.each([302, 307])('a redirect (%i) is not followed', async (status) => {
    const outcomes = await met(answer(status, { location: `${elsewhere.origin}/ztna/acme/v1/trap` }, ''));
    for (const name of NAMES) expect(outcomes[name]).toMatch(/refused|not-json/);
    expect(elsewhere.received()).not.toContain('trap');
  });

  test('a sign-in that says that tokens are given out elsewhere is refused, and the secret stays here', async () => {
    upstream.misbehave('signIn', answer(200, {}, metadataOf(upstream.origin, `${elsewhere.origin}/trap`)));
    const outcome = await ask('signIn', upstream);
    expect(outcome).toMatchObject({ code: 'refused', message: expect.stringContaining('so nothing is sent there') });
    expect(elsewhere.received()).not.toContain('trap');
  });

  test('no variable of the environment sends it elsewhere, or takes something else along', async () => {
    const proxy = 'http://127.0.0.1:9';
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']) {
      vi.stubEnv(name, proxy);
    }
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('MSAL_FORCE_REGION', 'westeurope');
    vi.stubEnv('OPENAI_BASE_URL', 'https://127.0.0.1:9');
    vi.stubEnv('OPENAI_ORG_ID', 'of-the-environment');
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'Authorization: Bearer of-the-environment\nX-More: of-the-environment');
    for (const name of NAMES) expect([name, await ask(name, upstream)]).toEqual([name, 'fine']);
    expect(upstream.received()).not.toContain('of-the-environment');
    expect(upstream.received()).not.toContain('westeurope');
  });
});

describe('a certificate is verified, whatever the environment says', () => {
  beforeEach(() => vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0'));

  test('one of an authority that nobody named', async () => {
    const before = upstream.connections();
    for (const name of ['vault', 'model', 'signIn'] as const) {
      expect(await ask(name, { ...upstream, ca: undefined })).toMatchObject({ code: 'certificate' });
    }
    expect(upstream.connections()).toBe(before);
  });

  test('one of another authority of the same name', async () => {
    for (const name of NAMES) {
      const outcome = await ask(name, { ...stranger, ca: upstream.ca }, elsewhere);
      expect(outcome).toMatchObject({ upstream: CALLED[name], code: 'certificate' });
    }
    expect(stranger.connections()).toBe(0);
  });

  test('one for another host: nothing is sent over the connection', async () => {
    const before = upstream.received();
    for (const name of NAMES) {
      const where = { ...upstream, origin: upstream.origin.replace('localhost', '127.0.0.2') };
      const outcome = await ask(name, where, elsewhere);
      expect(outcome).toMatchObject({ code: 'certificate', message: expect.stringContaining('for another host') });
    }
    expect(upstream.received()).toBe(before);
  });
});
