import { afterEach, describe, expect, test } from 'vitest';
import type { KnobSettings } from '../../../simulator/vault/knobs.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { foundIn } from '../../../src/vault/credential_answers.ts';
import { createCredentialRequests } from '../../../src/vault/credential_requests.ts';
import type { Answer } from '../../../src/vault/exchange.ts';
import type { Session } from '../../../src/vault/session.ts';
import { ACTIONS, credentialWorld, type World } from './credential_world.ts';
import { DEFAULT_PATHS, expectNoSecret, failure, NOON } from './tools.ts';

let world: World;
afterEach(() => world.close());

/** A session without a network, for answers that no simulated vault gives. */
const sessionThat = (answer: (url: string) => Answer): Session => ({
  url: 'https://vault.example/ztna/acme',
  read: async (url) => answer(url),
  readJson: async (_what, url) => JSON.parse(answer(url).text),
  write: async (_method, url) => answer(url),
  clockAhead: () => null,
  close: () => {},
});
const DEFAULT_OPERATIONS = {
  'get-asset-credentials': { method: 'GET', url: DEFAULT_PATHS.getCredentials },
  'submit-request': { method: 'POST', url: DEFAULT_PATHS.submitRequest },
  'get-request-status': { method: 'GET', url: DEFAULT_PATHS.requestStatus },
  'complete-request': { method: 'PUT', url: DEFAULT_PATHS.completeRequest },
} as const;

const WHY = 'weekly review of access requests';
const failed = (call: Promise<unknown>) => failure(call, world.sim.vault.token);

describe('a credential', () => {
  test('that needs no request is fetched at once, and there is nothing to give back', async () => {
    world = await credentialWorld({ credentialWorkflow: false });
    const { broker, clock } = await world.run();
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(await broker.release()).toEqual([]);
    expect([world.submissions(), world.releases(), await world.file(), clock.pauses]).toEqual([0, [], null, []]);
  });

  test('that needs one is asked for, waited for, fetched once and given back', async () => {
    world = await credentialWorld();
    const { broker, waits } = await world.run();
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
    const [submission] = world.sim.journal.of('submit');
    expect(JSON.parse(submission?.body ?? '')).toEqual({
      assetId: world.key,
      action: 'AssetUnlock',
      message: WHY,
      requestedFrom: NOON,
      requestedTo: NOON + 4 * 3_600_000,
    });
    expect(submission?.contentType).toBe('application/json');
    const [request] = world.sim.vault.all();
    expect(waits).toEqual([[world.key, request?.id]]);
    expect(world.sim.journal.of('credentials').map(({ status }) => status)).toEqual([500, 200]);
    expect(await broker.release()).toEqual([]);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed', approved: expect.any(Number) }]);
    expect(await world.file()).toMatchObject({ requests: [] });
  });

  test('that is pending is kept in a file that only we can read, and that holds ids only', async () => {
    world = await credentialWorld({ filedAs: 'AssetView' });
    const { broker } = await world.run();
    await broker.fetch(world.key, WHY);
    const file = await world.file();
    const [request] = world.sim.vault.all();
    expect(file?.mode).toBe(0o600);
    expect(file?.requests).toEqual([
      { assetId: world.key, requestId: request?.id, action: 'AssetView', submittedAt: NOON },
    ]);
    expectNoSecret(file?.text, ...world.sim.secrets, WHY);
  });

  const forms: [string, KnobSettings][] = [
    ...ACTIONS.map((filedAs): [string, KnobSettings] => [`filed as ${filedAs}`, { filedAs }]),
    ...(['plain', 'json', 'nested'] as const).map((messageForm): [string, KnobSettings] => [
      `codes as ${messageForm}`,
      { messageForm },
    ]),
    ...(['user-password', 'fields', 'data'] as const).map((credentialShape): [string, KnobSettings] => [
      `secret as ${credentialShape}`,
      { credentialShape },
    ]),
    ...(['list', 'data', 'object'] as const).map((statusShape): [string, KnobSettings] => [
      `state as ${statusShape}`,
      { statusShape },
    ]),
    ['state as object under another action', { statusShape: 'object', filedAs: 'AssetEdit' }],
    ['grant at once', { credentialApproval: { polls: 0 } }],
    ['specification moved', { mcpPath: '/api/v9/agent', discovery: 'agent-json' }],
  ];
  test.each(forms)('comes from a vault with %s', async (_name, knobs) => {
    world = await credentialWorld(knobs);
    const { broker } = await world.run();
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(await broker.release()).toEqual([]);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
  });

  test('that two steps want at the same time is asked for once, and two credentials each once', async () => {
    world = await credentialWorld();
    const { broker } = await world.run();
    const other = world.sim.estate.graphSecret.id;
    await Promise.all([world.key, world.key, other, other].map((id) => broker.fetch(id, WHY)));
    expect(world.submissions()).toBe(2);
    expect((await world.file())?.requests.map(({ assetId }) => assetId).sort()).toEqual([world.key, other].sort());
    expect(await broker.release()).toEqual([]);
    expect(world.releases()).toHaveLength(2);
    expect((await world.file())?.requests).toEqual([]);
  });
});

