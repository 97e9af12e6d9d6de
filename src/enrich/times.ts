import type { AccessRequest } from '../domain/access_request.ts';
import { DAY_MS, HOUR_MS } from '../util/durations.ts';

/** Whole days from `since` to `now`; a time ahead of our clock counts as just now, never as negative. */
export function wholeDays(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / DAY_MS));
}

/** Whole hours since granted access became usable; null when nobody knows when it was approved. */
export function usableHours({ approved, requestedFrom }: AccessRequest, now: number): number | null {
  if (approved === null) return null;
  return Math.max(0, Math.floor((now - Math.max(approved, requestedFrom ?? approved)) / HOUR_MS));
}

/** Length of the requested access in hours, one decimal; null when an end is missing or lies before the start. */
export function requestedHours({ requestedFrom, requestedTo }: AccessRequest): number | null {
  if (requestedFrom === null || requestedTo === null || requestedTo < requestedFrom) return null;
  return Math.round(((requestedTo - requestedFrom) / HOUR_MS) * 10) / 10;
}

/** The part of the day that is not office time, on the wall clock of one place. */
export type OffHours = {
  /** Hours of the day, 0 to 23. Off-hours run from `start` to `end` and may cross midnight; `end` itself is office time. */
  readonly start: number;
  readonly end: number;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
};

/** The last moment that a `Date` can hold, either way. */
const LAST_MOMENT = 8.64e15;

/**
 * The rule knows hours only: a weekend is not off-hours by itself. `start` equal to `end` is an empty window, so nothing
 * is ever off-hours. A time that no calendar holds counts as off-hours: what cannot be placed must not look regular.
 */
export function isOffHours(at: number, { start, end, timeZone }: OffHours): boolean {
  if (start === end) return false;
  if (!(Math.abs(at) <= LAST_MOMENT)) return true;
  const hour = hourIn(at, timeZone);
  return start < end ? hour >= start && hour < end : hour >= start || hour < end;
}

function hourIn(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // h23: without it, midnight is hour 24 in some versions of the locale data.
    format = new Intl.DateTimeFormat('en-US', { timeZone, hour: '2-digit', hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  return Number(format.format(at));
}

// Building a formatter costs a hundred times more than using it; a run uses one zone.
const formats = new Map<string, Intl.DateTimeFormat>();
