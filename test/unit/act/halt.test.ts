import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { act } from '../../../src/act/act.ts';
import type { Outcome } from '../../../src/domain/decision.ts';
import type { Halt } from '../../../src/domain/halt.ts';
import { findHalt } from '../../../src/store/halt.ts';
import { request, tempFolder } from '../../helpers/requests.ts';
import { ACCEPTED, LOST, plan, REFUSED, scripted } from './ports.ts';

const HALT: Halt = { source: 'file', since: 0, by: 'anna', reason: null };
const LEFT: Outcome = { kind: 'skipped', reason: 'halted', why: 'halted; run `portcullis resume`' };
const FOUR = [1, 2, 3, 4].map((n) => plan('approve', request({ id: `req-${n}` })));
const ready = { kind: 'ready', fresh: true } as const;

/** Says yes to being halted from the nth question on, for as long as `until`. */
const haltedFrom = (n: number, until = Number.POSITIVE_INFINITY) => {
  let asked = 0;
  return async () => (++asked >= n && asked < until ? HALT : null);
};

describe('A halt', () => {
  test('before the first action leaves all of them undone, without a look, a token or an intent', async () => {
    const world = scripted({ over: { halted: haltedFrom(1), authority: async () => ready } });
    expect(await act(FOUR, world.ports)).toEqual([LEFT, LEFT, LEFT, LEFT]);
    expect(world.events).toEqual([]);
  });

  test('takes effect between two actions: the one under way is finished and written to the ledger, the rest stays as it is', async () => {
    let halted: Halt | null = null;
    const world = scripted({
      looks: [1, 1, 1].map(() => request()),
      over: { halted: async () => halted, lookUp: async ({ id }) => request({ id }) },
    });
    const send = world.ports.send;
    const ports = {
      ...world.ports,
      send: async (...call: Parameters<typeof send>) => {
        if (call[1] === 'req-2') halted = HALT;
        return send(...call);
      },
    };
    const outcomes = await act(FOUR, ports);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'skipped', 'skipped']);
    expect(outcomes.slice(2)).toEqual([LEFT, LEFT]);
    expect(world.calls()).toBe(2);
    expect(world.open.size).toBe(0);
  });

  test.each([
    ['a person was asked', { ask: async () => 'yes' as const }],
    ['the token of the acting user was waited for', { authority: async () => ready }],
    ['the request was looked up', {}],
  ])('that comes while %s stops this very action, before its intent', async (_what, over) => {
    const world = scripted({ over: { ...over, halted: haltedFrom(2) } });
    expect(await act([plan('approve')], world.ports)).toEqual([LEFT]);
    expect(world.events.filter((event) => event !== 'look')).toEqual([]);
  });

  test('that comes while the intent is written: no call is made, and the ledger says so', async () => {
    const world = scripted({ over: { halted: haltedFrom(3) } });
    expect(await act([plan('approve')], world.ports)).toEqual([LEFT]);
    expect(world.events).toEqual(['look', 'intent approve req-1', 'outcome not-done']);
  });

  test('that somebody ends while the run is still going does not make it act again', async () => {
    const world = scripted({ over: { halted: haltedFrom(1, 2) } });
    expect(await act(FOUR, world.ports)).toEqual([LEFT, LEFT, LEFT, LEFT]);
    expect(world.calls()).toBe(0);
  });

  test('keeps a call whose answer was lost from being made a second time', async () => {
    const world = scripted({ answers: [LOST, ACCEPTED], over: { halted: haltedFrom(4) } });
    const [outcome] = await act([plan('reject')], world.ports);
    expect(outcome).toEqual({
      kind: 'unknown',
      why: expect.stringContaining('not repeated, because it is halted; run `portcullis resume`'),
    });
    expect(world.calls()).toBe(1);
  });

  test('changes nothing about an action that the vault refused', async () => {
    const world = scripted({ answers: [REFUSED], over: { halted: haltedFrom(4) } });
    expect((await act([plan('reject')], world.ports))[0]).toMatchObject({ kind: 'failed' });
  });

  test('from another process, through the real file, is seen between two actions', async () => {
    const stateDir = tempFolder();
    const world = scripted({
      over: {
        halted: () => findHalt({ setting: false, stateDir }),
        lookUp: async ({ id }) => request({ id }),
        send: async (_action, id) => {
          if (id === 'req-2') await portcullis(['halt', '--by', 'anna', '--reason', 'stop it'], stateDir);
          return ACCEPTED;
        },
      },
    });
    const outcomes = await act(FOUR, world.ports);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'skipped', 'skipped']);
    expect(outcomes[3]).toEqual(LEFT);
    await portcullis(['resume'], stateDir);
    expect((await act(FOUR.slice(2), world.ports)).map(({ kind }) => kind)).toEqual(['done', 'done']);
  });
});

/** The real command, with no other setting than the folder. */
async function portcullis(args: readonly string[], stateDir: string): Promise<void> {
  const program = join(resolve(import.meta.dirname, '../../..'), 'bin/portcullis.js');
  const env = { PATH: process.env.PATH ?? '', STATE_DIR: stateDir };
  const child = spawn(process.execPath, [program, ...args], { cwd: stateDir, env, stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
}
