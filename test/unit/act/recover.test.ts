import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RecoverPorts, recover } from '../../../src/act/recover.ts';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import type { Action } from '../../../src/domain/action.ts';
import { openActionHistory } from '../../../src/ledger/action_history.ts';
import { StorageError, UpstreamError } from '../../../src/util/errors.ts';
import { actionsIn } from '../../helpers/ledger.ts';
import { AGENT, fakeClock, granted, NOON, request, tempFolder } from '../../helpers/requests.ts';

/** A history as a killed process leaves it: the intents are on disk, their outcomes are not. */
async function interrupted(...intents: [id: string, action: Action][]) {
  const folder = tempFolder();
  const clock = fakeClock();
  const killed = await openActionHistory(folder, clock);
  for (const [id, action] of intents) {
    await killed.intend({
      run: 'run-0',
      request: id,
      action,
      created: NOON - 1,
      level: 1,
      requestor: 'id:u-17',
      asset: 'asset-7',
    });
  }
  return { folder, clock, history: await openActionHistory(folder, clock) };
}
const portsOf = (lookUp: RecoverPorts['lookUp'], clock = fakeClock()): RecoverPorts => ({
  agentUsers: [AGENT],
  lookUp,
  clock,
  settleMs: 30_000,
  since: 0,
});
const lookUpOf = (live: AccessRequest | null | Error) => async () => {
  if (live instanceof Error) throw live;
  return live;
};

test.each<[string, Action, AccessRequest | null, 'done' | 'not done' | 'unclear', boolean]>([
  ['it took effect', 'approve', request({ status: 'Approved' }), 'done', true],
  ['it never arrived', 'approve', request(), 'not done', false],
  ['somebody else decided', 'reject', request({ status: 'Completed' }), 'not done', false],
  ['it took effect', 'close', granted({ status: 'Completed' }), 'done', true],
  ['it never arrived', 'close', granted(), 'not done', false],
  ['nobody can tell', 'approve', request({ status: 'Completed' }), 'unclear', true],
  ['the request is gone', 'reject', null, 'unclear', true],
])('After a crash during an action: %s (%s)', async (_what, action, live, found, remembered) => {
  const { history, folder, clock } = await interrupted(['req-1', action]);
  const recovered = await recover(history, portsOf(lookUpOf(live)));
  expect(recovered).toEqual([{ requestId: 'req-1', action, runId: 'run-0', found, says: expect.any(String) }]);
  for (const known of [history, await openActionHistory(folder, clock)]) {
    expect(known.acted('req-1', action)).toBe(remembered);
    expect(known.open()).toEqual([]);
  }
});

test('An action that cannot be looked up stays open, counts as acted on, and is tried again by the next run', async () => {
  const { history, folder, clock } = await interrupted(['req-1', 'approve']);
  const recovered = await recover(history, portsOf(lookUpOf(new UpstreamError('vault', 'timeout', 'no answer'))));
  expect(recovered).toMatchObject([{ found: 'unclear', says: 'no answer' }]);
  const next = await openActionHistory(folder, clock);
  expect(next.acted('req-1', 'approve')).toBe(true);
  expect(await recover(next, portsOf(lookUpOf(request())))).toMatchObject([{ found: 'not done' }]);
  expect(next.acted('req-1', 'approve')).toBe(false);
});

test('One action that cannot be looked up does not keep the others from it, and each is asked for by id and creation', async () => {
  const { history } = await interrupted(['a', 'approve'], ['__proto__', 'reject'], ['c', 'close']);
  const asked: unknown[] = [];
  const lookUp = async (wanted: { id: string }) => {
    asked.push(wanted);
    if (wanted.id === '__proto__') throw new Error('no answer');
    return request({ id: wanted.id, status: 'Completed' });
  };
  const recovered = await recover(history, portsOf(lookUp));
  expect(asked).toEqual(['a', '__proto__', 'c'].map((id) => ({ id, created: NOON - 1 })));
  expect(recovered.map(({ requestId, found }) => `${requestId} ${found}`)).toEqual([
    'a unclear',
    '__proto__ unclear',
    'c done',
  ]);
  expect(history.open().map(({ request: id }) => id)).toEqual(['__proto__']);
});

test('A finding that cannot be written down leaves the action open', async () => {
  const { history, folder, clock } = await interrupted(['req-1', 'approve']);
  const before = actionsIn(folder);
  const failing = { ...history, conclude: () => Promise.reject(new StorageError('write', 'x', { code: 'ENOSPC' })) };
  expect(await recover(failing, portsOf(lookUpOf(request())))).toMatchObject([{ found: 'unclear' }]);
  expect(actionsIn(folder)).toEqual(before);
  expect((await openActionHistory(folder, clock)).acted('req-1', 'approve')).toBe(true);
});

