import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { HOUR, NOON, type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
afterEach(() => visitor.close());

const key = () => visitor.sim.estate.openaiKey.id;
const credentials = (id = key()) => visitor.vault('GET', `/api/mcp/get-asset-credentials/${id}`);
const status = (action: string) => visitor.read<unknown>(`/api/mcp/get-request-status/${action}?assetId=${key()}`);
const release = (id: string) => visitor.vault('PUT', `/api/mcp/complete-request/${id}`);

const SUBMISSION = { action: 'AssetUnlock', message: 'review run', requestedFrom: NOON, requestedTo: NOON + HOUR };
const submit = (changes: Record<string, unknown> = {}) =>
  visitor.vault('POST', '/api/mcp/submit-request', {
    body: JSON.stringify({ assetId: key(), ...SUBMISSION, ...changes }),
    headers: { 'content-type': 'application/json' },
  });
const submitted = async () => ((await (await submit()).json()) as { requestId: string }).requestId;

describe('the way to a credential', () => {
  test('request, pending, open, credential, released, and closed again', async () => {
    visitor = await visit({ vault: { credentialApproval: { polls: 2 } } });
    const refused = await credentials();
    expect([refused.status, await refused.text()]).toEqual([500, expect.stringContaining('MSG-00863')]);

    const requestId = await submitted();
    const pending = await credentials();
    expect([pending.status, await pending.text()]).toEqual([500, expect.stringContaining('MSG-00864')]);

    const row = { requestId, assetId: key(), action: 'AssetUnlock' };
    expect(await status('AssetUnlock')).toEqual([{ ...row, status: 'Active' }]);
    expect(await status('AssetView')).toEqual([]);
    expect(await status('AssetUnlock')).toEqual([{ ...row, status: 'Active' }]);
    expect(await status('AssetUnlock')).toEqual([{ ...row, status: 'Open' }]);

    expect(await (await credentials()).json()).toEqual({ user: 'openai', password: expect.stringMatching(/^sk-sim-/) });
    expect((await release(requestId)).status).toBe(200);
    expect(await status('AssetUnlock')).toEqual([{ ...row, status: 'Completed' }]);
    expect(await (await credentials()).text()).toContain('MSG-00863');
    expect(visitor.sim.journal.of('submit', 'complete-credential')).toMatchObject([
      { what: 'submit', id: key(), status: 200, before: null, after: 'Active' },
      { what: 'complete-credential', id: requestId, status: 200, before: 'Approved', after: 'Completed' },
    ]);
  });

  test('the request stands among all others as one of the agent, approved by a person', async () => {
    visitor = await visit({ vault: { credentialApproval: { polls: 0 } } });
    const requestId = await submitted();
    const [listed] = (await visitor.list('')).data;
    expect(listed).toMatchObject({ id: requestId, status: 'Approved', requestor: { name: 'svc-portcullis' } });
    expect(listed?.approvals).toMatchObject([{ user: 'okessler', decision: 'Approved' }]);
  });

  test('a second request while one is pending or open is refused and noted', async () => {
    visitor = await visit({ vault: { credentialApproval: 'never' } });
    const requestId = await submitted();
    expect((await submit()).status).toBe(500);
    visitor.sim.vault.approveAs('boss', requestId);
    expect((await submit()).status).toBe(500);
    expect(visitor.sim.journal.of('submit').map((entry) => entry.status)).toEqual([200, 500, 500]);
  });

  test('a person may approve after real time has passed, although the clock stands still', async () => {
    visitor = await visit({ vault: { credentialApproval: { ms: 30 } } });
    const requestId = await submitted();
    expect(visitor.sim.vault.get(requestId)?.status).toBe('Active');
    await expect.poll(() => visitor.sim.vault.get(requestId)?.status).toBe('Approved');
  });

  test('a person may refuse, or never come', async () => {
    visitor = await visit({ vault: { credentialApproval: 'rejected' } });
    const refused = await submitted();
    expect(await status('AssetUnlock')).toMatchObject([{ requestId: refused, status: 'Rejected' }]);
    visitor.sim.vault.knobs.credentialApproval = 'never';
    const ignored = await submitted();
    await sleep(20);
    expect(visitor.sim.vault.get(ignored)?.status).toBe('Active');
    expect((await release(ignored)).status).toBe(200);
    expect(visitor.sim.vault.get(ignored)).toMatchObject({ status: 'Completed', approved: null });
  });

  test('a window that has run out closes the credential again', async () => {
    let now = NOON;
    visitor = await visit({ now: () => now, vault: { credentialApproval: { polls: 0 } } });
    const requestId = await submitted();
    expect((await credentials()).status).toBe(200);
    now += 2 * HOUR;
    expect(await (await credentials()).text()).toContain('MSG-00863');
    expect(visitor.sim.vault.get(requestId)?.status).toBe('Completed');
  });

  test('only the requestor can release', async () => {
    visitor = await visit();
    const { id } = visitor.sim.vault.add({ status: 'Approved' });
    expect((await release(id)).status).toBe(403);
    expect((await release('nothing')).status).toBe(404);
  });
});

describe('forms and switches', () => {
  test.each([
    ['fields', { fields: { User: 'openai', Password: expect.stringMatching(/^sk-sim-/) } }],
    ['data', { data: expect.arrayContaining([{ name: 'Password', value: expect.stringMatching(/^sk-sim-/) }]) }],
  ] as const)('a credential may come as %s', async (credentialShape, expected) => {
    visitor = await visit({ vault: { credentialShape, credentialWorkflow: false } });
    expect(await (await credentials()).json()).toEqual(expected);
  });

  test('the vault may file a request under another action than was asked', async () => {
    visitor = await visit({ vault: { filedAs: 'AssetConnect' } });
    await submit();
    expect(await status('AssetUnlock')).toEqual([]);
    expect(await status('AssetConnect')).toHaveLength(1);
  });

  test('the state may come as a list in `data`, or as one object', async () => {
    visitor = await visit({ vault: { statusShape: 'data' } });
    expect(await status('AssetUnlock')).toEqual({ data: [] });
    visitor.sim.vault.knobs.statusShape = 'object';
    expect((await visitor.vault('GET', '/api/mcp/get-request-status/AssetUnlock')).status).toBe(404);
    await submit();
    expect(await status('AssetUnlock')).toMatchObject({ status: 'Active' });
  });

  test('without rights to an asset its credential is refused with 401', async () => {
    visitor = await visit();
    expect((await credentials(visitor.sim.estate.machines[0]?.id)).status).toBe(401);
  });

  test.each([
    ['an unknown asset', { assetId: 'nothing' }, 404],
    ['an unknown action', { action: 'AssetDestroy' }, 400],
    ['no message', { message: '' }, 400],
    ['a window that ended before now', { requestedTo: NOON - 1, requestedFrom: NOON - HOUR }, 400],
    ['a window that ends before it begins', { requestedFrom: NOON + 2 * HOUR }, 400],
    ['a time in words', { requestedFrom: 'now' }, 400],
  ])('a submission with %s is refused', async (_name, changes, expected) => {
    visitor = await visit();
    expect((await submit(changes)).status).toBe(expected);
    expect(visitor.sim.vault.all()).toHaveLength(0);
  });
});
