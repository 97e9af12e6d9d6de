import type { Clock } from '../util/clock.ts';
import { MicrosoftError } from './microsoft_error.ts';

/** Pauses before a mail is tried again where nobody said how long; their number is also that of the tries beyond the first. */
const PAUSES_MS = [500, 2000, 5000] as const;
export const LONGEST_PAUSE_MS = 60_000;
/** For all mails of a run together: many may wait, and all meet the same limit. */
const LONGEST_IN_ALL_MS = 180_000;

/** How long one run waits for Microsoft. `pause` waits, and says whether the call is worth another try. */
export type Patience = { pause(error: unknown, tried: number, signal?: AbortSignal): Promise<boolean> };

/**
 * Waits for what Microsoft says will pass: as long as it asks for, up to a minute. INVARIANT: what may have been carried
 * out is not tried again here, and a stop ends the waiting.
 */
export function openPatience(clock: Pick<Clock, 'sleep'>): Patience {
  let left = LONGEST_IN_ALL_MS;
  return {
    async pause(error, tried, signal) {
      const short = PAUSES_MS[tried - 1];
      if (!(error instanceof MicrosoftError) || error.again === null || short === undefined) return false;
      const ms = error.again.afterMs ?? short;
      if (ms > LONGEST_PAUSE_MS || ms > left || signal?.aborted) return false;
      left -= ms;
      await clock.sleep(ms, signal);
      return signal?.aborted !== true;
    },
  };
}
