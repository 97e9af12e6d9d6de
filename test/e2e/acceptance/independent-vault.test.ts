import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type IndependentVault, startVault } from './independent-vault.ts';
import { entry } from './records.ts';
import { modelAsset, secrets } from './world.ts';

/** A bare HTTPS client that trusts the vault's authority and nothing else. */
async function ask(vault: IndependentVault, method: string, path: string, body = '', token = vault.world.token) {
  const { origin, base } = vault.world;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' };
  const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const call = request(`${origin}${base}${path}`, { method, headers, ca: vault.ca }, (response) => {
      void text(response).then((content) => resolve({ status: response.statusCode ?? 0, body: content }), reject);
    });
    call.on('error', reject).end(body);
  });
  return answer;
}

test('the independent vault refuses a caller without its token', async () => {
  await using vault = await startVault();
  expect(await ask(vault, 'GET', '/api/request/auditor-requests', '', 'other')).toMatchObject({ status: 401 });
});

test('the independent vault caps its pages and moves records while they are being paged', async () => {
  await using vault = await startVault({ pageCap: 7, churn: 'arrivals', total: 'rowCount', names: 2, times: 'iso' });
  const page = async (start: number) => {
    const path = `/api/request/auditor-requests?from=0&pgs=200&pgp=${start}&s=created,desc&rqt=1`;
    return JSON.parse((await ask(vault, 'GET', path)).body) as { data: Record<string, string>[]; rowCount: number };
  };
  const [first, second] = [await page(0), await page(7)];
  expect(first.data).toHaveLength(7);
  expect(first.rowCount + 1).toBe(second.rowCount);
  expect(second.data[0]).toEqual(first.data[6]);
  expect(first.data[0]?.requested).toMatch(/^\d{4}-.*Z$/);
});

test('the independent vault enforces the life cycle of a request on two levels', async () => {
  const two = entry('on two levels', 'approve', { levels: 2 });
  await using vault = await startVault({}, [two]);
  expect(await ask(vault, 'PUT', `/api/request/complete/${two.id}`)).toMatchObject({ status: 400 });
  expect(await ask(vault, 'PUT', `/api/request/approve/${two.id}`, 'gut – ok')).toMatchObject({ status: 200 });
  expect(two).toMatchObject({ status: 'Active', level: 2 });
  expect(await ask(vault, 'PUT', `/api/request/approve/${two.id}`, 'again')).toMatchObject({ status: 200 });
  expect(two).toMatchObject({ status: 'Approved' });
  expect(vault.journal.writes.map(({ body }) => body.toString())).toEqual(['', 'gut – ok', 'again']);
});

test('the independent vault gives a credential only after a person has approved, at the published address', async () => {
  const changes = { discovery: 'spec', workflow: 'person', looksUntilOpen: 2, codes: 'nested' } as const;
  await using vault = await startVault(changes);
  const pointer = JSON.parse((await ask(vault, 'GET', '/root/.well-known/agent.json')).body) as { spec: string };
  expect(pointer.spec).toContain(vault.world.base);
  const secretPath = `/agent/v2/assets/${modelAsset}/secret`;
  expect(await ask(vault, 'GET', `/api/mcp/get-asset-credentials/${modelAsset}`)).toMatchObject({ status: 404 });
  expect((await ask(vault, 'GET', secretPath)).body).toContain('MSG-00863');
  const wish = JSON.stringify({ assetId: modelAsset, action: 'AssetView', message: 'for the model' });
  expect(await ask(vault, 'POST', '/agent/v2/requests', wish)).toMatchObject({ status: 200 });
  expect((await ask(vault, 'GET', secretPath)).body).toContain('MSG-00864');
  const look = () => ask(vault, 'GET', `/agent/v2/requests/by-action/AssetUnlock?assetId=${modelAsset}`);
  expect((await look()).body).toContain('"Active"');
  expect((await look()).body).toContain('"Open"');
  expect((await ask(vault, 'GET', secretPath)).body).toContain(secrets.modelKey);
});
