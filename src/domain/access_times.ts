import { DAY_MS, HOUR_MS, LATEST_MS } from '../util/durations.ts';
import type { AccessRequest } from './access_request.ts';
import type { Gap, WindowFault } from './dossier.ts';

/* What the times of a request say, at the moment `now`. Pure: asked while deciding, and again right before a write. */

type Window = Pick<AccessRequest, 'requestedFrom' | 'requestedTo'>;

/**
 * What keeps a window from being granted; null when nothing does. One that ends as it begins holds no moment, and of one
 * that is over nothing is left.
 */
export function windowFault(
  { requestedFrom: from, requestedTo: to }: Window,
  now: number,
  maxDaysAhead = Number.POSITIVE_INFINITY,
): WindowFault | null {
  if (from !== null && to !== null && to <= from) return 'empty';
  if (to !== null && to <= now) return 'over';
  return from !== null && from - now > maxDaysAhead * DAY_MS ? 'too-far-ahead' : null;
}

/** Whole hours, rounded up; 0 once it has begun, null when no begin is given. */
export const hoursUntil = (from: number | null, now: number): number | null =>
  from === null ? null : Math.max(0, Math.ceil((from - now) / HOUR_MS));

/** Length in hours, rounded up to one decimal; null when an end is missing or lies before the start. */
export function requestedHours({ requestedFrom: from, requestedTo: to }: Window): number | null {
  if (from === null || to === null || to < from) return null;
  return hoursOf(to - from);
}

/** Hours with one decimal, rounded up: what is a minute too long is too long. */
export const hoursOf = (ms: number): number => Math.ceil(ms / (HOUR_MS / 10)) / 10;

/** Whole days from `since` to `now`; a time ahead of our clock counts as just now, never as negative. */
export function wholeDays(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / DAY_MS));
}

/** Whole hours since granted access became usable; null when nobody knows when it was approved. */
export function usableHours({ approved, requestedFrom }: AccessRequest, now: number): number | null {
  if (approved === null) return null;
  return Math.max(0, Math.floor((now - Math.max(approved, requestedFrom ?? approved)) / HOUR_MS));
}

/** When a grant ends: its window, or the most that its class allows from the moment it can be used; null when neither is set. */
export function expiryOf(
  { requestedFrom, requestedTo }: Window,
  granted: number,
  maxHours: number | null,
): number | null {
  const limit = maxHours === null ? null : Math.max(granted, requestedFrom ?? granted) + maxHours * HOUR_MS;
  // What nobody can write down as a time is no end.
  const ends = [requestedTo, limit].filter((end) => end !== null && Math.abs(end) <= LATEST_MS) as number[];
  return ends.length === 0 ? null : Math.min(...ends);
}

/** How far two clocks may be apart without anybody minding. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Times that cannot be, told as gaps: of the record itself (`times`), and of the window that was asked for (`window`). Whoever
 * made them, they say that something is not as it looks.
 */
export function timeGaps(request: AccessRequest, now: number): Gap[] {
  const { created, approved, completed, requestedFrom: from, requestedTo: to, approvals } = request;
  const signed = approvals.map(({ created: at }) => at).filter((at) => at !== null);
  const ahead = (at: number | null): boolean => at !== null && at > now + CLOCK_SKEW_MS;
  const beforeAsked = (at: number | null): boolean => at !== null && at < created - CLOCK_SKEW_MS;
  const beyond = (at: number | null): boolean => at !== null && !(Math.abs(at) <= LATEST_MS);
  const record = [
    !Number.isFinite(created) || ahead(created) ? 'it was asked for at a time that has not come yet' : '',
    ahead(approved) || signed.some(ahead) ? 'it was approved at a time that has not come yet' : '',
    beforeAsked(approved) || signed.some(beforeAsked) ? 'it was approved before it was asked for' : '',
    ahead(completed) ? 'it ended at a time that has not come yet' : '',
    beforeAsked(completed) ? 'it ended before it was asked for' : '',
  ];
  const window = [
    from !== null && to !== null && to <= from ? 'its window ends when it begins, or before' : '',
    beforeAsked(to) ? 'its window ended before it was asked for' : '',
    beyond(from) || beyond(to) ? 'its window lies beyond any calendar' : '',
  ];
  const gaps = (what: Gap['what'], found: readonly string[]): Gap[] => {
    const why = found.filter((one) => one !== '').join('; ');
    return why === '' ? [] : [{ what, why }];
  };
  return [...gaps('times', record), ...gaps('window', window)];
}
