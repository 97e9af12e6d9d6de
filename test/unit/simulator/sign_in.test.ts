import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import { afterEach, describe, expect, test } from 'vitest';
import { type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
afterEach(() => visitor.close());

const secret = () => visitor.sim.vault.asset(visitor.sim.estate.graphSecret.id)?.credential?.password ?? '';
const SCOPE = 'https://graph.microsoft.com/.default';

/** MSAL as Portcullis uses it: the authority is known, and the network is one that trusts the simulator's CA. */
function msal(changes: { tenant?: string; clientId?: string; clientSecret?: string } = {}) {
  const { ALERT_AUTHORITY_HOST: host = '', ALERT_TENANT_ID = '', ALERT_CLIENT_ID = '' } = visitor.sim.settings;
  const call = async (method: string, url: string, headers = {}, body?: string) => {
    const response = await visitor.fetch(url, { method, headers, ...(body !== undefined && { body }) });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as never,
    };
  };
  const networkClient: INetworkModule = {
    sendGetRequestAsync: (url, options) => call('GET', url, options?.headers),
    sendPostRequestAsync: (url, options) => call('POST', url, options?.headers, options?.body ?? ''),
  };
  return new ConfidentialClientApplication({
    auth: {
      clientId: changes.clientId ?? ALERT_CLIENT_ID,
      clientSecret: changes.clientSecret ?? secret(),
      authority: `${host}/${changes.tenant ?? ALERT_TENANT_ID}`,
      knownAuthorities: [new URL(host).host],
    },
    system: { networkClient },
  });
}

describe('the real MSAL', () => {
  test('gets a token that lasts an hour, and keeps it', async () => {
    visitor = await visit();
    const app = msal();
    const first = await app.acquireTokenByClientCredential({ scopes: [SCOPE] });
    const second = await app.acquireTokenByClientCredential({ scopes: [SCOPE] });
    expect(first?.accessToken).toMatch(/^eyJ[\w-]+\.[\w-]+\.sim-graph-/);
    expect(second?.accessToken).toBe(first?.accessToken);
    expect((first?.expiresOn?.getTime() ?? 0) - Date.now()).toBeGreaterThan(3_500_000);
    expect(visitor.sim.journal.of('token')).toHaveLength(1);
  });

  test.each([
    ['a wrong secret', { clientSecret: 'wrong' }, 'AADSTS7000215'],
    ['a wrong client id', { clientId: '00000000-0000-4000-8000-000000000000' }, 'AADSTS700016'],
  ])('%s is refused', async (_name, changes, code) => {
    visitor = await visit();
    await expect(msal(changes).acquireTokenByClientCredential({ scopes: [SCOPE] })).rejects.toThrow(code);
  });

  test('a wrong tenant is refused', async () => {
    visitor = await visit();
    await expect(msal({ tenant: 'elsewhere' }).acquireTokenByClientCredential({ scopes: [SCOPE] })).rejects.toThrow();
  });

  test('the scope may name Graph, or the address which stands in for it, and nothing else', async () => {
    visitor = await visit();
    const own = `${visitor.sim.settings.GRAPH_BASE_URL}/.default`;
    expect(await msal().acquireTokenByClientCredential({ scopes: [own] })).toHaveProperty('accessToken');
    const other = msal().acquireTokenByClientCredential({ scopes: ['https://vault.azure.net/.default'] });
    await expect(other).rejects.toThrow('AADSTS1002012');
  });

  test('a secret that was rotated in the vault counts at once', async () => {
    visitor = await visit();
    const old = secret();
    visitor.sim.vault.setCredential(visitor.sim.estate.graphSecret.id, { user: 'mail', password: 'fresh' });
    await expect(msal({ clientSecret: old }).acquireTokenByClientCredential({ scopes: [SCOPE] })).rejects.toThrow();
    expect(await msal().acquireTokenByClientCredential({ scopes: [SCOPE] })).toHaveProperty('accessToken');
  });
});

test('the journal keeps sign-ins without the secret', async () => {
  visitor = await visit();
  await msal().acquireTokenByClientCredential({ scopes: [SCOPE] });
  const [entry] = visitor.sim.journal.of('token');
  expect(entry).toMatchObject({ id: visitor.sim.settings.ALERT_CLIENT_ID, status: 200, after: 'issued' });
  expect(entry?.body).toContain('client_secret=%5Bsecret%5D');
  expect(entry?.body).not.toContain(encodeURIComponent(secret()));
});

test('another grant than client credentials is refused', async () => {
  visitor = await visit();
  const { ALERT_AUTHORITY_HOST: host, ALERT_TENANT_ID: tenant } = visitor.sim.settings;
  const body = new URLSearchParams({ grant_type: 'password', username: 'a', password: 'b' });
  const response = await visitor.fetch(`${host}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: `${body}` });
  expect([response.status, await response.json()]).toMatchObject([400, { error: 'unsupported_grant_type' }]);
});