describe('a request that is pending already', () => {
  test('although no file of ours knows it, is found, waited for and given back', async () => {
    world = await credentialWorld();
    const first = await world.run({ pending: (file) => ({ ...file, put: async () => {} }), waitMs: 0 });
    await failed(first.broker.fetch(world.key, WHY));
    expect([world.submissions(), await world.file()]).toEqual([1, null]);

    const { broker } = await world.run();
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(await broker.release()).toEqual([]);
    expect(world.submissions()).toBe(1);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
  });

  test('because nobody granted it in time is an error, and the next run goes on waiting without a second one', async () => {
    world = await credentialWorld({ credentialApproval: 'never' });
    const { broker, clock, waits } = await world.run({ waitMs: 60_000 });
    const error = await failed(broker.fetch(world.key, WHY));
    const [request] = world.sim.vault.all();
    expect(error).toMatchObject({
      code: 'not-granted',
      message: `nobody granted the credential request \`${request?.id}\` for asset \`${world.key}\` within 60 s (VAULT_CREDENTIAL_WAIT_SECONDS)`,
    });
    expect(clock.now() - NOON).toBe(60_000);
    expect(waits).toHaveLength(1);
    expect(await broker.release()).toEqual([]);
    expect(world.sim.vault.get(request?.id ?? '')?.status).toBe('Active');
    expect((await world.file())?.requests).toMatchObject([{ requestId: request?.id, action: 'AssetUnlock' }]);

    world.sim.vault.approveAs('boss', request?.id ?? '');
    const next = await world.run();
    expect(await next.broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(world.submissions()).toBe(1);
    expect(await next.broker.release()).toEqual([]);
    expect(world.sim.vault.get(request?.id ?? '')?.status).toBe('Completed');
  });

  test('and is granted only after the run that made it is given back by the next run, even if that needs none', async () => {
    world = await credentialWorld({ credentialApproval: 'never' });
    await failed((await world.run({ waitMs: 0 })).broker.fetch(world.key, WHY));
    const idle = await world.run();
    expect(await idle.broker.release()).toEqual([]);
    expect(world.releases()).toEqual([]);
    world.sim.vault.approveAs('boss', world.sim.vault.all()[0]?.id ?? '');
    expect(await (await world.run()).broker.release()).toEqual([]);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
    expect((await world.file())?.requests).toEqual([]);
  });

  test('is not submitted again although the answer to its submission got lost', async () => {
    for (const kind of ['reset-after', 'hang-after', 'status-after', 'truncated-json'] as const) {
      world = await credentialWorld();
      world.sim.faults.add({ on: 'vault.submit', kind });
      const { broker } = await world.run({ timeoutMs: kind === 'hang-after' ? 300 : 5_000 });
      expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
      expect(await broker.release()).toEqual([]);
      expect(world.sim.journal.of('submit')).toHaveLength(1);
      expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
      if (kind !== 'truncated-json') await world.close();
    }
  });

  test('is not submitted again after a crash between the submission and the file', async () => {
    world = await credentialWorld();
    let puts = 0;
    const crash = new StorageError('write', 'x', Object.assign(new Error('full'), { code: 'ENOSPC' }));
    const { broker } = await world.run({
      pending: (file) => ({ ...file, put: async (entry) => (++puts > 1 ? Promise.reject(crash) : file.put(entry)) }),
    });
    await expect(broker.fetch(world.key, WHY)).rejects.toThrow(crash);
    expect((await world.file())?.requests).toEqual([
      { assetId: world.key, requestId: null, action: null, submittedAt: NOON },
    ]);

    const next = await world.run();
    expect(await next.broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(await next.broker.release()).toEqual([]);
    expect(world.sim.journal.of('submit')).toHaveLength(1);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
  });

  test('stays pending when the run is stopped while it waits', async () => {
    world = await credentialWorld({ credentialApproval: 'never' });
    const stop = new AbortController();
    const { broker } = await world.run({ onWait: () => stop.abort() });
    expect(await failed(broker.fetch(world.key, WHY, stop.signal))).toMatchObject({ code: 'stopped' });
    expect(await broker.release()).toEqual([]);
    expect((await world.file())?.requests).toMatchObject([{ requestId: world.sim.vault.all()[0]?.id }]);
    expect(world.releases()).toEqual([]);
  });
});

describe('a vault of slightly other habits', () => {
  test('that never tells the state of a request is asked for the credential itself until it is there', async () => {
    world = await credentialWorld({ credentialApproval: 'never', denied: ['status'] });
    world.sim.vault.on('credentials', (n, vault) => {
      if (n === 5) vault.approveAs('boss', vault.all()[0]?.id ?? '');
    });
    const { broker, waits } = await world.run();
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
    expect([world.submissions(), waits.length]).toEqual([1, 1]);
    expect(await broker.release()).toEqual([]);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
  });

  test('that calls the action something else in its answer is asked again under the name that it understood', async () => {
    const asked: string[] = [];
    world = await credentialWorld();
    const requests = createCredentialRequests(
      sessionThat((url) => {
        asked.push(url.split('/').at(-1) ?? '');
        const row = { requestId: 'r1', assetId: 'a1', action: 'View the asset', status: 'Active' };
        return { status: 200, text: JSON.stringify(url.endsWith('AssetView') ? [row] : []), retryAfter: undefined };
      }),
      DEFAULT_OPERATIONS,
      { actions: ACTIONS, hours: 4 },
    );
    const found = await requests.find({ assetId: 'a1', requestId: null, action: null, submittedAt: NOON });
    expect(found).toEqual({ requestId: 'r1', action: 'AssetView', state: 'waiting', status: 'Active' });
    expect(asked).toEqual(['AssetUnlock', 'AssetView']);
  });

  test.each([
    ['Open', 'granted'],
    ['OPEN', 'granted'],
    ['Active', 'waiting'],
    ['Escalated', 'waiting'],
    ['constructor', 'waiting'],
    ['Rejected', 'over'],
    ['Completed', 'over'],
    ['Expired', 'over'],
  ])('that says %s means %s', (status, state) => {
    const entry = { assetId: 'a1', requestId: 'r1', action: null, submittedAt: NOON };
    expect(foundIn({ requestId: 'r1', status }, entry, 'AssetView')?.state).toBe(state);
    expect(foundIn({ requestId: 'r2', status }, entry, 'AssetView')).toBeNull();
    expect(foundIn({ requestId: 'r1', status, assetId: 'a2' }, entry, 'AssetView')).toBeNull();
    world = { close: async () => {} } as World;
  });
});

describe('a request that our file lost', () => {
  test('is noticed when the vault hands out the credential at once, and is given back', async () => {
    world = await credentialWorld();
    const first = await world.run();
    await first.broker.fetch(world.key, WHY);
    await first.pending.drop(world.key);

    const { broker } = await world.run();
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(await broker.release()).toEqual([]);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
  });

  test('is looked for again by the next run when the vault does not say whether it is there', async () => {
    world = await credentialWorld();
    const first = await world.run();
    await first.broker.fetch(world.key, WHY);
    await first.pending.drop(world.key);
    world.sim.faults.add({ on: 'vault.status', kind: 'status', status: 500, times: Number.POSITIVE_INFINITY });
    const second = await world.run();
    await second.broker.fetch(world.key, WHY);
    expect(await second.broker.release()).toEqual([]);
    expect(world.releases()).toEqual([]);

    world.sim.faults.clear();
    expect(await (await world.run()).broker.release()).toEqual([]);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
    expect(await world.file()).toMatchObject({ requests: [] });
  });

  test('is not one of which the vault says something that is no answer', async () => {
    world = { close: async () => {} } as World;
    const odd = sessionThat(() => ({ status: 200, text: '{"outlook":["cloudy"]}', retryAfter: undefined }));
    const requests = createCredentialRequests(odd, DEFAULT_OPERATIONS, { actions: ACTIONS, hours: 4 });
    const entry = { assetId: 'a1', requestId: 'r1', action: 'AssetView', submittedAt: NOON };
    await expect(requests.find(entry)).rejects.toMatchObject({ code: 'wrong-shape' });
    expect(await requests.find({ ...entry, action: null })).toBe('unclear');
  });
});

describe('a request that comes to nothing', () => {
  test('because it is rejected, is an error that says so, and the next run may ask anew', async () => {
    world = await credentialWorld({ credentialApproval: 'rejected' });
    const { broker } = await world.run();
    expect(await failed(broker.fetch(world.key, WHY))).toMatchObject({
      code: 'not-granted',
      message: `the credential request for asset \`${world.key}\` ended as \`Rejected\``,
    });
    expect((await world.file())?.requests).toEqual([]);
    expect(await broker.release()).toEqual([]);

    world.sim.vault.knobs.credentialApproval = { polls: 1 };
    expect(await (await world.run()).broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(world.submissions()).toBe(2);
  });

  test('because its submission never arrived, is not repeated by this run, but by the next', async () => {
    world = await credentialWorld();
    world.sim.faults.add({ on: 'vault.submit', kind: 'reset-before' });
    const { broker } = await world.run();
    const error = await failed(broker.fetch(world.key, WHY));
    expect(error).toMatchObject({ code: 'not-granted', message: expect.stringContaining('connection dropped') });
    expect(world.submissions()).toBe(0);
    expect(await broker.release()).toEqual([]);
    expect(await (await world.run()).broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(world.submissions()).toBe(1);
  });

  test.each([
    [400, 'refused', 'MSG-00400'],
    [401, 'unauthorized', ''],
    [403, 'unauthorized', 'MSG-00403'],
  ])(
    'because the vault refuses it with %i, is an error with its code, and leaves nothing pending',
    async (status, code, body) => {
      world = await credentialWorld();
      world.sim.faults.add({ on: 'vault.submit', kind: 'status', status, body });
      const { broker } = await world.run();
      const error = await failed(broker.fetch(world.key, WHY));
      expect(error).toMatchObject({ code, status });
      expect(error.message).toBe(
        `the vault refused to take a credential request for asset \`${world.key}\`: ${status}${body && ` ${body}`}`,
      );
      expect((await world.file())?.requests).toEqual([]);
    },
  );

  test('because the vault refuses it with 500 and a code of its own, is an error that names the code', async () => {
    world = await credentialWorld();
    world.sim.faults.add({
      on: 'vault.submit',
      kind: 'status',
      status: 500,
      body: '{"m":"MSG-00777: no such action"}',
    });
    const error = await failed((await world.run()).broker.fetch(world.key, WHY));
    expect(error).toMatchObject({ code: 'not-granted', message: expect.stringContaining('500 MSG-00777') });
    expect(world.sim.journal.calls.filter(({ url }) => url.includes('submit'))).toHaveLength(1);
  });

  test('because it disappears while we wait, is an error and no second submission', async () => {
    world = await credentialWorld({ credentialApproval: 'never' });
    const { broker } = await world.run({ onWait: () => world.sim.vault.remove(world.sim.vault.all()[0]?.id ?? '') });
    expect(await failed(broker.fetch(world.key, WHY))).toMatchObject({ code: 'not-granted' });
    expect(world.submissions()).toBe(1);
  });
});

describe('a credential that the vault does not hand out', () => {
  test('because we have no right to it is an error, and is not asked for by a request', async () => {
    world = await credentialWorld({ denied: ['credentials'] });
    const error = await failed((await world.run()).broker.fetch(world.key, WHY));
    expect(error).toMatchObject({ code: 'unauthorized', status: 401 });
    expect([world.submissions(), await world.file()]).toEqual([0, null]);
  });

  test.each([
    ['a web page', { kind: 'html' }, 'not-json', 'a web page'],
    ['half an answer', { kind: 'status', status: 200, body: '{"user":"x","pass' }, 'not-json', 'not complete JSON'],
    ['no secret', { kind: 'status', status: 200, body: '{"user":"x"}' }, 'wrong-shape', 'holds no secret'],
    ['another code', { kind: 'status', status: 500, body: 'MSG-00999' }, 'refused', 'MSG-00999'],
    ['404', { kind: 'status', status: 404, body: '' }, 'refused', '404'],
    ['500 without a code', { kind: 'status', status: 500, body: 'x', times: 9 }, 'server-error', '500'],
  ] as const)('but answers %s, is an error that says so', async (_name, fault, code, words) => {
    world = await credentialWorld({ credentialWorkflow: false });
    world.sim.faults.add({ on: 'vault.credentials', ...fault });
    const error = await failed((await world.run()).broker.fetch(world.key, WHY));
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expectNoSecret(error, world.secret, '"user"');
    expect(world.submissions()).toBe(0);
  });

  test('because it is busy, whatever code it names, is asked for again', async () => {
    world = await credentialWorld({ credentialWorkflow: false });
    world.sim.faults.add({ on: 'vault.credentials', kind: 'status', status: 429, retryAfter: 3, body: 'MSG-00429' });
    const { broker, clock } = await world.run();
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
    expect(clock.pauses).toEqual([3_000]);
  });

  test('is tried again by the next step that wants it', async () => {
    world = await credentialWorld({ credentialWorkflow: false });
    world.sim.faults.add({ on: 'vault.credentials', kind: 'status', status: 404 });
    const { broker } = await world.run();
    await failed(broker.fetch(world.key, WHY));
    expect(await broker.fetch(world.key, WHY)).toBe(world.secret);
  });

  test('because the state of our request may not be read, is an error that says so, not "nobody granted it"', async () => {
    world = await credentialWorld({ credentialApproval: 'never' });
    const { broker } = await world.run({ onWait: () => world.sim.vault.knobs.denied.push('status') });
    const error = await failed(broker.fetch(world.key, WHY));
    expect(error).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('where the credential request stands'),
    });
  });
});

describe('giving back', () => {
  const fetched = async (timeoutMs = 5_000) => {
    world = await credentialWorld();
    const run = await world.run({ timeoutMs });
    await run.broker.fetch(world.key, WHY);
    return { ...run, id: world.sim.vault.all()[0]?.id ?? '' };
  };

  test('completes exactly what was granted and nothing else of the same user', async () => {
    const { broker, id } = await fetched();
    const own = world.sim.vault.add({ status: 'Approved', requestor: world.sim.vault.agent, operation: 'AssetUnlock' });
    expect(await broker.release()).toEqual([]);
    expect(await broker.release()).toEqual([]);
    expect(world.releases()).toEqual([id]);
    expect(world.sim.vault.get(own.id)?.status).toBe('Approved');
  });

  test('takes it calmly when somebody completed it before', async () => {
    const { broker, id } = await fetched();
    world.sim.vault.end(id);
    expect(await broker.release()).toEqual([]);
    expect((await world.file())?.requests).toEqual([]);
  });

  test('takes it calmly when somebody completes it at the same moment', async () => {
    const { broker, id } = await fetched();
    world.sim.vault.on('release', (_n, vault) => void vault.end(id));
    expect(await broker.release()).toEqual([]);
    expect((await world.file())?.requests).toEqual([]);
  });

  test('finds out by looking when the answer gets lost', async () => {
    const { broker, id } = await fetched();
    world.sim.faults.add({ on: 'vault.release', kind: 'reset-after' });
    expect(await broker.release()).toEqual([]);
    expect(world.releases()).toEqual([id]);
    expect((await world.file())?.requests).toEqual([]);
  });

  test.each([
    ['refuses', { kind: 'status', status: 409, times: 9 }, 'the vault refused'],
    ['hangs up', { kind: 'reset-before', times: 9 }, 'connection dropped'],
    ['says nothing', { kind: 'hang', times: 9 }, 'no answer in time'],
  ] as const)('says so when the vault %s, and the next run does it', async (_name, fault, words) => {
    const { broker, id } = await fetched(fault.kind === 'hang' ? 300 : 5_000);
    world.sim.faults.add({ on: 'vault.release', ...fault });
    const failures = await broker.release();
    expect(failures).toEqual([expect.stringContaining(`asset \`${world.key}\` could not be completed`)]);
    expect(failures[0]).toContain(words);
    expectNoSecret(failures, world.sim.vault.token, world.secret);
    expect((await world.file())?.requests).toMatchObject([{ requestId: id }]);
    world.sim.faults.clear();
    expect(await (await world.run()).broker.release()).toEqual([]);
    expect(world.sim.vault.get(id)?.status).toBe('Completed');
  });

  test('is not forgotten when the vault as a whole fails at that moment', async () => {
    const { broker, id } = await fetched();
    world.sim.faults.add({ on: 'vault.status', kind: 'status', status: 500, times: 99 });
    world.sim.faults.add({ on: 'vault.release', kind: 'status', status: 500, times: 99 });
    expect(await broker.release()).toHaveLength(1);
    expect((await world.file())?.requests).toMatchObject([{ requestId: id }]);
  });

  test('works although the state may not be read any more', async () => {
    const { broker, id } = await fetched();
    world.sim.vault.knobs.denied.push('status');
    expect(await broker.release()).toEqual([]);
    expect(world.sim.vault.get(id)?.status).toBe('Completed');
  });

  test('does not withdraw what an earlier run left waiting, only because the vault fails for a moment', async () => {
    world = await credentialWorld({ credentialApproval: 'never' });
    await failed((await world.run({ waitMs: 0 })).broker.fetch(world.key, WHY));
    world.sim.faults.add({ on: 'vault.status', kind: 'status', status: 500, times: 99 });
    expect(await (await world.run()).broker.release()).toHaveLength(1);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Active' }]);
    expect((await world.file())?.requests).toHaveLength(1);
  });

  test('completes nothing that only the file names: somebody else may have written there', async () => {
    world = await credentialWorld();
    const foreign = world.sim.vault.add({ status: 'Approved', operation: 'AssetUnlock' });
    for (const action of [null, 'AssetUnlock']) {
      const { pending } = await world.run();
      await pending.put({ assetId: world.key, requestId: foreign.id, action, submittedAt: NOON });
      expect(await (await world.run()).broker.release()).toEqual([]);
      expect(world.releases()).toEqual([]);
    }
    expect(world.sim.vault.get(foreign.id)?.status).toBe('Approved');
  });

  test('is not called failed when only the note of it is: the vault has it back', async () => {
    world = await credentialWorld();
    const full = new StorageError('write', 'x', { code: 'ENOSPC' });
    const { broker } = await world.run({ pending: (file) => ({ ...file, drop: () => Promise.reject(full) }) });
    await broker.fetch(world.key, WHY);
    expect(await broker.release()).toEqual([
      `the credential request for asset \`${world.key}\` is over, which could not be noted: could not write \`x\`: ENOSPC`,
    ]);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
    expect(await (await world.run()).broker.release(), 'the next run finds out').toEqual([]);
    expect(world.releases()).toHaveLength(1);
  });

  test('works also after the disk filled up during the submission', async () => {
    world = await credentialWorld();
    const full = new StorageError('write', 'x', Object.assign(new Error('full'), { code: 'ENOSPC' }));
    let writes = 0;
    const { broker } = await world.run({
      // As the real one: this process knows more than the disk.
      pending: (file) => ({
        ...file,
        put: async (entry) => {
          await file.put(entry);
          if (++writes === 2) throw full;
        },
      }),
    });
    await expect(broker.fetch(world.key, WHY)).rejects.toThrow(full);
    world.sim.vault.approveAs('boss', world.sim.vault.all()[0]?.id ?? '');
    expect(await broker.release()).toEqual([]);
    expect(world.sim.vault.all()).toMatchObject([{ status: 'Completed' }]);
  });
});
