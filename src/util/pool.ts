import { yieldEvery } from './event_loop.ts';

const STARTED_IN_A_ROW = 500;

/**
 * Does the work for each item, at most `atOnce` of them at a time. Items are taken in the given order, each when a place
 * is free, so that nothing is made for those whose turn has not come. When one fails, the others are still waited for:
 * nothing is under way any more when this ends, and then it fails with the error that came first.
 */
export async function runPool<Item>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  // Work that never waits, such as a question that is not asked any more, would block the event loop.
  const yieldTurn = yieldEvery(STARTED_IN_A_ROW);
  async function worker(): Promise<void> {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      await work(next.value);
      await yieldTurn();
    }
  }
  // Those that come later may only tell that something was given up because of it.
  const errors: unknown[] = [];
  const workers = Array.from({ length: Math.max(1, atOnce) }, () => worker().catch((error) => errors.push(error)));
  await Promise.all(workers);
  if (errors.length > 0) throw errors[0];
}
