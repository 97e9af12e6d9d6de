/**
 * The proxies of the settings, and no others: a real CONNECT proxy stands between the program and every upstream, and
 * writes down each byte. It learns hosts and ports; what a credential opens, and what is said, it never sees.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Certificates, makeCertificates } from '../../../simulator/certificates.ts';
import type { UpstreamError } from '../../../src/util/errors.ts';
import { openPlace } from '../../e2e/place.ts';
import { byTag } from '../../e2e/tagged_model.ts';
import { type ConnectProxy, startConnectProxy } from '../../helpers/connect_proxy.ts';
import { ask, type ClientName, CREDENTIALS, type Where } from './clients.ts';
import { answer, startUpstream, type Upstream } from './upstream.ts';

const NAMES = Object.keys(CREDENTIALS) as ClientName[];
/** The setting that names the proxy of each. */
const SETTING = { vault: 'VAULT_PROXY', model: 'OPENAI_PROXY', signIn: 'ALERT_PROXY', graph: 'ALERT_PROXY' } as const;
const USER = 'svc-portcullis:PLANTEDxSECRET@:/proxy';
const USER_IN_URL = USER.split(':').map(encodeURIComponent).join(':').replace('%40:', '%40%3A');

type ProxyOptions = Parameters<typeof startConnectProxy>[0];
async function aProxy(options?: ProxyOptions): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}
const addressOf = ({ port }: ConnectProxy, user = ''): string => `http://${user}${user && '@'}127.0.0.1:${port}`;

describe('a whole run over three proxies', () => {
  let proxies: Record<'VAULT_PROXY' | 'OPENAI_PROXY' | 'ALERT_PROXY', ConnectProxy>;
  let place: Awaited<ReturnType<typeof openPlace>>;
  beforeAll(async () => {
    const [vault, model, mail] = await Promise.all(
      [1, 2, 3].map(() => startConnectProxy({ user: 'svc:p@ss:PLANTEDxSECRET' })),
    );
    if (!vault || !model || !mail) throw new Error('no proxies');
    proxies = { VAULT_PROXY: vault, OPENAI_PROXY: model, ALERT_PROXY: mail };
    const settings = Object.fromEntries(
      Object.entries(proxies).map(([name, proxy]) => [name, addressOf(proxy, 'svc:p%40ss%3APLANTEDxSECRET')]),
    );
    place = await openPlace({ model: { behaviour: byTag } }, { ...settings, DEEP_ANALYSIS: 'true' });
    for (const risk of ['low', 'critical']) place.request(`a ${risk} one`, risk);
    const { code, log } = await place.run();
    expect(code, log).toBe(0);
    // Nothing is left open that would close by itself some seconds later.
    await vi.waitFor(() => expect(Object.values(proxies).map((proxy) => proxy.open())).toEqual([0, 0, 0]), 1500);
  });
  afterAll(async () => {
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
    await place[Symbol.asyncDispose]();
  });

  test('does what it does without', () => {
    expect(place.acts().sort()).toEqual(['approve a low one', 'reject a critical one']);
    expect(place.sim.mailbox.mails).toHaveLength(1);
  });

  test('asks each for its own upstreams by host and port, with its user and password', () => {
    const hostIn = (name: string) => new URL(place.settings[name] ?? '').host;
    expect(new Set(proxies.VAULT_PROXY.asked)).toEqual(new Set([hostIn('VAULT_URL')]));
    expect(new Set(proxies.OPENAI_PROXY.asked)).toEqual(new Set([hostIn('OPENAI_BASE_URL')]));
    expect(proxies.ALERT_PROXY.asked).toEqual([hostIn('ALERT_AUTHORITY_HOST'), hostIn('GRAPH_BASE_URL')]);
    const user = `Basic ${Buffer.from('svc:p@ss:PLANTEDxSECRET').toString('base64')}`;
    for (const { authorizations } of Object.values(proxies)) expect(new Set(authorizations)).toEqual(new Set([user]));
  });

  test('shows them nothing but TLS: no credential, no question, no comment, no mail', () => {
    const [mail] = place.sim.mailbox.mails;
    const said = [
      'CHG0041234',
      'Replace the toner',
      'Portcullis',
      'grant_type',
      'chat/completions',
      'sendMail',
      mail?.subject,
    ];
    const secrets = [
      ...place.sim.secrets,
      mail?.token,
      ...place.sim.model.calls.map(({ body }) => JSON.stringify(body)),
    ];
    for (const proxy of Object.values(proxies)) {
      const passed = proxy.passed();
      expect(passed.length).toBeGreaterThan(3000);
      // What does stand there in the clear: the host name of the handshake.
      expect(passed.includes('localhost')).toBe(true);
      for (const text of [...said, ...secrets]) {
        if (!text) throw new Error('nothing to look for');
        for (const form of [text, Buffer.from(text).toString('base64').slice(0, -4)]) {
          expect(passed.includes(form), text.slice(0, 40)).toBe(false);
          expect(proxy.heard()).not.toContain(form);
        }
      }
      expect(passed.toString('latin1')).not.toMatch(/HTTP\/1\.|[Aa]uthorization|Bearer/);
      expect(proxy.heard().replaceAll('Proxy-Authorization', '')).not.toMatch(/bearer|^authorization/im);
      expect(proxy.heard().match(/^[A-Z]+ .*$/gm)).toEqual(proxy.asked.map((address) => `CONNECT ${address}`));
    }
  });

  test('writes the password of a proxy nowhere', () => {
    for (const [where, text] of place.written()) {
      expect([where, /PLANTEDxSECRET|p%40ss|p@ss/.test(text)]).toEqual([where, false]);
    }
  });
});

