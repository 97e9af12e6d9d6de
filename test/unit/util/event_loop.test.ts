import { describe, expect, test } from 'vitest';
import { inPortions, yieldBetween, yieldEvery } from '../../../src/util/event_loop.ts';

/** How often something else had its turn while `work` went on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let over = false;
  const count = (): void => {
    if (over) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  await work();
  over = true;
  return turns;
}

test('yieldEvery yields once in so many calls', async () => {
  const yieldTurn = yieldEvery(10);
  const calls = Array.from({ length: 30 }, () => yieldTurn());
  expect(calls.filter((yielded) => yielded !== undefined)).toHaveLength(3);
  await Promise.all(calls);
});

describe('A list in portions', () => {
  const numbers = Array.from({ length: 23 }, (_, n) => n);

  test('is worked on whole, in its order', async () => {
    const sizes: number[] = [];
    const told: [number, number][] = [];
    const twice = await inPortions(
      numbers,
      (some) => {
        sizes.push(some.length);
        return some.map((n) => 2 * n);
      },
      { size: 10, onProgress: (done, total) => told.push([done, total]) },
    );
    expect(twice).toEqual(numbers.map((n) => 2 * n));
    expect(sizes).toEqual([10, 10, 3]);
    expect(told).toEqual([0, 10, 20, 23].map((done) => [done, 23]));
  });

  test('yields to the event loop between two of them, and a short one does not', async () => {
    const work = (size: number) => () => inPortions(numbers, (some) => some, { size });
    expect(await turnsDuring(work(5))).toBeGreaterThanOrEqual(3);
    expect(await turnsDuring(work(100))).toBe(0);
  });

  test('of nothing is nothing', async () => {
    expect(await inPortions([], () => [1])).toEqual([]);
  });
});

test('yieldBetween yields for a long list and not for a short one', async () => {
  expect(await turnsDuring(async () => yieldBetween(Array(10_000)))).toBeGreaterThanOrEqual(1);
  expect(yieldBetween(Array(100))).toBeUndefined();
});
