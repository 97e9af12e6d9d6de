import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../util/clock.ts';

/** One action under way, as somebody who will want to look at the list. */
export type Seat = {
  /** Resolves when the round begins: for all who wait for it in the same turn of the event loop. */
  ready(): Promise<void>;
  /** It will not look again; nobody waits for it any more. */
  leave(): void;
};

/** How long those who are ready wait for those who are on their way: a call may be slow, or its answer lost. */
const PATIENCE_MS = 250;

type Round = { readonly opens: PromiseWithResolvers<void>; readonly seats: Set<Seat> };

/**
 * Lets actions that are under way at the same time look at the list together, so that one reading serves all of them.
 * INVARIANT: a round begins after each of those whom it serves asked for it; nobody gets what was being read before.
 */
export function openRounds({ clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal | undefined }) {
  /** Those who are expected to look soon. */
  const awaited = new Set<Seat>();
  let everybody = Promise.withResolvers<void>();
  let round: Round | null = null;

  const noLongerAwaited = (seat: Seat) => {
    if (awaited.delete(seat) && awaited.size === 0) everybody.resolve();
  };

  async function gather({ opens, seats }: Round): Promise<void> {
    const patience = new AbortController();
    let over: Promise<void> | null = null;
    let left = true;
    // Whoever asks in this turn comes along; and where one has just ended, the next may just have begun.
    await turn();
    while (awaited.size > 0 && left) {
      over ??= clock.sleep(PATIENCE_MS, eitherOf(patience.signal, signal)).then(() => {
        left = false;
      });
      everybody = Promise.withResolvers();
      await Promise.race([everybody.promise, over]);
      await turn();
    }
    patience.abort();
    round = null;
    // Who was late is not waited for again before they come; who is served is on the way to the next look.
    awaited.clear();
    for (const seat of seats) awaited.add(seat);
    opens.resolve();
  }

  return {
    join(): Seat {
      const seat: Seat = {
        ready() {
          if (round === null) {
            round = { opens: Promise.withResolvers(), seats: new Set() };
            void gather(round);
          }
          round.seats.add(seat);
          noLongerAwaited(seat);
          return round.opens.promise;
        },
        leave() {
          round?.seats.delete(seat);
          noLongerAwaited(seat);
        },
      };
      awaited.add(seat);
      return seat;
    },
  };
}

const eitherOf = (own: AbortSignal, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined ? own : AbortSignal.any([own, signal]);
