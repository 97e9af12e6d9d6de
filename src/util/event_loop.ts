import { setImmediate } from 'node:timers/promises';

/**
 * Yields to the event loop every so many calls. A loop over a large window that never yields blocks everything else in
 * the process (renewing the lock, signals, the health page), so long that the process takes its own lock for lost.
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

/** Works on a whole list portion by portion, and yields to the event loop between two portions. */
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

/** The same items in the same order; `passed` is called after each one. */
export function* counted<T>(items: Iterable<T>, passed: (() => void) | undefined): Generator<T> {
  for (const item of items) {
    yield item;
    passed?.();
  }
}

/** A list that takes a few milliseconds at most, whatever is done with each item. */
const SHORT_LIST = 5000;

/** Yields between two pieces of work on a whole list that cannot be done in portions; not when the list is short. */
export const yieldBetween = (list: { readonly length: number }): Promise<void> | undefined =>
  list.length > SHORT_LIST ? setImmediate() : undefined;
