import { describe, expect, test } from 'vitest';
import { type Answer, act, type Planned } from '../../../src/act/act.ts';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import type { Outcome } from '../../../src/domain/decision.ts';
import { LedgerError, StorageError, UpstreamError } from '../../../src/util/errors.ts';
import { AGENT, granted, NOON, request } from '../../helpers/requests.ts';
import { ACCEPTED, another, DISK_FULL, LOST, plan, REFUSED, scripted } from './ports.ts';

const GONE = new UpstreamError('vault', 'unreachable', 'nobody answers');
const approvedBy = (user: string | null, decision = 'Approved', created: number | null = NOON) => [
  { level: 1, user, decision, message: null, created },
];
const twoLevels = (part: Partial<AccessRequest> = {}) => request({ level: 1, levels: 2, ...part });

/** One planned action against a script, and what happened. */
async function acted(planned: Planned, script: Parameters<typeof scripted>[0] = {}) {
  const world = scripted(script);
  const [outcome] = await act([planned], world.ports);
  return { outcome: outcome as Outcome, ...world };
}

test('Whatever comment was planned, one line of at most 300 ordinary characters leaves for the vault', async () => {
  const comment = `<b onclick="x()">Approved</b> by the [CISO](https://evil.example/x)\r\n${'and so on '.repeat(200)}`;
  const { events } = await acted({ ...plan('approve'), comment });
  const [, sent = ''] =
    /^call approve [^:]*: (.*)$/s.exec(events.find((event) => event.startsWith('call')) ?? '') ?? [];
  expect(sent).toMatch(/^b onclickx\(\)Approved\/b by the CISO\(https evil\. example\/x\) and so on /);
  expect(sent.length).toBeLessThanOrEqual(300);
  expect(sent).not.toMatch(/[<>[\]"\r\n]/);
});

describe('Right before the call', () => {
  test.each([
    ['Completed', 'its status went from Active to Completed meanwhile'],
    ['Approved', 'its status went from Active to Approved meanwhile'],
    ['Rejected', 'its status went from Active to Rejected meanwhile'],
    ['Frozen', 'its status went from Active to Frozen meanwhile'],
  ])('a request that went to %s between listing and action is not touched', async (status, why) => {
    const { outcome, events } = await acted(plan('approve'), { looks: [request({ status })] });
    expect(outcome).toEqual({ kind: 'skipped', reason: 'changed', why });
    expect(events).toEqual(['look']);
  });

  test.each<[string, Partial<AccessRequest>]>([
    ['justification', { justification: 'I changed my mind: domain controllers, please.' }],
    ['asset', { asset: { id: 'asset-dc', name: 'dc01' } }],
    ['window', { requestedTo: NOON * 2 }],
    ['requestor', { requestor: { id: 'u-1', name: 'mallory', displayName: null } }],
    ['level', { level: 2 }],
    ['operation', { operation: 'AssetEdit' }],
  ])('a request whose %s changed since it was decided is not touched', async (_what, change) => {
    const { outcome, events } = await acted(plan('approve'), { looks: [request(change)] });
    expect(outcome).toEqual({ kind: 'skipped', reason: 'changed', why: 'it was changed meanwhile' });
    expect(events).toEqual(['look']);
  });

  test('a request that is gone is not touched', async () => {
    const { outcome, events } = await acted(plan('reject'), { looks: [null] });
    expect(outcome).toEqual({ kind: 'skipped', reason: 'changed', why: 'it is no longer in the list' });
    expect(events).toEqual(['look']);
  });

  test('a request that cannot be read is not touched', async () => {
    const { outcome, events } = await acted(plan('approve'), { looks: [GONE] });
    expect(outcome).toMatchObject({ kind: 'skipped', reason: 'unreadable' });
    expect((outcome as { why: string }).why).toContain('nobody answers');
    expect(events).toEqual(['look']);
  });

  test('a gate that objects to the live request stops the action', async () => {
    const seen: unknown[] = [];
    const objection = (planned: Planned, live: AccessRequest) => {
      seen.push(planned.action, live.id);
      return "it is the agent's own request";
    };
    const { outcome, events } = await acted(plan('approve'), { over: { objection } });
    expect(outcome).toEqual({ kind: 'skipped', reason: 'changed', why: "it is the agent's own request" });
    expect(seen).toEqual(['approve', 'req-1']);
    expect(events).toEqual(['look']);
  });

  test('a lock that was lost while the request was looked up stops this action and all after it', async () => {
    let held = true;
    const world = scripted();
    const lookUp = world.ports.lookUp;
    const ports = {
      ...world.ports,
      lockHeld: () => held,
      lookUp: async (wanted: { id: string; created: number }) => {
        held = false;
        return lookUp(wanted);
      },
    };
    const outcomes = await act([plan('approve'), plan('approve')], ports);
    expect(outcomes).toEqual(
      outcomes.map(() => ({ kind: 'skipped', reason: 'lock-lost', why: 'the lock on the state folder was lost' })),
    );
    expect(world.events).toEqual(['look']);
  });

  test('a lock that was lost while the intent was written: the call is not made, and the intent stays for whoever has the lock', async () => {
    let held = true;
    const world = scripted();
    const intend = world.ports.history.intend;
    const history = {
      ...world.ports.history,
      intend: async (intent: Parameters<typeof intend>[0]) => {
        await intend(intent);
        held = false;
      },
    };
    const outcomes = await act([plan('approve')], { ...world.ports, history, lockHeld: () => held });
    expect(outcomes).toMatchObject([{ kind: 'skipped', reason: 'lock-lost' }]);
    expect(world.events).toEqual(['look', `intent approve ${plan('approve').request.id}`]);
  });

  test('a fault in our own checks is an outcome of that action, and nothing was done', async () => {
    const objection = () => {
      throw new Error('a bug');
    };
    const { outcome, events } = await acted(plan('approve'), { over: { objection } });
    expect(outcome).toEqual({ kind: 'failed', why: 'a fault in Portcullis before the call: a bug' });
    expect(events).toEqual(['look']);
  });
});

describe('An action that the vault accepts', () => {
  test('has its intent on disk before and its outcome after the call', async () => {
    const after = request({ status: 'Approved', approved: NOON });
    const { outcome, events } = await acted(plan('approve'), { looks: [request(), after] });
    expect(outcome).toEqual({ kind: 'done', statusAfter: 'Approved', note: '', answer: 'the vault answered 200' });
    expect(events).toEqual([
      'look',
      'intent approve req-1',
      'call approve req-1: Portcullis says so.',
      'look',
      'outcome done',
    ]);
  });

  test('and that leaves it Active, because other authorizers follow, is done', async () => {
    const after = twoLevels({ level: 2, approvals: approvedBy(AGENT) });
    const { outcome, calls } = await acted(plan('approve', twoLevels()), { looks: [twoLevels(), after] });
    expect(outcome).toEqual({
      kind: 'done',
      answer: 'the vault answered 200',
      statusAfter: 'Active',
      note: 'approved level 1 of 2; other authorizers have to approve the rest',
    });
    expect(calls()).toBe(1);
  });

  test('and that is listed as Active all the same, though it has one level, is done, and the oddity is told', async () => {
    const { outcome } = await acted(plan('approve'), { looks: [request()] });
    expect(outcome).toEqual({
      kind: 'done',
      answer: 'the vault answered 200',
      statusAfter: 'Active',
      note: 'accepted; the vault still lists it as Active',
    });
  });

  test('is done also when the vault cannot be read or does not list it afterwards', async () => {
    for (const after of [GONE, null]) {
      const { outcome, events } = await acted(plan('close', granted()), { looks: [granted(), after] });
      expect(outcome).toEqual({
        kind: 'done',
        statusAfter: null,
        note: 'could not be looked up afterwards',
        answer: 'the vault answered 200',
      });
      expect(events.at(-1)).toBe('outcome done');
    }
  });

  test('is done also when its outcome cannot be written: the open intent keeps it from being done again', async () => {
    const told: unknown[] = [];
    const { outcome, history } = await acted(plan('reject'), {
      looks: [request(), request({ status: 'Rejected' })],
      concludeFails: DISK_FULL,
      over: { onUnrecorded: ({ request: id, action }, error) => told.push([id, action, error]) },
    });
    expect(outcome.kind).toBe('done');
    expect(history.acted('req-1', 'reject')).toBe(true);
    expect(told).toEqual([['req-1', 'reject', DISK_FULL]]);
  });
});

describe('An action that the vault refuses', () => {
  test('and that left the request as it was, failed and stays eligible', async () => {
    const { outcome, events, calls } = await acted(plan('approve'), { answers: [REFUSED] });
    expect(outcome).toEqual({ kind: 'failed', why: 'the vault answered 409; the request is unchanged' });
    expect(events.at(-1)).toBe('outcome not-done');
    expect(calls()).toBe(1);
  });

  test.each<[string, Parameters<typeof plan>, AccessRequest]>([
    ['somebody else approved it', ['approve'], request({ status: 'Approved', approvals: approvedBy('boss') })],
    ['it is approved and nobody is named', ['approve'], request({ status: 'Approved' })],
    [
      'somebody else rejected it',
      ['approve'],
      request({ status: 'Rejected', approvals: approvedBy('boss', 'Rejected') }),
    ],
    ['the requestor withdrew it', ['approve'], request({ status: 'Completed' })],
    ['the requestor withdrew it', ['reject'], request({ status: 'Completed' })],
    ['its window ended', ['close', granted()], granted({ status: 'Completed' })],
  ])('because %s meanwhile, is a change and no failure', async (_why, [action, about = request()], after) => {
    const { outcome, events } = await acted(plan(action, about), { looks: [about, after], answers: [REFUSED] });
    expect(outcome).toMatchObject({ kind: 'skipped', reason: 'changed' });
    expect((outcome as { why: string }).why).toMatch(/^the vault answered 409; /);
    expect(events.at(-1)).toBe('outcome not-done');
  });

  test('but that the list of approvals says is ours, is done', async () => {
    const after = request({ status: 'Approved', approvals: approvedBy(`CORP\\${AGENT.toUpperCase()}`) });
    const { outcome, events } = await acted(plan('approve'), { looks: [request(), after], answers: [REFUSED] });
    expect(outcome).toMatchObject({ kind: 'done', statusAfter: 'Approved' });
    expect(events.at(-1)).toBe('outcome done');
  });

  test('while the request was changed, is a change and is not called unchanged', async () => {
    const after = request({ justification: 'Something else.' });
    const { outcome } = await acted(plan('approve'), { looks: [request(), after], answers: [REFUSED] });
    expect(outcome).toEqual({
      kind: 'skipped',
      reason: 'changed',
      why: 'the vault answered 409; it was changed meanwhile',
    });
  });

  test('and that cannot be looked up is unknown', async () => {
    const { outcome, events } = await acted(plan('approve'), { looks: [request(), GONE], answers: [REFUSED] });
    expect(outcome).toEqual({
      kind: 'unknown',
      why: 'the vault answered 409; it could not be looked up: nobody answers',
    });
    expect(events.at(-1)).toBe('outcome unknown');
  });
});

describe('An action whose answer is lost', () => {
  test.each<[Parameters<typeof plan>, AccessRequest]>([
    [['approve'], request({ status: 'Approved' })],
    [['reject'], request({ status: 'Rejected', approvals: approvedBy(AGENT, 'Rejected') })],
    [['close', granted()], granted({ status: 'Completed' })],
    [['approve', twoLevels()], twoLevels({ level: 2, approvals: approvedBy(AGENT) })],
  ])('and that took effect all the same is found done: %o', async ([action, about = request()], after) => {
    const { outcome, calls, events, clock } = await acted(plan(action, about), {
      looks: [about, after],
      answers: [LOST],
    });
    expect(outcome).toMatchObject({ kind: 'done', statusAfter: after.status });
    expect(clock.pauses, 'no more looking once it is found').toEqual([0]);
    expect((outcome as { note: string }).note).toMatch(/^found by looking again after no answer: /);
    expect(calls()).toBe(1);
    expect(events.at(-1)).toBe('outcome done');
  });

  test('is looked up several times before anything is tried again: the vault may still be working', async () => {
    const after = request({ status: 'Rejected' });
    const { outcome, clock, calls } = await acted(plan('reject'), {
      looks: [request(), request(), request(), after],
      answers: [LOST],
    });
    expect(outcome.kind).toBe('done');
    expect(calls()).toBe(1);
    expect(clock.pauses.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(4_000);
  });

  test('and that changed nothing is tried once more', async () => {
    const { outcome, calls, events } = await acted(plan('reject'), {
      looks: [request(), request(), request(), request(), request({ status: 'Rejected' })],
      answers: [LOST, ACCEPTED],
    });
    expect(outcome).toMatchObject({ kind: 'done', statusAfter: 'Rejected' });
    expect(calls()).toBe(2);
    expect(events.filter((e) => e.startsWith('intent'))).toHaveLength(1);
  });

  test('twice, without any effect so far, is unknown: the second call may still arrive', async () => {
    const { outcome, calls, events } = await acted(plan('approve'), { answers: [LOST] });
    expect(outcome).toEqual({ kind: 'unknown', why: 'no answer; the request is unchanged so far' });
    expect(calls()).toBe(2);
    expect(events.at(-1)).toBe('outcome unknown');
  });

  test('and then refused is unknown too: the first call may still arrive', async () => {
    const refused = { kind: 'refused', says: 'the vault answered 403' } as const;
    const { outcome, calls } = await acted(plan('approve'), { answers: [LOST, refused] });
    expect(outcome).toEqual({ kind: 'unknown', why: 'the vault answered 403; the request is unchanged so far' });
    expect(calls()).toBe(2);
  });

  test('twice, by the vault itself, without any effect, failed: nothing is on its way any more', async () => {
    const heard = { ...LOST, heard: true } as const;
    const { outcome, calls, events } = await acted(plan('approve'), { answers: [heard] });
    expect(outcome).toEqual({ kind: 'failed', why: 'no answer, twice; the request is unchanged' });
    expect(calls()).toBe(2);
    expect(events.at(-1)).toBe('outcome not-done');
  });

  test('is never repeated for a request of several levels: the second call would approve the next one too', async () => {
    const { outcome, calls, events } = await acted(plan('approve', twoLevels()), {
      looks: [twoLevels()],
      answers: [LOST],
    });
    expect(outcome).toEqual({ kind: 'unknown', why: 'no answer; not repeated, because it has several levels' });
    expect(calls()).toBe(1);
    expect(events.at(-1)).toBe('outcome unknown');
  });

  test('for a level that somebody else approved meanwhile is not repeated either, and stays unknown', async () => {
    const after = twoLevels({ level: 2, approvals: approvedBy('boss') });
    const { outcome, calls } = await acted(plan('approve', twoLevels()), {
      looks: [twoLevels(), after],
      answers: [LOST],
    });
    expect(outcome.kind).toBe('unknown');
    expect(calls()).toBe(1);
  });

  test('is repeated for a rejection of several levels: one rejection ends it on any level', async () => {
    const { calls } = await acted(plan('reject', twoLevels()), { looks: [twoLevels()], answers: [LOST] });
    expect(calls()).toBe(2);
  });

  test('is not repeated when the vault does not say how many levels there are', async () => {
    const before = request({ level: null, levels: null });
    const { outcome, calls } = await acted(plan('approve', before), { looks: [before], answers: [LOST] });
    expect(outcome).toEqual({
      kind: 'unknown',
      why: 'no answer; not repeated, because the vault does not say how many levels it has',
    });
    expect(calls()).toBe(1);
  });

  test('is not repeated when the request was changed meanwhile', async () => {
    const after = request({ justification: 'Something else.' });
    const { outcome, calls } = await acted(plan('approve'), { looks: [request(), after], answers: [LOST] });
    expect(outcome).toEqual({ kind: 'unknown', why: 'no answer; it was changed meanwhile' });
    expect(calls()).toBe(1);
  });

  test('and that cannot be looked up is unknown, and is not repeated', async () => {
    for (const after of [GONE, null]) {
      const { outcome, calls, events } = await acted(plan('approve'), { looks: [request(), after], answers: [LOST] });
      expect(outcome.kind).toBe('unknown');
      expect(calls()).toBe(1);
      expect(events.at(-1)).toBe('outcome unknown');
    }
  });

  test('on a request that went elsewhere meanwhile is a change', async () => {
    const after = request({ status: 'Completed' });
    const { outcome, events } = await acted(plan('reject'), { looks: [request(), after], answers: [LOST] });
    expect(outcome).toMatchObject({ kind: 'skipped', reason: 'changed' });
    expect(events.at(-1)).toBe('outcome not-done');
  });

  test('and an approved request that is Completed by now is unknown: it may have been granted in between', async () => {
    const { outcome } = await acted(plan('approve'), {
      looks: [request(), request({ status: 'Completed' })],
      answers: [LOST],
    });
    expect(outcome.kind).toBe('unknown');
  });

  test('and whose first call arrived late, so that the second is refused, is done: both calls were ours', async () => {
    const { outcome, events } = await acted(plan('approve'), {
      looks: [request(), request(), request(), request(), request({ status: 'Approved' })],
      answers: [LOST, REFUSED],
    });
    expect(outcome).toMatchObject({ kind: 'done', statusAfter: 'Approved' });
    expect(events.at(-1)).toBe('outcome done');
  });

  test.each([
    ['unheard of', LOST],
    ['from the vault itself, which did nothing', { ...LOST, heard: true } as const],
  ])('%s is not repeated after a stop', async (_what, answer) => {
    const stop = new AbortController();
    const world = scripted({ answers: [answer], over: { signal: stop.signal } });
    const { send } = world.ports;
    const stopping: typeof send = (...args) => {
      stop.abort();
      return send(...args);
    };
    const [outcome] = await act([plan('reject')], { ...world.ports, send: stopping });
    expect(outcome).toEqual({ kind: 'unknown', why: 'no answer; not repeated, because the run was stopped before' });
    expect(world.calls()).toBe(1);
    expect(world.events.at(-1)).toBe('outcome unknown');
  });

  test('is not repeated when another action found meanwhile that nothing more may be done', async () => {
    const foreign = new LedgerError('state/ledger', 'somebody else wrote to the ledger');
    const world = scripted({ answers: [LOST], over: { atOnce: 2 } });
    const { history, send } = world.ports;
    const [sending, refused] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ports = {
      ...world.ports,
      lookUp: async ({ id }: { id: string }) => (id === 'req-1' ? request() : another(id)),
      history: {
        ...history,
        intend: async (intent: Parameters<typeof history.intend>[0]) => {
          if (intent.request === 'req-1') return history.intend(intent);
          await sending.promise;
          refused.resolve();
          throw foreign;
        },
      },
      send: async (...args: Parameters<typeof send>) => {
        sending.resolve();
        await refused.promise;
        return send(...args);
      },
    };
    const [first] = await act([plan('reject'), plan('reject', another('req-2'))], ports);
    expect(first).toEqual({
      kind: 'unknown',
      why: 'no answer; not repeated, because somebody else wrote to the ledger',
    });
    expect(world.calls()).toBe(1);
  });

  test('is not repeated once the lock is lost: another process may be acting', async () => {
    let called = false;
    const world = scripted({ answers: [LOST] });
    const { send } = world.ports;
    const ports = {
      ...world.ports,
      lockHeld: () => !called,
      send: (...args: Parameters<typeof send>) => {
        called = true;
        return send(...args);
      },
    };
    const [outcome] = await act([plan('reject')], ports);
    expect(outcome).toEqual({
      kind: 'unknown',
      why: 'no answer; not repeated, because the lock on the state folder was lost',
    });
    expect(world.calls()).toBe(1);
  });
});

describe('A call that breaks inside Portcullis', () => {
  test('has an unknown outcome, keeps its intent open for the next run, and the other actions go on', async () => {
    const world = scripted({ answers: [new Error('a bug'), ACCEPTED], looks: [request()] });
    const outcomes = await act([plan('approve'), plan('reject', request({ id: 'req-2' }))], {
      ...world.ports,
      lookUp: async ({ id }) => request({ id }),
    });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'done']);
    expect(outcomes[0]).toMatchObject({ why: 'a fault in Portcullis: a bug' });
    expect(world.history.acted('req-1', 'approve')).toBe(true);
  });
});

describe('An intent that cannot be written', () => {
  test('halts this action and every one after it, before any call', async () => {
    const { ports, events } = scripted({ intendFails: DISK_FULL });
    const outcomes = await act([plan('approve'), plan('reject'), plan('approve')], ports);
    expect(outcomes).toHaveLength(3);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'skipped', reason: 'not-recorded' });
    expect(events).toEqual(['look']);
  });

  test('for another reason than the disk fails that action only, before its call', async () => {
    const { ports, calls } = scripted({ intendFails: new Error('a bug') });
    const outcomes = await act([plan('approve'), plan('approve')], ports);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    expect(calls()).toBe(0);
  });
});

