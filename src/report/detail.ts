import { atLeast } from '../domain/risk.ts';
import type { Reviewed } from '../domain/run_record.ts';
import { mostPressingFirst, needsPerson } from '../phrases/run_totals.ts';

/** How much of a large window the page tells, so that a person can still open it. */
export type Room = {
  /** Requests that are told in full, and rows that a table has, at the most. */
  readonly most: number;
  /** The file beside the page that lists every request of the window; null when there is none. */
  readonly sheet: string | null;
};

/** A page that tells everything. */
export const ENDLESS: Room = { most: Number.POSITIVE_INFINITY, sheet: null };

/** Whether the window is too large to tell all of it in full. */
export const isOver = (reviewed: readonly Reviewed[], { most }: Room): boolean => reviewed.length > most;

/**
 * The requests that are told in full: all of them when there is room, else those that wait for a person, were acted on or
 * are of high or critical risk, in this order and as many as there is room for.
 */
export function toldInFull(reviewed: readonly Reviewed[], room: Room): readonly Reviewed[] {
  if (!isOver(reviewed, room)) return reviewed;
  return reviewed
    .filter(matters)
    .sort((a, b) => urgency(a) - urgency(b) || mostPressingFirst(a, b))
    .slice(0, room.most);
}

const urgency = (one: Reviewed): number => (needsPerson(one) ? 0 : one.outcome !== null ? 1 : 2);

export const matters = (one: Reviewed): boolean =>
  urgency(one) < 2 || (one.decision.risk !== null && atLeast(one.decision.risk, 'high'));
