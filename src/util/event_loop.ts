import { setImmediate } from 'node:timers/promises';

/**
 * Lets everything else have its turn every so many calls: the renewal of the lock, signals, the page about its health. A
 * loop over a large window that does not breathe stands still for so long that its owner takes itself for frozen.
 * INVARIANT: by count and not by time, so that the same run does the same things in the same order.
 */
export function yieldEvery(every: number): () => Promise<void> | undefined {
  let count = 0;
  return () => {
    count += 1;
    return count % every === 0 ? setImmediate() : undefined;
  };
}

export type Portions = {
  readonly size?: number;
  /** Told before the first portion, and after each. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

/** The same for work on a whole list: portion by portion, with a breath after each but the last. */
export async function inPortions<A, B>(
  items: readonly A[],
  work: (some: readonly A[]) => readonly B[] | Promise<readonly B[]>,
  { size = 500, onProgress }: Portions = {},
): Promise<B[]> {
  const made: B[] = [];
  onProgress?.(0, items.length);
  for (let from = 0; from < items.length; from += size) {
    if (from > 0) await setImmediate();
    for (const one of await work(items.slice(from, from + size))) made.push(one);
    onProgress?.(Math.min(from + size, items.length), items.length);
  }
  return made;
}

/** The same things one after the other; `passed` is told of each when it is taken. */
export function* counted<T>(items: Iterable<T>, passed: (() => void) | undefined): Generator<T> {
  for (const item of items) {
    yield item;
    passed?.();
  }
}

/** What takes some milliseconds even for the slowest look at each. */
const SOON_DONE = 5000;

/** A breath between two pieces of work on a whole list which cannot be done in portions; none when the list is short. */
export const yieldBetween = (list: { readonly length: number }): Promise<void> | undefined =>
  list.length > SOON_DONE ? setImmediate() : undefined;
