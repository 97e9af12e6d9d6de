import { yieldEvery } from './event_loop.ts';

const BEGUN_IN_A_ROW = 500;

/**
 * Does the work for each item, for as many at a time as `atOnce` says; a new one is begun, in the given order, when one
 * is done, so that nothing is made for those whose turn has not come. When one breaks, the others are waited for all the
 * same: nothing is under way any more when this ends.
 */
export async function runPool<Item>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  // Work that needs to wait for nothing, such as a question that is not asked any more, would let nobody else have a turn.
  const yieldTurn = yieldEvery(BEGUN_IN_A_ROW);
  async function hand(): Promise<void> {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      await work(next.value);
      await yieldTurn();
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.max(1, atOnce) }, hand));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
