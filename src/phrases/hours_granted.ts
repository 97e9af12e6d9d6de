import type { Dossier } from '../domain/dossier.ts';
import { HOUR_MS } from '../util/durations.ts';

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
