import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetch } from 'undici';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../../simulator/simulator.ts';
import { visit } from './visitor.ts';

const SOURCE = join(import.meta.dirname, '../../../simulator');

describe('TLS', () => {
  test('a client that trusts only the CA gets through, by name and by address', async () => {
    const visitor = await visit();
    const { origin, port } = new URL(visitor.sim.settings.VAULT_URL ?? '');
    for (const base of [origin, `https://127.0.0.1:${port}`]) expect((await visitor.fetch(base)).status).toBe(404);
    expect(readFileSync(visitor.sim.caFile, 'utf8')).toBe(visitor.sim.caPem);
    await visitor.close();
  });

  test('a client that does not trust the CA does not get through', async () => {
    const visitor = await visit();
    await expect(fetch(visitor.sim.settings.VAULT_URL ?? '')).rejects.toThrow('fetch failed');
    await visitor.close();
  });
});

test('the settings name every address, and no two upstreams share an origin', async () => {
  const visitor = await visit();
  const { settings } = visitor.sim;
  expect(Object.keys(settings).sort()).toEqual([
    'ALERT_AUTHORITY_HOST',
    'ALERT_CA_FILE',
    'ALERT_CLIENT_ID',
    'ALERT_RECIPIENT_EMAILS',
    'ALERT_SECRET_ASSET_ID',
    'ALERT_SENDER_EMAIL',
    'ALERT_TENANT_ID',
    'GRAPH_BASE_URL',
    'OPENAI_ASSET_ID',
    'OPENAI_BASE_URL',
    'OPENAI_CA_FILE',
    'OPENAI_MODEL',
    'VAULT_API_TOKEN',
    'VAULT_CA_FILE',
    'VAULT_URL',
  ]);
  expect(settings.VAULT_URL).toMatch(/^https:\/\/localhost:\d+\/ztna\/demo$/);
  const { VAULT_URL, OPENAI_BASE_URL, ALERT_AUTHORITY_HOST, GRAPH_BASE_URL } = settings;
  const origins = [VAULT_URL, OPENAI_BASE_URL, ALERT_AUTHORITY_HOST, GRAPH_BASE_URL].map(
    (url) => new URL(url ?? '').origin,
  );
  expect(new Set(origins).size).toBe(4);
  await visitor.close();
});

test('two simulators run at the same time, and a port that is taken is an error that leaves nothing behind', async () => {
  const one = await visit();
  const vault = Number(new URL(one.sim.settings.VAULT_URL ?? '').port);
  await expect(startSimulator({ ports: { vault } })).rejects.toThrow('EADDRINUSE');
  const two = await visit();
  expect(two.sim.settings.VAULT_URL).not.toBe(one.sim.settings.VAULT_URL);
  await Promise.all([one.close(), two.close()]);
});

test('close() may be called twice and takes the CA file away', async () => {
  const sim = await startSimulator({ requests: 0 });
  await Promise.all([sim.close(), sim.close()]);
  await sim.close();
  expect(existsSync(sim.caFile)).toBe(false);
});

test('after close() nothing is left that keeps a process alive, whatever was going on', async () => {
  const script = `
    import { startSimulator } from ${JSON.stringify(join(SOURCE, 'simulator.ts'))};
    import { get } from 'node:https';
    const sim = await startSimulator({ vault: { credentialApproval: { ms: 600000 } } });
    const { VAULT_URL, VAULT_API_TOKEN } = sim.settings;
    sim.faults.add({ on: 'vault.list', kind: 'hang' });
    sim.faults.add({ on: 'vault.asset', kind: 'delay', ms: 600000 });
    const headers = { authorization: 'Bearer ' + VAULT_API_TOKEN };
    for (const path of ['/api/request/auditor-requests', '/api/asset/asset/x']) {
      get(VAULT_URL + path, { ca: sim.caPem, headers }).on('error', () => {});
    }
    while (sim.journal.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    const response = await new Promise((resolve) => {
      const asset = sim.settings.OPENAI_ASSET_ID;
      const body = { assetId: asset, action: 'AssetUnlock', message: 'x', requestedFrom: Date.now(), requestedTo: Date.now() + 9e6 };
      import('node:https').then(({ request }) => request(VAULT_URL + '/api/mcp/submit-request', { method: 'POST', ca: sim.caPem, headers }, resolve).end(JSON.stringify(body)));
    });
    response.resume();
    await sim.close();
    console.log(response.statusCode, 'closed');
  `;
  const started = performance.now();
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 30_000,
  });
  expect(stdout).toBe('200 closed\n');
  expect(stderr).toBe('');
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('the simulator imports nothing of Portcullis, nor rolls dice or asks the machine for the time', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  for (const file of files) {
    const text = readFileSync(join(SOURCE, file), 'utf8');
    const depth = file.split('/').length - 1;
    const outside = new RegExp(`from '(\\.\\./){${depth + 1}}`);
    expect(text, `${file} imports from outside src/simulator`).not.toMatch(outside);
    expect(text, `${file} uses Math.random`).not.toContain('Math.random');
    if (file !== 'options.ts')
      expect(text, `${file} asks the machine for the time`).not.toMatch(/Date\.now|new Date\(\)/);
  }
});
