import { retryAfterMs } from '../../http/retry_after.ts';

/** What an endpoint says in its headers about how much it will take, and what follows from that. Pure. */

/** What is left of one limit, and when it is whole again, in milliseconds from the answer. */
export type Quota = { readonly remaining: number; readonly limit: number | null; readonly resetMs: number };

export type Told = {
  readonly requests: Quota | null;
  readonly tokens: Quota | null;
  /** The endpoint refused the question as one too many and asks for a pause: milliseconds from the answer. */
  readonly pauseMs: number | null;
};

const UNITS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** `1s`, `6m0s`, `20ms`, `1h2m`, `7.66s`; plain seconds, as some gateways write them; null for anything else. */
export function durationMs(text: string | null): number | null {
  const given = text?.trim() ?? '';
  if (/^\d{1,9}(\.\d{1,9})?$/.test(given)) return Number(given) * 1000;
  const parts = /^(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?$/.exec(
    given,
  );
  if (parts === null || given === '') return null;
  const [, h, m, s, ms] = parts.map((part) => Number(part ?? 0));
  return (h ?? 0) * UNITS.h + (m ?? 0) * UNITS.m + (s ?? 0) * UNITS.s + (ms ?? 0);
}

/** How endpoints say that an account has nothing left: no waiting helps, only its owner does. */
export function isQuotaUsedUp(error: { readonly code?: unknown; readonly type?: unknown } | null | undefined): boolean {
  return error?.code === QUOTA_USED_UP || error?.type === QUOTA_USED_UP;
}
const QUOTA_USED_UP = 'insufficient_quota';

export function toldBy(status: number, headers: Pick<Headers, 'get'>, now: number): Told {
  const requests = quotaIn(headers, 'requests');
  const tokens = quotaIn(headers, 'tokens');
  const usedUp = [requests, tokens].flatMap((quota) => (quota?.remaining === 0 ? quota.resetMs : []));
  const pause =
    countOf(headers.get('retry-after-ms')) ??
    retryAfterMs(headers.get('retry-after'), now) ??
    (usedUp.length > 0 ? Math.max(...usedUp) : null);
  return { requests, tokens, pauseMs: status === 429 ? pause : null };
}

/** Without its reset a limit is nothing that one could wait for. */
function quotaIn(headers: Pick<Headers, 'get'>, of: 'requests' | 'tokens'): Quota | null {
  const remaining = countOf(headers.get(`x-ratelimit-remaining-${of}`));
  const resetMs = durationMs(headers.get(`x-ratelimit-reset-${of}`));
  if (remaining === null || resetMs === null) return null;
  return { remaining, limit: countOf(headers.get(`x-ratelimit-limit-${of}`)), resetMs };
}

function countOf(text: string | null): number | null {
  const given = text?.trim() ?? '';
  return /^\d{1,15}(\.\d{1,9})?$/.test(given) ? Number(given) : null;
}

/** One limit as far as it is known. `left` is what the endpoint said last, whatever has been sent since. */
export type Stretch = {
  readonly left: number;
  /** What there is when it is whole. */
  readonly full: number;
  /** When it began and when it ends; milliseconds since the epoch. */
  readonly since: number;
  readonly resetAt: number;
  readonly heardAt: number;
};

/**
 * After its reset a limit is whole again, and nothing is known about the next reset. So it is when the machine's clock was
 * put back meanwhile: nobody waits for an hour because of that.
 */
export function stretchAt(one: Stretch, now: number): Stretch {
  if (one.heardAt <= now && now < one.resetAt) return one;
  return { ...one, left: one.full, since: Math.min(one.resetAt, now), resetAt: Number.POSITIVE_INFINITY };
}

/**
 * What an answer adds to what is known. Answers overtake each other: one to a question from before the last reset says
 * nothing any more, and of those that were under way at the same time the lowest count is the one that has counted most.
 */
export function learned(before: Stretch | null, quota: Quota, sentAt: number, now: number): Stretch {
  const known = before === null ? null : stretchAt(before, now);
  if (known !== null && sentAt < known.since) return known;
  const newer = known === null || sentAt >= known.heardAt;
  return {
    left: newer ? quota.remaining : Math.min(known.left, quota.remaining),
    full: Math.max(1, quota.limit ?? Math.max(quota.remaining + 1, known?.full ?? 0)),
    since: known?.since ?? sentAt,
    resetAt: now + quota.resetMs,
    heardAt: now,
  };
}

/** A reset further away is not waited for: the endpoint may say so itself, and then nothing more is asked. */
export const LONGEST_WAIT_MS = 60_000;

export type Wanted = { readonly needs: number; readonly underWay: number };

/**
 * How long a question waits before it is worth looking again; 0 when it may go. What is under way may be counted in
 * `left` or not, so it is taken off: better a moment too late than one too many.
 */
export function waitFor(limit: Stretch | null, { needs, underWay }: Wanted, now: number): number {
  if (limit === null) return 0;
  const { left, full, resetAt } = stretchAt(limit, now);
  // A question that needs more than the whole limit goes when the limit is whole.
  if (left - underWay >= Math.min(needs, full)) return 0;
  const ms = resetAt - now;
  if (ms > LONGEST_WAIT_MS && underWay === 0) return 0;
  return Math.min(ms, LONGEST_WAIT_MS);
}