describe('A person at the terminal', () => {
  const asked = (answers: readonly Answer[]) => {
    let n = 0;
    return { ask: async () => answers[n++] ?? 'stop' };
  };

  test('who says no keeps that one request from being touched', async () => {
    const { ports, calls } = scripted({ over: asked(['no', 'yes']) });
    const outcomes = await act([plan('approve'), plan('approve')], ports);
    expect(outcomes.map((o) => (o.kind === 'skipped' ? o.reason : o.kind))).toEqual(['declined', 'done']);
    expect(calls()).toBe(1);
  });

  test('who leaves one for later has it left as it is, without a no in the ledger', async () => {
    const { ports, calls } = scripted({ over: asked(['skip', 'yes']) });
    const noted: unknown[] = [];
    const history = { ...ports.history, note: async (entries: readonly unknown[]) => void noted.push(...entries) };
    const outcomes = await act([plan('approve'), plan('approve')], { ...ports, history });
    expect(outcomes.map((o) => (o.kind === 'skipped' ? o.reason : o.kind))).toEqual(['passed-over', 'done']);
    expect([calls(), noted]).toEqual([1, []]);
  });

  test('whose no cannot be entered is asked nothing more, and nothing more is done', async () => {
    const { ports, calls } = scripted({ over: asked(['no', 'yes']) });
    const full = async () => Promise.reject(new StorageError('write', 'state', new Error('the disk is full')));
    const outcomes = await act([plan('approve'), plan('approve')], {
      ...ports,
      history: { ...ports.history, note: full },
    });
    expect(outcomes.map((o) => (o.kind === 'skipped' ? o.reason : o.kind))).toEqual(['not-recorded', 'not-recorded']);
    expect(calls()).toBe(0);
  });

  test('who stops is not asked again, and nothing more is done', async () => {
    const { ports, calls, events } = scripted({ over: asked(['yes', 'stop', 'yes']) });
    const outcomes = await act([plan('approve'), plan('approve'), plan('approve')], ports);
    expect(outcomes.map((o) => (o.kind === 'skipped' ? o.reason : o.kind))).toEqual(['done', 'stopped', 'stopped']);
    expect(calls()).toBe(1);
    expect(events.filter((e) => e === 'look')).toHaveLength(2);
  });

  test('is asked before the live look, which is the last thing before the call', async () => {
    const world = scripted();
    await act([plan('approve')], {
      ...world.ports,
      ask: async () => {
        world.events.push('ask');
        return 'yes';
      },
    });
    expect(world.events.slice(0, 3)).toEqual(['ask', 'look', 'intent approve req-1']);
  });
});

