import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runPool } from '../../../src/util/pool.ts';

test('begins in the given order, never more at a time than allowed, and makes nothing before its turn', async () => {
  const [begun, made]: [number[], number[]] = [[], []];
  let [under, most, ahead] = [0, 0, 0];
  function* items() {
    for (let n = 0; n < 20; n += 1) {
      made.push(n);
      yield n;
    }
  }
  await runPool(items(), 3, async (n) => {
    begun.push(n);
    under += 1;
    most = Math.max(most, under);
    ahead = Math.max(ahead, made.length - begun.length);
    for (let turns = 0; turns <= n % 4; turns += 1) await turn();
    under -= 1;
  });
  expect(begun).toEqual(made);
  expect([begun.length, most, ahead]).toEqual([20, 3, 0]);
});

test('waits for the others when one breaks, and then says so', async () => {
  const done: number[] = [];
  const all = runPool([1, 2, 3], 3, async (n) => {
    if (n === 1) throw new Error('broken');
    await turn();
    done.push(n);
  });
  await expect(all).rejects.toThrow('broken');
  expect(done).toEqual([2, 3]);
});

test('of several errors the one that came first is told, whoever was begun first', async () => {
  const all = runPool([3, 2, 1], 3, async (n) => {
    for (let turns = 0; turns < n; turns += 1) await turn();
    throw new Error(`after ${n}`);
  });
  await expect(all).rejects.toThrow('after 1');
});

test('works at least one at a time, and ends at once when there is nothing to do', async () => {
  const done: number[] = [];
  await runPool([1, 2], 0, async (n) => void done.push(n));
  await runPool([], 4, async () => void done.push(0));
  expect(done).toEqual([1, 2]);
});

test('Work that never waits does not block the event loop', async () => {
  let turns = 0;
  const turn = setInterval(() => void turns++, 0);
  await runPool(Array.from({ length: 5000 }), 4, async () => {});
  clearInterval(turn);
  expect(turns).toBeGreaterThan(0);
});
