import { leastShare, wanting } from '../../decide/class_standing.ts';
import type { ClassMode } from '../../domain/class_mode.ts';
import type { AccessModel } from '../../policy/access_model.ts';
import type { Place } from '../../policy/place.ts';
import type { History } from './history.ts';
import type { SideResult } from './side.ts';

/** How one class stands to what people decide (design, section 5). */
export type ClassAgreement = {
  readonly name: string;
  readonly mode: ClassMode | null;
  readonly place: Place;
  /** Of the requests that the policy would approve and that people decided: how many, and how many they approved. */
  readonly decided: number;
  readonly agreed: number;
  /** Would have been approved, and people refused them. */
  readonly overApproved: readonly string[];
  /** People approved them, and the policy would have left them to people or rejected them. */
  readonly missed: number;
  /** The lower end of the agreement, one-sided, 95 %; 0 to 1. */
  readonly least: number;
  readonly ready: boolean;
  /** How many more have to be decided, all of them approved, until it is ready; null where an over-approval stands. */
  readonly wanting: number | null;
};

/** Evidence for each class of the file, in its order. `promoteAt`: the agreement that is needed, 0 to 1. */
export function byClass(
  results: Iterable<SideResult>,
  { fates }: Pick<History, 'fates'>,
  { classes }: Pick<AccessModel, 'classes'>,
  promoteAt: number,
): ClassAgreement[] {
  const waiting = [...results].filter(({ phase }) => phase === 'Active');
  const became = (fate: string) => waiting.filter(({ id }) => fates.get(id)?.name === fate);
  const [approved, rejected] = [became('approved'), became('rejected')];
  return [...classes.values()].map(({ name, mode, place }) => {
    const of = (some: readonly SideResult[], wanted: boolean) =>
      some.filter(({ classes: its, verdict }) => its.includes(name) && (verdict === 'approve') === wanted);
    const [agreed, overApproved] = [of(approved, true).length, of(rejected, true).map(({ id }) => id)];
    const decided = agreed + overApproved.length;
    const least = leastShare(agreed, decided);
    return {
      ...{ name, mode, place, decided, agreed, overApproved, missed: of(approved, false).length, least },
      ready: overApproved.length === 0 && least >= promoteAt,
      wanting: overApproved.length === 0 ? wanting(decided, promoteAt) : null,
    };
  });
}
