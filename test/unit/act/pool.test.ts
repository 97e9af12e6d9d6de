import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { act } from '../../../src/act/act.ts';
import type { ActPorts } from '../../../src/act/ports.ts';
import type { Outcome } from '../../../src/domain/decision.ts';
import { openActionHistory } from '../../../src/ledger/action_history.ts';
import { actionsIn } from '../../helpers/ledger.ts';
import { fakeClock, tempFolder } from '../../helpers/requests.ts';
import { ACCEPTED, another, DISK_FULL, plan, scripted } from './ports.ts';

const planned = (count: number) => Array.from({ length: count }, (_, n) => plan('approve', another(`req-${n + 1}`)));
const kinds = (outcomes: readonly Outcome[]) => outcomes.map((one) => (one.kind === 'skipped' ? one.reason : one.kind));

/** Ports whose calls wait to be answered: `answer(id)` lets one through. */
function held(over: Partial<ActPorts> = {}) {
  const world = scripted();
  const waiting = new Map<string, () => void>();
  const ports: ActPorts = {
    ...world.ports,
    atOnce: 3,
    lookUp: async ({ id }) => another(id),
    send: async (action, id, comment) => {
      await new Promise<void>((resolve) => waiting.set(id, resolve));
      return world.ports.send(action, id, comment);
    },
    ...over,
  };
  const settle = async () => {
    for (let turns = 0; turns < 20; turns++) await turn();
  };
  const answer = async (...ids: string[]) => {
    for (const id of ids) {
      waiting.get(id)?.();
      waiting.delete(id);
      await settle();
    }
  };
  return { ...world, ports, settle, answer, waiting: () => [...waiting.keys()] };
}

describe('Several actions', () => {
  test('are under way at the same time, never more than may be', async () => {
    const world = held();
    const acting = act(planned(5), world.ports);
    await world.settle();
    expect(world.waiting()).toEqual(['req-1', 'req-2', 'req-3']);
    await world.answer('req-2');
    expect(world.waiting()).toEqual(['req-1', 'req-3', 'req-4']);
    await world.answer('req-4', 'req-5', 'req-3', 'req-1');
    expect(kinds(await acting)).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  test('give their outcomes in the planned order, whichever ends first, and each is told as it falls', async () => {
    const told: string[] = [];
    const world = held({ onOutcome: ({ request: { id } }) => told.push(id) });
    const gone: ActPorts['lookUp'] = async ({ id }) => (id === 'req-2' ? null : another(id));
    const acting = act(planned(3), { ...world.ports, lookUp: gone });
    await world.settle();
    await world.answer('req-3', 'req-1');
    expect(kinds(await acting)).toEqual(['done', 'changed', 'done']);
    expect(told).toEqual(['req-2', 'req-3', 'req-1']);
  });

  test('over one request wait for each other', async () => {
    const world = held();
    const both = [plan('approve', another('req-1')), plan('close', another('req-1'))];
    const acting = act([...both, ...planned(2).slice(1)], world.ports);
    await world.settle();
    expect(world.waiting()).toEqual(['req-1', 'req-2']);
    await world.answer('req-1');
    expect(world.events.filter((event) => event.startsWith('call'))).toHaveLength(1);
    expect(world.waiting()).toEqual(['req-2', 'req-1']);
    await world.answer('req-2', 'req-1');
    expect(kinds(await acting)).toEqual(['done', 'done', 'done']);
  });

  test('do not meet each other: one that breaks leaves the others as they are', async () => {
    const world = held();
    const objection: ActPorts['objection'] = ({ request: { id } }) => {
      if (id === 'req-1') throw new Error('a bug');
      return null;
    };
    const acting = act(planned(2), { ...world.ports, objection });
    await world.settle();
    await world.answer('req-2');
    expect(kinds(await acting)).toEqual(['failed', 'done']);
  });
});

describe('What ends the rest', () => {
  test('a stop: calls under way are finished and written to the ledger, nothing else is begun', async () => {
    const stop = new AbortController();
    const world = held({ signal: stop.signal });
    const acting = act(planned(6), world.ports);
    await world.settle();
    stop.abort();
    await world.answer('req-1', 'req-2', 'req-3');
    expect(kinds(await acting)).toEqual(['done', 'done', 'done', 'stopped', 'stopped', 'stopped']);
    expect(world.open.size).toBe(0);
  });

  test('one that met an end while others were being looked up: those make no call either', async () => {
    const looks = Promise.withResolvers<void>();
    const world = held({
      lookUp: async ({ id }) => {
        if (id !== 'req-1') await looks.promise;
        return another(id);
      },
    });
    const history = { ...world.history, intend: async () => Promise.reject(DISK_FULL) };
    const acting = act(planned(4), { ...world.ports, history });
    await world.settle();
    looks.resolve();
    expect(kinds(await acting)).toEqual(['not-recorded', 'not-recorded', 'not-recorded', 'not-recorded']);
    expect(world.calls()).toBe(0);
  });

  test('a lock that is lost while intents are written: no call goes out, and the ledger is left to whoever has the lock', async () => {
    let lockHeld = true;
    const written = Promise.withResolvers<void>();
    const world = held({ lockHeld: () => lockHeld });
    const history = {
      ...world.history,
      intend: async (...intent: Parameters<typeof world.history.intend>) => {
        await world.history.intend(...intent);
        await written.promise;
      },
    };
    const acting = act(planned(4), { ...world.ports, history });
    await world.settle();
    lockHeld = false;
    written.resolve();
    expect(kinds(await acting)).toEqual(['lock-lost', 'lock-lost', 'lock-lost', 'lock-lost']);
    expect(world.events.filter((event) => !event.startsWith('intent'))).toEqual([]);
    expect(world.open.size).toBe(3);
  });
});

test('Intents and outcomes of actions under way at the same time are all in the real ledger, each intent before its call', async () => {
  const folder = tempFolder();
  const clock = fakeClock();
  const history = await openActionHistory(folder, clock);
  const before: boolean[] = [];
  const world = scripted();
  const ports: ActPorts = {
    ...{ ...world.ports, history, clock, atOnce: 4 },
    lookUp: async ({ id }) => another(id),
    send: async (action, id) => {
      before.push(actionsIn(folder).includes(`action.intended ${action} ${id}`));
      await turn();
      return ACCEPTED;
    },
  };
  expect(new Set(kinds(await act(planned(12), ports)))).toEqual(new Set(['done']));
  expect(before).toEqual(Array(12).fill(true));
  const again = await openActionHistory(folder, clock);
  expect(again.open()).toEqual([]);
  for (const { request: one } of planned(12)) expect(again.acted(one.id, 'approve')).toBe(true);
});
