import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
beforeEach(async () => {
  visitor = await visit();
});
afterEach(() => visitor.close());

const LIST = '/api/request/auditor-requests';
const list = () => visitor.vault('GET', LIST);
const approve = (id: string) => visitor.vault('PUT', `/api/request/approve/${id}`, { body: 'ok' });

/** 'cut off' when the connection ended without an answer. */
const fate = (call: Promise<{ status: number }>) =>
  call.then(
    ({ status }) => status,
    () => 'cut off',
  );

describe('kinds', () => {
  test('status answers instead of the application, with Retry-After', async () => {
    visitor.sim.faults.add({ on: 'vault.list', kind: 'status', status: 429, retryAfter: 2, body: 'slow down' });
    const response = await list();
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      429,
      '2',
      'slow down',
    ]);
    expect((await list()).status).toBe(200);
  });

  test('status-after answers instead of the application, which has done it', async () => {
    const { id } = visitor.sim.vault.add();
    visitor.sim.faults.add({ on: 'vault.approve', kind: 'status-after', status: 504 });
    expect((await approve(id)).status).toBe(504);
    expect(visitor.sim.vault.get(id)?.status).toBe('Approved');
  });

  test('reset-before drops the connection and nothing is done', async () => {
    const { id } = visitor.sim.vault.add();
    visitor.sim.faults.add({ on: 'vault.approve', kind: 'reset-before' });
    expect(await fate(approve(id))).toBe('cut off');
    expect(visitor.sim.vault.get(id)?.status).toBe('Active');
    expect(visitor.sim.journal.entries).toEqual([]);
  });

  test('reset-after drops the connection, and it is done', async () => {
    const { id } = visitor.sim.vault.add();
    visitor.sim.faults.add({ on: 'vault.approve', kind: 'reset-after' });
    expect(await fate(approve(id))).toBe('cut off');
    expect(visitor.sim.vault.get(id)?.status).toBe('Approved');
    expect(visitor.sim.journal.of('approve')).toMatchObject([{ status: 200 }]);
  });

  test.each([
    ['hang', 'Active'],
    ['hang-after', 'Approved'],
  ] as const)('%s never answers and leaves the request %s', async (kind, status) => {
    const { id } = visitor.sim.vault.add();
    visitor.sim.faults.add({ on: 'vault.approve', kind });
    const signal = AbortSignal.timeout(150);
    const call = visitor.vault('PUT', `/api/request/approve/${id}`, { body: 'ok', signal });
    expect(await fate(call)).toBe('cut off');
    expect(visitor.sim.vault.get(id)?.status).toBe(status);
  });

  test('html answers 200 with a page', async () => {
    visitor.sim.faults.add({ on: 'vault.list', kind: 'html' });
    const response = await list();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await response.text()).toContain('<html>');
  });

  test('truncated-json is whole for HTTP and broken for JSON', async () => {
    visitor.sim.vault.add();
    visitor.sim.faults.add({ on: 'vault.list', kind: 'truncated-json' });
    const response = await list();
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toMatch(/^\{"data":\[\{/);
    expect(() => JSON.parse(text)).toThrow();
  });

  test('delay answers late', async () => {
    visitor.sim.faults.add({ on: 'vault.list', kind: 'delay', ms: 80 });
    const start = performance.now();
    expect((await list()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(70);
  });
});

describe('which calls are met', () => {
  test('`skip` lets calls pass, `times` ends it, and hits are counted', async () => {
    const fault = visitor.sim.faults.add({ on: 'vault.list', kind: 'status', skip: 1, times: 2 });
    const seen: number[] = [];
    for (let n = 0; n < 5; n += 1) seen.push((await list()).status);
    expect(seen).toEqual([200, 503, 503, 200, 200]);
    expect(fault.hits).toBe(2);
  });

  test('`url` picks one request out of many', async () => {
    const [one, two] = [visitor.sim.vault.add(), visitor.sim.vault.add()];
    visitor.sim.faults.add({ on: 'vault.approve', kind: 'status', url: two.id });
    expect([(await approve(one.id)).status, (await approve(two.id)).status]).toEqual([200, 503]);
  });

  test('a fault stays for ever when told, until it is taken away', async () => {
    const fault = visitor.sim.faults.add({ on: 'vault.list', kind: 'status', times: Number.POSITIVE_INFINITY });
    for (let n = 0; n < 3; n += 1) expect((await list()).status).toBe(503);
    fault.remove();
    expect((await list()).status).toBe(200);
  });

  test('clear takes away all', async () => {
    visitor.sim.faults.add({ on: 'vault.list', kind: 'status' });
    visitor.sim.faults.clear();
    expect((await list()).status).toBe(200);
  });

  test('every call is in the log, with the fault that met it', async () => {
    visitor.sim.faults.add({ on: 'vault.list', kind: 'reset-before' });
    await fate(list());
    await list();
    const facts = { upstream: 'vault', method: 'GET', url: `/ztna/demo${LIST}`, authorized: true };
    expect(visitor.sim.journal.calls).toEqual([
      expect.objectContaining({ ...facts, fault: 'reset-before', status: null }),
      expect.objectContaining({ ...facts, fault: null, status: 200 }),
    ]);
  });
});

const POINTS = [
  ['vault.asset', 'GET', '/api/asset/asset/x'],
  ['vault.reject', 'PUT', '/api/request/reject/x'],
  ['vault.complete', 'PUT', '/api/request/complete/x'],
  ['vault.discovery', 'GET', '/.well-known/mcp-agent.json'],
  ['vault.discovery', 'GET', '/root/.well-known/agent.json'],
  ['vault.search', 'GET', '/api/mcp/search-assets?query=x'],
  ['vault.credentials', 'GET', '/api/mcp/get-asset-credentials/x'],
  ['vault.submit', 'POST', '/api/mcp/submit-request'],
  ['vault.status', 'GET', '/api/mcp/get-request-status/AssetUnlock'],
  ['vault.release', 'PUT', '/api/mcp/complete-request/x'],
] as const;
test.each(POINTS)('a fault on %s meets %s %s', async (on, method, path) => {
  visitor.sim.faults.add({ on, kind: 'status', status: 599 });
  expect((await visitor.vault(method, path)).status).toBe(599);
});

test('faults also meet the model, the sign-in and the mail, before any token is asked for', async () => {
  const { OPENAI_BASE_URL, ALERT_AUTHORITY_HOST, ALERT_TENANT_ID, GRAPH_BASE_URL } = visitor.sim.settings;
  const addresses = {
    model: `${OPENAI_BASE_URL}/chat/completions`,
    token: `${ALERT_AUTHORITY_HOST}/${ALERT_TENANT_ID}/oauth2/v2.0/token`,
    mail: `${GRAPH_BASE_URL}/v1.0/users/x/sendMail`,
  };
  for (const on of ['model', 'token', 'mail'] as const) {
    visitor.sim.faults.add({ on, kind: 'status', status: 599 });
    expect((await visitor.fetch(addresses[on], { method: 'POST', body: '' })).status).toBe(599);
  }
});