describe('each client alone', () => {
  let certificates: Certificates;
  let upstream: Upstream;
  let elsewhere: Upstream;
  beforeAll(async () => {
    certificates = await makeCertificates();
    [upstream, elsewhere] = await Promise.all([startUpstream(certificates), startUpstream(certificates)]);
  });
  afterAll(() => Promise.all([upstream.close(), elsewhere.close()]));
  beforeEach(() => {
    for (const name of NAMES) upstream.misbehave(name, null);
  });
  afterEach(() => vi.unstubAllEnvs());

  const host = (where: Where) => new URL(where.origin).host;

  /** The error of a call over this proxy, which nothing reached: the sign-in of the mail is well, and elsewhere. */
  async function refused(name: ClientName, where: Partial<Where>): Promise<UpstreamError> {
    const before = upstream.received();
    const error = await ask(name, { ...upstream, ...where }, { ...elsewhere });
    if (error === 'fine') throw new Error(`${name} got through`);
    expect(upstream.received()).toBe(before);
    expect(error.maybeDone).toBe(false);
    expect(`${error.stack} ${JSON.stringify(error)} ${error.advice}`).not.toMatch(/PLANTEDxSECRET/);
    return error;
  }

  test.each(NAMES)('%s: goes through it, and only the proxy gets the user and the password', async (name) => {
    const proxy = await aProxy({ user: USER });
    expect(await ask(name, { ...upstream, proxy: addressOf(proxy, USER_IN_URL) })).toBe('fine');
    expect(new Set(proxy.asked)).toEqual(new Set([host(upstream)]));
    expect(upstream.received()).not.toMatch(/proxy-/i);
    expect(upstream.received()).not.toContain(Buffer.from(USER).toString('base64'));
  });

  test.each(NAMES)('%s: without the setting no proxy hears of it, whatever the environment says', async (name) => {
    const proxy = await aProxy();
    const variables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
    for (const variable of variables) vi.stubEnv(variable, addressOf(proxy));
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    for (const setting of Object.values(SETTING)) vi.stubEnv(setting, addressOf(proxy));
    expect(await ask(name, upstream)).toBe('fine');
    expect([proxy.heard(), proxy.passed().length]).toEqual(['', 0]);
  });

  test.each(NAMES)('%s: with the setting no variable makes an exception', async (name) => {
    const proxy = await aProxy();
    vi.stubEnv('NO_PROXY', '*');
    vi.stubEnv('no_proxy', 'localhost,127.0.0.1');
    expect(await ask(name, { ...upstream, proxy: addressOf(proxy) })).toBe('fine');
    expect(proxy.asked.length).toBeGreaterThan(0);
  });

  describe.each(NAMES)('%s: a proxy that lets nothing through is told with its setting', (name) => {
    /** What the mail needs first gets through. */
    const here = (address: string) => address === host(upstream);
    const through = (proxy: ConnectProxy, user = '') => ({ proxy: addressOf(proxy, user) });
    const told = (what: string) => ({
      code: 'proxy',
      message: expect.stringMatching(new RegExp(`: the proxy \\(${SETTING[name]}\\) ${what}$`)),
      advice: expect.stringContaining(`look at ${SETTING[name]}`),
    });

    test.each([
      [407, 'answered 407, it wants a user and a password, or other ones'],
      [403, 'answered 403, it does not let us through to that address'],
      [502, 'answered 502, it cannot reach that address'],
      [302, 'answered 302'],
    ])('because it answers %i', async (status, what) => {
      const proxy = await aProxy({ refuse: (address) => (here(address) ? status : undefined) });
      expect(await refused(name, through(proxy, USER_IN_URL))).toMatchObject(told(what));
    });

    test('because nobody listens there', async () => {
      const proxy = await startConnectProxy();
      await proxy.close();
      // The mail does not get as far as Graph.
      expect(await refused(name, through(proxy, USER_IN_URL))).toMatchObject(
        told('cannot be reached: connection refused'),
      );
    });

    test('because it hangs up, or speaks TLS where none is expected', async () => {
      const tls = await aProxy({ certificates });
      expect(await refused(name, through(tls))).toMatchObject(told('cannot be reached: .*'));
    });

    test('because it never answers', async () => {
      const proxy = await aProxy({ refuse: (address) => (here(address) ? null : undefined) });
      const error = await refused(name, { ...through(proxy), timeoutMs: 1000 });
      expect(error.code).toMatch(/^(timeout|proxy)$/);
      if (name !== 'model') expect(error.message).toContain(SETTING[name]);
    });
  });

  test.each(NAMES)('%s: a redirect through it is not followed either', async (name) => {
    const proxy = await aProxy();
    upstream.misbehave(name, answer(307, { location: `${elsewhere.origin}/ztna/acme/v1/trap` }, ''));
    const outcome = await ask(name, { ...upstream, proxy: addressOf(proxy) }, elsewhere);
    expect(outcome).not.toBe('fine');
    expect(elsewhere.received()).not.toContain('trap');
  });

  test.each(NAMES)('%s: the certificate of the upstream is verified inside the tunnel', async (name) => {
    const stranger = await startUpstream();
    onTestFinished(() => stranger.close());
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const proxy = await aProxy();
    const where = { origin: stranger.origin, proxy: addressOf(proxy) };
    expect(await refused(name, where)).toMatchObject({ code: 'certificate' });
    expect([stranger.received(), stranger.connections()]).toEqual(['', 0]);
    expect(proxy.asked).toContain(host(stranger));
  });

  describe('a proxy that speaks TLS itself', () => {
    const secure = ({ port }: ConnectProxy, name = 'localhost') => `https://${USER_IN_URL}@${name}:${port}`;

    test.each(NAMES)('%s: is used when an authority that is trusted signed for it', async (name) => {
      const proxy = await aProxy({ certificates, user: USER });
      expect(await ask(name, { ...upstream, proxy: secure(proxy) })).toBe('fine');
      expect(new Set(proxy.asked)).toEqual(new Set([host(upstream)]));
    });

    test.each(NAMES)('%s: gets neither user nor password when nobody trusted did', async (name) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      const stranger = await aProxy({ certificates: await makeCertificates() });
      for (const proxy of [secure(stranger), secure(await aProxy({ certificates }), '127.0.0.2')]) {
        // What is said about the vault's certificate does not hold for the proxy's.
        const error = await refused(name, { proxy, tlsInsecure: true });
        expect(error).toMatchObject({ code: 'proxy', message: expect.stringContaining('its certificate') });
      }
      expect(stranger.heard()).toBe('');
    });
  });
});
