import type { Clock } from '../util/clock.ts';
import { faultIn } from './faults.ts';
import { retryAfterMs } from './retry_after.ts';
import { openUpstream } from './upstream.ts';
import { webhookHeaders } from './webhook_signature.ts';

/** Where signed messages go. */
export type Receiver = {
  readonly url: string;
  readonly secret: string;
  /** PEM of a private authority. */
  readonly ca?: string | undefined;
  readonly proxy?: string | undefined;
  readonly timeoutMs?: number;
};

type Message = { readonly id: string; readonly body: string };

const RECEIVER = { title: 'the receiver', proxy: ['ALERT_PROXY'] };
const TIMEOUT_MS = 10_000;
const TRIES = 3;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Codes of faults that may pass by themselves. */
const PASSES: ReadonlySet<string> = new Set(['unreachable', 'timeout', 'proxy']);

/**
 * Posts a signed JSON message: null when the receiver took it, or why not, in words that hold nothing of the address.
 * Tried again, a bounded number of times and with the same id, where that may help. What is answered does not matter, and
 * nobody follows a redirect. Never throws.
 */
export async function postSigned(
  { url, secret, ca, proxy, timeoutMs = TIMEOUT_MS }: Receiver,
  { id, body }: Message,
  clock: Clock,
  signal?: AbortSignal,
): Promise<string | null> {
  const way = openUpstream({ upstream: RECEIVER, url, ca, proxy, timeoutMs, maxAnswerBytes: 0, connections: 1 });
  const fixed = { 'content-type': 'application/json', 'user-agent': 'portcullis' };
  try {
    for (let tries = 1; ; tries++) {
      const headers = { ...fixed, ...webhookHeaders(secret, { id, at: clock.now(), body }) };
      const failed = await attempt(() => way.fetch(url, { method: 'POST', headers, body }), clock.now);
      if (failed === null) return null;
      // After a stop there is no time to wait.
      if (failed.pauseMs === null || tries >= TRIES || signal?.aborted) return failed.why;
      await clock.sleep(Math.min(LONGEST_PAUSE_MS, failed.pauseMs * 3 ** (tries - 1)), signal);
    }
  } finally {
    way.close();
  }
}

/** `pauseMs` is null where another try would be answered the same. */
type Failed = { readonly why: string; readonly pauseMs: number | null };

async function attempt(post: () => Promise<Response>, now: () => number): Promise<Failed | null> {
  try {
    const { status, ok, headers } = await post();
    if (ok) return null;
    if (status >= 300 && status < 400) {
      return { why: 'it answered with a redirect, which is not followed', pauseMs: null };
    }
    const passes = status === 429 || status === 408 || status >= 500;
    const pauseMs = passes ? (retryAfterMs(headers.get('retry-after'), now()) ?? FIRST_PAUSE_MS) : null;
    return { why: `it answered ${status}`, pauseMs };
  } catch (error) {
    const { message, code } = faultIn(error);
    return { why: message, pauseMs: PASSES.has(code) ? FIRST_PAUSE_MS : null };
  }
}
