import { retryAfterMs } from '../http/retry_after.ts';
import { UpstreamError } from '../util/errors.ts';

type Facts = NonNullable<ConstructorParameters<typeof UpstreamError>[3]> & {
  readonly advice: string | null;
  /** See `Again`. */
  readonly again: Again | null;
};

/** The same call may go well soon: after so many milliseconds, or after a short while when nobody said how long. */
export type Again = { readonly afterMs: number | null };

/**
 * An answer of Microsoft that is a refusal: what to do about it, and whether it may pass by itself. INVARIANT: what has an
 * `again` was surely not carried out.
 */
export class MicrosoftError extends UpstreamError {
  readonly again: Again | null;
  readonly #advice: string | null;

  constructor(upstream: 'mail' | 'sign-in', code: UpstreamError['code'], message: string, facts: Facts) {
    super(upstream, code, message, facts);
    this.again = this.maybeDone ? null : facts.again;
    this.#advice = facts.advice;
  }

  override get advice(): string {
    return this.#advice ?? super.advice;
  }
}

const TOO_MANY_CALLS = 429;
/** A service that is not there right now: tried again within the run where it says when; the next run tries anyway. */
const PASSES: readonly number[] = [500, 502, 503, 504];

export function againAfter(status: number, retryAfter: string | null, now: number): Again | null {
  const passes = status === TOO_MANY_CALLS || (PASSES.includes(status) && retryAfter !== null);
  return passes ? { afterMs: retryAfterMs(retryAfter, now) } : null;
}
