import type { RunFacts } from '../domain/run_record.ts';
import { makeRoomFor } from '../util/heap.ts';
import type { Progress } from '../util/progress.ts';
import type { Vault } from './vault.ts';

type FetchParts = {
  readonly vault: Pick<Vault, 'list' | 'release' | 'clockAhead'>;
  readonly facts: Pick<RunFacts, 'window'>;
  readonly progress: Pick<Progress, 'update'>;
  readonly signal: AbortSignal;
};

/** Fetching as one run does it: every request of the window; and at its end, what was borrowed is given back. */
export const fetchStep = ({ vault, facts, progress, signal }: FetchParts) => ({
  async fetch() {
    const listing = await vault.list(facts.window.from, signal, (read, total) => {
      makeRoomFor(read);
      progress.update('fetch', read, total);
    });
    return { ...listing, clockAhead: vault.clockAhead() };
  },
  release: () => vault.release(),
});
