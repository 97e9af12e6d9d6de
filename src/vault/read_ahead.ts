/** Pages that somebody will want next, read before they ask. What they are worth is decided by whoever takes them. */
export type ReadAhead<P> = {
  /**
   * The page for a reader who goes on at `offset`: one that begins there, or a little before. Null when none does; then
   * everything that was read ahead is given up, because the reader went another way.
   */
  take(offset: number): Promise<P> | null;
  /** Goes on reading from `offset`, or behind what is read already. */
  plan(route: Route): void;
  /** Gives up what nobody took. Resolves when none of it is under way any more. */
  close(): Promise<void>;
};

export type Route = {
  readonly offset: number;
  /** From the beginning of one page to that of the next. */
  readonly stride: number;
  /** No page begins there or behind. */
  readonly end: number;
  /** How many pages may still be read. */
  readonly left: number;
};

type Held<P> = { readonly offset: number; readonly ends: number; readonly page: Promise<P> };

/**
 * INVARIANT: never more than `atOnce` pages are under way or waiting to be taken, so that a slow reader slows down the
 * reading.
 */
export function openReadAhead<P>(
  read: (offset: number, signal: AbortSignal) => Promise<P>,
  atOnce: number,
): ReadAhead<P> {
  const underWay = new Set<Promise<unknown>>();
  let held: Held<P>[] = [];
  let giveUp = new AbortController();

  function drop(): void {
    if (held.length === 0) return;
    held = [];
    giveUp.abort();
    giveUp = new AbortController();
  }

  function begin(offset: number, stride: number): void {
    const page = read(offset, giveUp.signal);
    // Whether it failed matters to whoever takes it, and to nobody else.
    const over: Promise<unknown> = page.catch(() => {}).finally(() => underWay.delete(over));
    underWay.add(over);
    held.push({ offset, ends: offset + stride, page });
  }

  return {
    take(offset) {
      const [first] = held;
      if (first !== undefined && first.offset <= offset && offset < first.ends) {
        held.shift();
        return first.page;
      }
      drop();
      return null;
    },
    plan({ offset, stride, end, left }) {
      let next = held.at(-1)?.ends ?? offset;
      for (let steps = left; steps > 0 && next < end; steps--, next += stride) {
        if (held.length >= atOnce || underWay.size >= atOnce) return;
        begin(next, stride);
      }
    },
    async close() {
      drop();
      await Promise.all(underWay);
    },
  };
}
