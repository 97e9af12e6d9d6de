import type { Reviewed } from '../domain/run_record.ts';
import { hoursGranted } from './hours_granted.ts';

/** Access that is granted for longer than its class allows. */
export type OverdueGrant = { readonly reviewed: Reviewed; readonly hours: number; readonly maxHours: number };

/**
 * The longest over the limit first. Measured as the policies measure it, so that report and policy never contradict each
 * other.
 */
export function overdueGrants(reviewed: readonly Reviewed[]): OverdueGrant[] {
  return reviewed
    .flatMap((one) => {
      const hours = one.dossier.request.status === 'Approved' ? hoursGranted(one.dossier) : null;
      const { maxHours } = one.accessContext;
      return hours === null || maxHours === null || hours <= maxHours ? [] : [{ reviewed: one, hours, maxHours }];
    })
    .sort((a, b) => b.hours - b.maxHours - (a.hours - a.maxHours));
}
