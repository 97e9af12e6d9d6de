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
