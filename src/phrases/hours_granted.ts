import type { Dossier } from '../domain/dossier.ts';
import { DAY_MS, HOUR_MS } from '../util/durations.ts';

/**
 * For how many whole hours granted access has been usable: since the approval, or since its window began where that was
 * later. Null when nobody knows when it was approved. A record of a run that did not note it yet gives the least it can
 * have been, from the days since the approval: too few hours leave a grant open a little longer, too many would close
 * one that nobody could use yet.
 */
export function hoursGranted({ request, facts }: Pick<Dossier, 'request' | 'facts'>): number | null {
  if (facts.hoursGranted !== undefined) return facts.hoursGranted;
  if (facts.daysSinceApproved === null || request.approved === null) return null;
  const wait = Math.max(0, (request.requestedFrom ?? request.approved) - request.approved) / HOUR_MS;
  const hours = Math.floor(facts.daysSinceApproved * 24 - wait);
  return Number.isFinite(hours) ? Math.max(0, hours) : null;
}

/** The same in whole days: what *stale* means. A grant that nobody can use yet is not a day old. */
export function daysGranted(dossier: Pick<Dossier, 'request' | 'facts'>): number | null {
  const hours = hoursGranted(dossier);
  return hours === null ? null : Math.floor((hours * HOUR_MS) / DAY_MS);
}

/**
 * Whether granted access still lies within what its class allows, and so is as new as it may be. One whose window is over
 * is within nothing any more.
 */
export function withinLimit(dossier: Pick<Dossier, 'request' | 'facts'>, maxHours: number | null): boolean {
  const hours = hoursGranted(dossier);
  return maxHours !== null && hours !== null && hours <= maxHours && dossier.facts.times?.fault !== 'over';
}

/**
 * The hours that count against the limit of a class: those of the window together with the windows of the same person on the
 * same asset that it touches. Records of version 0.1 know the window alone.
 */
export const countedHours = ({ requestedHours, times }: Dossier['facts']): number | null =>
  times === undefined ? requestedHours : times.contiguousHours;

/** Empty within office hours. Records of version 0.1 do not tell the moment of asking from the window. */
export function offHoursWords({ offHours, times }: Dossier['facts']): string {
  if (!offHours) return '';
  if (times === undefined || (times.askedOffHours && times.windowOffHours)) return 'outside office hours';
  return `${times.askedOffHours ? 'asked for' : 'wanted'} outside office hours`;
}
