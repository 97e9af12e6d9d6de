import type { Clock } from '../../util/clock.ts';
import type { UpstreamError } from '../../util/errors.ts';
import { createRateLimiter, type RateLimiter } from '../budget/rate_limiter.ts';
import { type Abilities, FULL_ABILITIES, lower } from './abilities.ts';

/**
 * What a run knows of one model of an endpoint: endpoints count their limits by model, not every model knows the same
 * parameters, and one may be withdrawn while another answers.
 */
export type ModelState = {
  readonly rateLimiter: RateLimiter;
  readonly abilities: Abilities;
  /** Whether it has answered a question of this run: then its name, its path and the key are right. */
  readonly proven: boolean;
  /** Why it is not asked any more. */
  readonly gone: UpstreamError | null;
  learn(abilities: Abilities): void;
  /** A question begins to be asked; its number, for `refusedForGood`. */
  started(): number;
  /** It answered a question of that size: whatever it said, it is there. */
  answered(size: number): void;
  /** A refusal that the next question would meet as well. */
  refusedForGood(error: UpstreamError, started: number): void;
  /** A question about several requests was too long. */
  tooLong(size: number): void;
  /** Whether one of that size would be; asked of questions about several requests only. */
  isTooLong(size: number): boolean;
  /**
   * While nothing is known of it one question goes at a time, so that what all would run into is run into once. Ends after
   * some tenths of a second at the latest. Resolves to what has to be called when the question is over.
   */
  turn(signal: AbortSignal): Promise<() => void>;
};

/** A refusal comes at once where an answer takes seconds; nobody waits for longer than this in a run. */
const HEAD_START_MS = 400;
/** One could be a slip of a gateway. */
const TIMES = 2;
/** After so many answers a longer question is tried again: what was too long may have been a text in it. */
const ANSWERS_UNTIL_LONGER = 30;

export function statePerModel(clock: Clock): (model: string) => ModelState {
  const known = new Map<string, ModelState>();
  return (model) => {
    const state = known.get(model) ?? newState(clock);
    known.set(model, state);
    return state;
  };
}

function newState(clock: Clock): ModelState {
  let abilities = FULL_ABILITIES;
  let proven = false;
  let gone: UpstreamError | null = null;
  let refusals = 0;
  let begun = 0;
  /** Questions with a higher number were started after the last refusal that counted. */
  let counted = 0;
  /** The largest that was answered, the smallest above it that was too long, and the answers since then. */
  let fits = 0;
  let tooLongFrom = Number.POSITIVE_INFINITY;
  let answersSince = 0;
  let first: Promise<void> | null = null;
  let headStart: Promise<void> | null = null;
  let over = false;
  const ended = new AbortController();
  const end = (): void => {
    over = true;
    ended.abort();
  };

  return {
    rateLimiter: createRateLimiter(clock),
    get abilities() {
      return abilities;
    },
    get proven() {
      return proven;
    },
    get gone() {
      return gone;
    },
    learn(less) {
      abilities = lower(abilities, less);
    },
    started: () => ++begun,
    answered(size) {
      proven = true;
      refusals = 0;
      fits = Math.max(fits, size);
      answersSince += 1;
      if (fits >= tooLongFrom || answersSince >= ANSWERS_UNTIL_LONGER) tooLongFrom = Number.POSITIVE_INFINITY;
      end();
    },
    refusedForGood(error, started) {
      if (started <= counted) return;
      counted = begun;
      refusals += 1;
      // An account that has nothing left gets nothing within the run.
      if (refusals >= TIMES || error.code === 'used-up') gone ??= error;
    },
    // INVARIANT: a single long text makes no question shorter than one that was answered.
    tooLong(size) {
      if (size <= fits) return;
      tooLongFrom = Math.min(tooLongFrom, size);
      answersSince = 0;
    },
    isTooLong: (size) => size >= tooLongFrom,
    async turn(signal) {
      while (!over && first !== null && !signal.aborted) {
        headStart ??= clock
          .sleep(HEAD_START_MS, AbortSignal.any([signal, ended.signal]))
          .catch(() => {})
          .then(end);
        await Promise.race([first, headStart]);
      }
      if (over) return () => {};
      let done = (): void => {};
      first = new Promise((resolve) => {
        done = () => {
          first = null;
          resolve();
        };
      });
      return done;
    },
  };
}
