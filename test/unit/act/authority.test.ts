import { describe, expect, test } from 'vitest';
import { act } from '../../../src/act/act.ts';
import { credentialProblem } from '../../../src/act/refused_token.ts';
import type { Outcome } from '../../../src/domain/decision.ts';
import type { Authority } from '../../../src/domain/write_answer.ts';
import { UpstreamError } from '../../../src/util/errors.ts';
import { request } from '../../helpers/requests.ts';
import { ACCEPTED, another, DISK_FULL, LOST, plan, scripted } from './ports.ts';

const READY: Authority = { kind: 'ready', fresh: false };
const FETCHED: Authority = { kind: 'ready', fresh: true };
const NONE: Authority = { kind: 'none', why: 'the vault gave no credential' };
const reasons = (outcomes: readonly Outcome[]) => outcomes.map((o) => (o.kind === 'skipped' ? o.reason : o.kind));

/** A script in which the token of the acting user is asked for too. */
function withAuthority(answers: readonly Authority[], script: Parameters<typeof scripted>[0] = {}) {
  const world = scripted(script);
  let asked = 0;
  const authority = async (): Promise<Authority> => {
    world.events.push('authority');
    return answers[Math.min(asked++, answers.length - 1)] ?? NONE;
  };
  return { ...world, ports: { ...world.ports, authority } };
}

describe('The token of the acting user', () => {
  test('is asked for when nothing else is in the way, and before anything is written down', async () => {
    const { ports, events } = withAuthority([READY]);
    expect(reasons(await act([plan('approve')], ports))).toEqual(['done']);
    expect(events.slice(0, 3)).toEqual(['look', 'authority', 'intent approve req-1']);
  });

  test('is not fetched for a request that changed, or that is objected to', async () => {
    const changed = withAuthority([READY], { looks: [request({ status: 'Completed' })] });
    expect(reasons(await act([plan('approve')], changed.ports))).toEqual(['changed']);
    expect(changed.events).toEqual(['look']);
    const objected = withAuthority([READY], { over: { objection: () => 'a gate is shut' } });
    expect(reasons(await act([plan('approve')], objected.ports))).toEqual(['changed']);
    expect(objected.events).toEqual(['look']);
  });

  test('that took time to fetch makes us look again: the request may have changed, and may be our own', async () => {
    const fresh = withAuthority([FETCHED, READY]);
    expect(reasons(await act([plan('approve'), plan('approve')], fresh.ports)).at(0)).toBe('done');
    expect(fresh.events.slice(0, 4)).toEqual(['look', 'authority', 'look', 'intent approve req-1']);
    const changed = withAuthority([FETCHED], { looks: [request(), request({ justification: 'something else' })] });
    expect(reasons(await act([plan('approve')], changed.ports))).toEqual(['changed']);
    expect(changed.calls()).toBe(0);
    let asked = 0;
    const own = withAuthority([FETCHED], { over: { objection: () => (asked++ === 0 ? null : 'it is our own') } });
    expect(await act([plan('approve')], own.ports)).toMatchObject([{ kind: 'skipped', why: 'it is our own' }]);
    expect(own.events).not.toContain('intent approve req-1');
  });

  test('that cannot be had halts this action and every one after it, with nothing in the ledger', async () => {
    const { ports, events } = withAuthority([NONE]);
    expect(reasons(await act([plan('approve'), plan('reject')], ports))).toEqual(['no-token', 'no-token']);
    expect(events).toEqual(['look', 'authority']);
  });

  test('that cannot be had because the run was stopped is a stop, not a fault', async () => {
    const stop = new AbortController();
    const world = scripted({ over: { signal: stop.signal } });
    const authority = async () => {
      stop.abort();
      return NONE;
    };
    const outcomes = await act([plan('approve'), plan('approve')], { ...world.ports, authority });
    expect(reasons(outcomes)).toEqual(['stopped', 'stopped']);
  });

  test('that is fetched while the lock is lost is not used', async () => {
    let held = true;
    const world = withAuthority([FETCHED], { over: { lockHeld: () => held } });
    const authority = async () => {
      held = false;
      return FETCHED;
    };
    expect(reasons(await act([plan('approve')], { ...world.ports, authority }))).toEqual(['lock-lost']);
    expect(world.calls()).toBe(0);
  });
});

