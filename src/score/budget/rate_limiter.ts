import type { Clock } from '../../util/clock.ts';
import { isQuotaUsedUp, LONGEST_WAIT_MS, learned, type Stretch, toldBy, waitFor } from './rate_limit_headers.ts';

/**
 * Keeps the questions of one run within what the endpoint says it will take, so that it need not refuse any: shared by
 * all of them, because they share its limits. What one answer tells, or one refusal, holds for every question after it.
 */
export type RateLimiter = { permit(tokens: number): Permit };

/** The way out for the calls of one question. */
export type Permit = {
  /**
   * Waits until the next call may go. Before the SDK is called, because its clock runs. Ends with `signal` at the latest;
   * in the order in which it was asked for.
   */
  opened(signal: AbortSignal): Promise<void>;
  /** Sends a call, and listens to its answer. The SDK's own repetitions come here alone: it has waited for them itself. */
  sent(send: () => Promise<Response>): Promise<Response>;
  /**
   * The last call was one too many, and it is known when the next one may go: it is to be sent anew through `opened`, in its
   * turn. The SDK is told not to repeat it: several that wait by themselves would come back at the same moment.
   */
  readonly postponed: boolean;
  /** The pause that the endpoint asked for when it refused the last call as one too many; null when it named none. */
  readonly toldPauseMs: number | null;
  closed(): void;
};

export function createRateLimiter(clock: Clock): RateLimiter {
  let requests: Stretch | null = null;
  let tokens: Stretch | null = null;
  let pause = { from: 0, until: 0 };
  const underWay = { requests: 0, tokens: 0 };
  /** Aborted by the next answer: whoever waits looks again. */
  let answered = new AbortController();
  let turn: Promise<void> = Promise.resolve();

  function wait(needs: number): number {
    const now = clock.now();
    return Math.max(
      pause.from <= now ? pause.until - now : 0,
      waitFor(requests, { needs: 1, underWay: underWay.requests }, now),
      waitFor(tokens, { needs, underWay: underWay.tokens }, now),
    );
  }

  function hear({ status, headers }: Response, sentAt: number): number | null {
    const now = clock.now();
    const told = toldBy(status, headers, now);
    if (told.requests !== null) requests = learned(requests, told.requests, sentAt, now);
    if (told.tokens !== null) tokens = learned(tokens, told.tokens, sentAt, now);
    // Longer than is worth waiting for: the question is given up.
    const until = now + (told.pauseMs ?? 0);
    if (until > pause.until && until - now <= LONGEST_WAIT_MS) pause = { from: now, until };
    return told.pauseMs;
  }

  function permit(size: number): Permit {
    let open = false;
    let postponed = false;
    let toldPauseMs: number | null = null;
    const count = (by: 1 | -1): void => {
      underWay.requests += by;
      underWay.tokens += by * size;
    };
    function end(): void {
      count(-1);
      answered.abort();
      answered = new AbortController();
    }

    async function waited(signal: AbortSignal): Promise<void> {
      for (let ms = wait(size); ms > 0 && !signal.aborted; ms = wait(size)) {
        await clock.sleep(ms, AbortSignal.any([signal, answered.signal]));
      }
      open = true;
      count(1);
    }

    return {
      opened(signal) {
        turn = turn.then(() => waited(signal));
        return turn;
      },
      async sent(send) {
        if (!open) count(1);
        open = false;
        postponed = false;
        const sentAt = clock.now();
        try {
          const response = await send();
          toldPauseMs = hear(response, sentAt);
          if (response.status !== 429) return response;
          const text = await response.text().catch(() => '');
          const lasting = (toldPauseMs ?? 0) > LONGEST_WAIT_MS || isQuotaUsedUp(errorIn(text));
          postponed = !lasting && response.headers.get(REPEAT) !== 'false' && wait(size) > 0;
          return withBody(response, text, { unrepeated: lasting || postponed });
        } finally {
          end();
        }
      },
      get postponed() {
        return postponed;
      },
      get toldPauseMs() {
        return toldPauseMs;
      },
      closed() {
        if (open) end();
        open = false;
      },
    };
  }

  return { permit };
}

/** How an endpoint tells the SDK whether to repeat a call. */
const REPEAT = 'x-should-retry';

function withBody({ status, statusText, headers }: Response, text: string, { unrepeated }: { unrepeated: boolean }) {
  const told = new Headers(headers);
  if (unrepeated) told.set(REPEAT, 'false');
  return new Response(text, { status, statusText, headers: told });
}

/** What stands under `error` in the body of a refusal; null when it is none of the usual form. */
function errorIn(text: string): object | null {
  try {
    const { error } = JSON.parse(text);
    return typeof error === 'object' ? error : null;
  } catch {
    return null;
  }
}
