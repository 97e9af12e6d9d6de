import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { act } from '../../../src/act/act.ts';
import type { ActPorts } from '../../../src/act/ports.ts';
import { openRounds } from '../../../src/act/rounds.ts';
import type { Clock } from '../../../src/util/clock.ts';
import { NOON } from '../../helpers/requests.ts';
import { another, plan, scripted } from './ports.ts';

/** Time that passes only when the test says so; a sleep that is given up ends. */
function patientClock() {
  const sleeping = new Set<() => void>();
  const clock: Clock = {
    now: () => NOON,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        sleeping.add(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  return {
    clock,
    pass: () => {
      for (const wake of [...sleeping]) wake();
      sleeping.clear();
    },
  };
}
const settle = async () => {
  for (let turns = 0; turns < 30; turns++) await turn();
};
const actions = (count: number) => Array.from({ length: count }, (_, n) => plan('approve', another(`req-${n + 1}`)));

/** What is looked up in one turn of the event loop is one reading. */
function readings(over: Partial<ActPorts> = {}) {
  const world = scripted();
  const read: string[][] = [];
  let current: string[] | null = null;
  const ports: ActPorts = {
    ...world.ports,
    clock: patientClock().clock,
    lookUp: async ({ id }) => {
      if (current === null) {
        current = [];
        read.push(current);
        setImmediate(() => {
          current = null;
        });
      }
      current.push(id);
      await settle();
      return another(id);
    },
    ...over,
  };
  return { ...world, ports, read };
}

describe('Actions under way', () => {
  test('look together, and the look behind one group is the look before the next', async () => {
    const { ports, read } = readings({ atOnce: 3 });
    await act(actions(9), ports);
    expect(read).toEqual(
      [
        ['req-1', 'req-2', 'req-3'],
        ['req-1', 'req-2', 'req-3', 'req-4', 'req-5', 'req-6'].sort(),
        ['req-4', 'req-5', 'req-6', 'req-7', 'req-8', 'req-9'],
        ['req-7', 'req-8', 'req-9'],
      ].map((ids) => expect.arrayContaining(ids)),
    );
    expect(read.flat()).toHaveLength(18);
  });

  test('are looked at behind their own write, and before that of the next one of the same person', async () => {
    const { ports, read, events } = readings({ atOnce: 4 });
    const { requestor } = another('req-1');
    const theirs = ['a', 'b', 'c'].map((id) => plan('approve', another(id, { requestor })));
    const look = ports.lookUp;
    await act(theirs, {
      ...ports,
      lookUp: async (wanted) => {
        events.push(`look ${wanted.id}`);
        await look(wanted);
        return another(wanted.id, { requestor });
      },
    });
    expect(read).toEqual([['a'], ['a'], ['b'], ['b'], ['c'], ['c']]);
    expect(events.filter((event) => /^(look|call|outcome)/.test(event)).map((event) => event.slice(0, 14))).toEqual(
      ['a', 'b', 'c'].flatMap((id) => [`look ${id}`, `call approve ${id}`, `look ${id}`, 'outcome done']),
    );
  });

  test('are begun one behind the other while a person is asked: each question after the outcome before it', async () => {
    const events: string[] = [];
    const { ports } = readings({
      ask: async ({ request: { id } }) => {
        events.push(`ask ${id}`);
        return 'yes';
      },
      onOutcome: ({ request: { id } }) => events.push(`told ${id}`),
    });
    await act(actions(2), ports);
    expect(events).toEqual(['ask req-1', 'told req-1', 'ask req-2', 'told req-2']);
  });
});

describe('A round of looks', () => {
  test('begins when all who are under way are ready, and not before', async () => {
    const rounds = openRounds({ clock: patientClock().clock });
    const [one, other] = [rounds.join(), rounds.join()];
    let begun = 0;
    void one.ready().then(() => begun++);
    await settle();
    expect(begun).toBe(0);
    void other.ready().then(() => begun++);
    await settle();
    expect(begun).toBe(2);
  });

  test('does not wait for one that has left, nor for longer than is sensible, nor for one that was late before', async () => {
    const { clock, pass } = patientClock();
    const rounds = openRounds({ clock });
    const [one, late, gone] = [rounds.join(), rounds.join(), rounds.join()];
    let begun = 0;
    const ready = () => void one.ready().then(() => begun++);
    ready();
    gone.leave();
    await settle();
    expect(begun).toBe(0);
    pass();
    await settle();
    expect(begun).toBe(1);
    ready();
    await settle();
    expect(begun).toBe(2);
    // Once it is ready, it is one of those who go in step again.
    void late.ready();
    await settle();
    expect(begun).toBe(2);
    ready();
    await settle();
    expect(begun).toBe(3);
  });

  test('begins at once after a stop', async () => {
    const stop = new AbortController();
    const { clock } = patientClock();
    const rounds = openRounds({ clock, signal: stop.signal });
    const [one] = [rounds.join(), rounds.join()];
    const ready = one.ready();
    stop.abort();
    await expect(ready).resolves.toBeUndefined();
  });

  test('serves nobody who asks once it has begun: they get one of their own', async () => {
    const rounds = openRounds({ clock: patientClock().clock });
    const [one, other] = [rounds.join(), rounds.join()];
    const order: string[] = [];
    const first = one.ready().then(() => order.push('first'));
    other.leave();
    await first;
    const second = other.ready().then(() => order.push('second'));
    one.leave();
    await second;
    expect(order).toEqual(['first', 'second']);
  });
});