describe('A vault that refuses the token', () => {
  const SHUT_OUT = new UpstreamError('vault', 'unauthorized', 'the vault refused to list requests: 401', {
    status: 401,
  });
  const DOUBTED = { kind: 'refused', says: 'the vault answered 401', credential: 'doubted' } as const;
  const INVALID = { ...DOUBTED, credential: 'refused' } as const;
  const LATER = new UpstreamError('vault', 'server-error', 'the vault failed to answer: 503', { status: 503 });
  const three = () => [plan('approve', another('a')), plan('reject', another('b')), plan('close', another('c'))];
  const looks = [another('a'), SHUT_OUT];

  test('for a call and for the look behind it did nothing, and is sent nothing more', async () => {
    const { ports, events, calls, open } = scripted({ looks, answers: [DOUBTED] });
    const outcomes = await act(three(), ports);
    expect(reasons(outcomes)).toEqual(['token-refused', 'token-refused', 'token-refused']);
    expect([calls(), open.size]).toEqual([1, 0]);
    expect(events).toContain('outcome not-done');
    expect(credentialProblem(outcomes)).toEqual({
      where: 'act',
      message: 'the vault refuses the token: the vault answered 401',
      advice: expect.stringContaining('VAULT_API_TOKEN_FILE'),
    });
  });

  test('says so by itself, and the look need not tell', async () => {
    const { ports, calls } = scripted({ looks: [another('a')], answers: [INVALID] });
    expect(reasons(await act(three(), ports))).toEqual(['token-refused', 'token-refused', 'token-refused']);
    expect(calls()).toBe(1);
  });

  test('right before a call is told once, and nothing is written down', async () => {
    const { ports, calls, events } = scripted({ looks: [SHUT_OUT] });
    const outcomes = await act(three(), ports);
    expect(reasons(outcomes)).toEqual(['token-refused', 'token-refused', 'token-refused']);
    expect([calls(), events.filter((event) => event.startsWith('intent'))]).toEqual([0, []]);
    expect(credentialProblem(outcomes)?.message).toMatch(/the vault refused to list requests: 401/);
  });

  test('for one request that its user may not decide, while it still lists, refuses that request alone', async () => {
    const { ports, calls } = scripted({ looks: [another('a')], answers: [DOUBTED, ACCEPTED] });
    const outcomes = await act([plan('approve', another('a')), plan('approve', another('a'))], ports);
    expect(reasons(outcomes)).toEqual(['failed', 'done']);
    expect(calls()).toBe(2);
    expect(credentialProblem(outcomes)?.message).toMatch(/for 1 action \(401 or 403\): its user may not do that/);
  });

  test('and then cannot be looked at did nothing either', async () => {
    const { ports } = scripted({ looks: [another('a'), LATER], answers: [DOUBTED] });
    const [outcome] = await act([plan('approve', another('a'))], ports);
    expect(outcome).toMatchObject({ kind: 'failed', unauthorized: true, why: expect.stringMatching(/401; .*503/) });
  });

  test('after a call whose answer got lost is no answer to that one', async () => {
    const { ports } = scripted({
      looks: [another('a'), another('a'), another('a'), another('a'), another('a'), SHUT_OUT],
      answers: [LOST, INVALID],
    });
    expect(reasons(await act([plan('approve', another('a'))], ports))).toEqual(['unknown']);
  });
});

describe('Who stands behind an action', () => {
  const signature = { actor: 'svc-approver', plan: 'plan-1', approvedBy: 'mharper' };

  test('is written down with the intent, with the keys that the caps count by', async () => {
    const world = scripted();
    const intents: unknown[] = [];
    const history = { ...world.history, intend: async (intent: unknown) => void intents.push(intent) };
    await act([plan('approve')], { ...world.ports, history, signature: () => signature });
    expect(intents).toEqual([
      {
        ...{ run: 'run-1', request: 'req-1', action: 'approve', created: request().created, level: 1 },
        ...{ requestor: 'id:u-17', asset: 'asset-7' },
        ...signature,
      },
    ]);
  });

  test('may be unknown: an action without a plan is written down all the same', async () => {
    const { ports, events } = scripted();
    expect(reasons(await act([plan('approve')], ports))).toEqual(['done']);
    expect(events).toContain('intent approve req-1');
  });

  test('does not matter where nothing can be written', async () => {
    const { ports, calls } = scripted({ intendFails: DISK_FULL });
    expect(reasons(await act([plan('approve')], { ...ports, signature: () => signature }))).toEqual(['not-recorded']);
    expect(calls()).toBe(0);
  });
});