describe('A stop', () => {
  test('that arrives during a call lets that action come to its end, and begins no other', async () => {
    const stop = new AbortController();
    const world = scripted({ over: { signal: stop.signal } });
    const { send } = world.ports;
    const outcomes = await act([plan('approve'), plan('approve')], {
      ...world.ports,
      send: (...args) => {
        stop.abort();
        return send(...args);
      },
    });
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'done' }),
      { kind: 'skipped', reason: 'stopped', why: 'the run was stopped before' },
    ]);
    expect(world.events.at(-1)).toBe('outcome done');
  });

  test('that came before lets nothing begin, and nobody is asked', async () => {
    const stop = new AbortController();
    stop.abort();
    const ask = async () => 'yes' as const;
    const { ports, events } = scripted({ over: { signal: stop.signal, ask } });
    expect(await act([plan('approve')], ports)).toMatchObject([{ kind: 'skipped', reason: 'stopped' }]);
    expect(events).toEqual([]);
  });
});

test('A lost lock stops the acting', async () => {
  const { ports, events } = scripted({ over: { lockHeld: () => false } });
  expect(await act([plan('approve'), plan('reject')], ports)).toMatchObject([
    { reason: 'lock-lost' },
    { reason: 'lock-lost' },
  ]);
  expect(events).toEqual([]);
});

test('There is one outcome for each planned action, in the same order, and each is told as it falls', async () => {
  const told: string[] = [];
  const { ports } = scripted({ over: { onOutcome: ({ request: { id } }, { kind }) => told.push(`${id} ${kind}`) } });
  const planned = ['a', 'b', '__proto__'].map((id) => plan('approve', request({ id })));
  const outcomes = await act(planned, { ...ports, lookUp: async ({ id }) => (id === 'b' ? null : request({ id })) });
  expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'skipped', 'done']);
  expect(told).toEqual(['a done', 'b skipped', '__proto__ done']);
  expect(await act([], ports)).toEqual([]);
});
