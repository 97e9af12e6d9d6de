import { HOUR_MS } from '../kit/durations.ts';
import type { Reviewed } from './run_record.ts';

/** Access that is granted for longer than its class allows. */
export type OverdueGrant = { readonly reviewed: Reviewed; readonly hours: number; readonly maxHours: number };

/**
 * The longest over the limit first. Measured as the policies measure it: in whole days since the approval, without the
 * time before the window began, so that report and policy never contradict each other.
 */
export function overdueGrants(reviewed: readonly Reviewed[]): OverdueGrant[] {
  return reviewed
    .flatMap((one) => {
      const hours = hoursGranted(one);
      const { maxHours } = one.standing;
      return hours === null || maxHours === null || hours <= maxHours ? [] : [{ reviewed: one, hours, maxHours }];
    })
    .sort((a, b) => b.hours - b.maxHours - (a.hours - a.maxHours));
}

function hoursGranted({ dossier: { request, facts } }: Reviewed): number | null {
  if (request.status !== 'Approved' || request.approved === null || facts.daysSinceApproved === null) return null;
  const wait = Math.max(0, (request.requestedFrom ?? request.approved) - request.approved) / HOUR_MS;
  const hours = Math.floor(facts.daysSinceApproved * 24 - wait);
  return Number.isFinite(hours) ? Math.max(0, hours) : null;
}
