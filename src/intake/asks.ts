import type { RunRecord } from '../domain/run_record.ts';

/** More ids are not waited for at a time. */
const MOST_IDS = 10_000;

/** Requests that one cycle serves, and its record once it has ended; null when it ended without one. */
type Batch = {
  readonly ids: Set<string>;
  readonly ended: Promise<RunRecord | null>;
  readonly end: (record: RunRecord | null) => void;
};

const newBatch = (): Batch => {
  const { promise, resolve } = Promise.withResolvers<RunRecord | null>();
  return { ids: new Set(), ended: promise, end: resolve };
};

export type Asks = {
  /**
   * Asks for a cycle that begins from now on. Gives its record when it has ended, or null at once when too many are
   * waiting.
   */
  ask(ids: readonly string[]): { readonly ended: Promise<RunRecord | null> } | null;
  /** Whether a cycle that was asked for this request has not ended yet. */
  isPending(id: string): boolean;
  /** One cycle, whoever began it: it serves all that were asked for before it. */
  around<T extends { readonly record: RunRecord }>(cycle: () => Promise<T>): Promise<T>;
  /** No cycle will begin any more. */
  end(): void;
};

/** Which requests wait for which cycle. INVARIANT: a decision of a cycle that began before it was asked for is no answer. */
export function createAsks(begin: () => void): Asks {
  let waiting = newBatch();
  let serving: Batch | null = null;
  return {
    ask(ids) {
      if (waiting.ids.size + ids.length > MOST_IDS) return null;
      for (const id of ids) waiting.ids.add(id);
      begin();
      return { ended: waiting.ended };
    },
    isPending: (id) => waiting.ids.has(id) || serving?.ids.has(id) === true,
    async around(cycle) {
      const batch = waiting;
      [waiting, serving] = [newBatch(), batch];
      let record: RunRecord | null = null;
      try {
        const result = await cycle();
        ({ record } = result);
        return result;
      } finally {
        serving = null;
        batch.end(record);
      }
    },
    end: () => waiting.end(null),
  };
}
