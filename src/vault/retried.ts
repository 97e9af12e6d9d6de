import { handleType, retry } from 'cockatiel';
import { retryAfterMs } from '../http/retry_after.ts';
import type { Clock } from '../util/clock.ts';
import { UpstreamError } from '../util/errors.ts';
import { stopped } from './exchange.ts';

const TRIES = 4;
const LONGEST_PAUSE_MS = 60_000;

/** Failures that may pass by themselves, beside those that come as `Passing` already. */
const PASSES: ReadonlySet<string> = new Set(['unreachable', 'timeout', 'not-json', 'proxy']);

/** An answer that may pass by itself (429, 5xx, a dropped connection); the others are final. */
export class Passing extends Error {
  readonly failure: UpstreamError;
  readonly retryAfter: string | undefined;
  constructor(failure: UpstreamError, retryAfter?: string) {
    super(failure.message);
    this.failure = failure;
    this.retryAfter = retryAfter;
  }
}

/**
 * Repeats a read with growing, jittered pauses; `Retry-After` goes first, unless it asks for longer than is sensible.
 * The pauses are the clock's and not the policy's, so that a stop does not wait for them.
 * @throws {UpstreamError}
 */
export async function retried<T>(clock: Clock, once: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  let pause = 0;
  try {
    return await retry(handleType(Passing), { maxAttempts: TRIES - 1 }).execute(async ({ attempt }) => {
      if (attempt > 0) await clock.sleep(pause, signal);
      if (signal?.aborted) throw stopped();
      try {
        return await once();
      } catch (error) {
        if (error instanceof UpstreamError && !PASSES.has(error.code)) throw error;
        const passing = error instanceof UpstreamError ? new Passing(error) : error;
        if (passing instanceof Passing) pause = pauseAfter(passing, attempt + 1, clock.now());
        throw passing;
      }
    });
  } catch (error) {
    throw error instanceof Passing ? error.failure : error;
  }
}

function pauseAfter({ retryAfter }: Passing, attempt: number, now: number): number {
  const growing = 200 * 2 ** attempt;
  return Math.min(LONGEST_PAUSE_MS, retryAfterMs(retryAfter, now) ?? growing / 2 + Math.random() * growing);
}