test('A doubt that is settled and cannot be written down is told as unclear, and looked at again', async () => {
  const { history, folder, clock } = await interrupted(['req-1', 'approve']);
  await recover(history, portsOf(lookUpOf(null), clock));
  const next = await openActionHistory(folder, clock);
  const failing = { ...next, conclude: () => Promise.reject(new StorageError('write', 'x', { code: 'ENOSPC' })) };
  expect(await recover(failing, portsOf(lookUpOf(granted()), clock))).toMatchObject([
    { requestId: 'req-1', found: 'unclear' },
  ]);
  expect((await openActionHistory(folder, clock)).unknown()).toHaveLength(1);
});

test('An approval that the vault records under the name of the acting user of then is found, whoever acts today', async () => {
  const folder = tempFolder();
  const clock = fakeClock();
  const intent = { run: 'run-0', request: 'req-1', action: 'approve', created: NOON - 1, level: 1 } as const;
  await (await openActionHistory(folder, clock)).intend({ ...intent, actor: 'svc-approver' });
  const approvals = [{ level: 1, user: 'CORP\\svc-approver', decision: 'Approved', message: null, created: NOON }];
  const live = request({ level: 2, levels: 2, approvals });
  const history = await openActionHistory(folder, clock);
  expect(await recover(history, portsOf(lookUpOf(live)))).toMatchObject([{ found: 'done' }]);
  expect(history.acted('req-1', 'approve')).toBe(true);
});

test('With nothing left open, the vault is not asked', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'agent_state.json'), '{"last_run":null,"actioned_ids":["old"]}');
  const history = await openActionHistory(folder, fakeClock());
  expect(await recover(history, portsOf(lookUpOf(new Error('asked'))))).toEqual([]);
});

test('"Not done" is believed only once the call cannot arrive any more: the vault is looked at again then', async () => {
  const { history, clock } = await interrupted(['req-1', 'approve'], ['req-2', 'approve']);
  const due = clock.now() + 30_000;
  // The call of the first was on its way when the process died, and arrives while the vault is looked at.
  const lookUp = async ({ id }: { id: string }) =>
    request({ id, status: id === 'req-1' && clock.now() >= due ? 'Approved' : 'Active' });
  expect(await recover(history, portsOf(lookUp, clock))).toMatchObject([
    { requestId: 'req-1', found: 'done' },
    { requestId: 'req-2', found: 'not done' },
  ]);
  expect(clock.pauses).toEqual([30_000]);
});

test('One pause serves all, whatever the clock says; only after a day nobody waits any more', async () => {
  for (const [shift, pauses] of [
    [31_000, [30_000]],
    [-86_400_000, [30_000]],
    [86_400_001, []],
  ] as const) {
    const { history, clock } = await interrupted(['req-1', 'approve'], ['req-2', 'approve']);
    clock.advance(shift);
    await recover(history, portsOf(lookUpOf(request()), clock));
    expect(clock.pauses).toEqual(pauses);
  }
});

test('A stop does not wait: the action stays open and counts as acted on', async () => {
  const { history, folder, clock } = await interrupted(['req-1', 'approve']);
  const stopped = AbortSignal.abort();
  expect(await recover(history, { ...portsOf(lookUpOf(request()), clock), signal: stopped })).toMatchObject([
    { found: 'unclear', says: expect.stringContaining('stopped') },
  ]);
  expect((await openActionHistory(folder, clock)).acted('req-1', 'approve')).toBe(true);
});

test('What stayed in doubt is looked at again by later runs, which tell when they found out and are silent until then', async () => {
  const { history, folder, clock } = await interrupted(['was', 'approve'], ['was-not', 'approve'], ['old', 'approve']);
  await recover(history, portsOf(lookUpOf(null), clock));
  const next = await openActionHistory(folder, clock);
  expect(next.unknown()).toHaveLength(3);
  expect(await recover(next, portsOf(lookUpOf(null), clock))).toEqual([]);
  expect(await recover(next, portsOf(lookUpOf(new Error('no answer')), clock))).toEqual([]);
  expect(await recover(next, { ...portsOf(lookUpOf(request()), clock), since: NOON }), 'out of reach').toEqual([]);
  const lookUp = async ({ id }: { id: string }) =>
    id === 'old' ? null : request({ id, status: id === 'was' ? 'Approved' : 'Active' });
  expect(await recover(next, portsOf(lookUp, clock))).toMatchObject([
    { requestId: 'was', found: 'done' },
    { requestId: 'was-not', found: 'not done' },
  ]);
  expect(['was', 'was-not', 'old'].map((id) => next.acted(id, 'approve'))).toEqual([true, false, true]);
});
