import type { Action } from '../domain/action.ts';
import type { Place } from './place.ts';

/** One policy as people speak of it: in a report, in `explain`, in a lint. */
export type PolicyInfo = {
  /** Its `@id`: what reports call it. */
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly actions: readonly Action[];
  /** Its `@says`: one sentence for a person. */
  readonly says: string;
  /** Its `@advice`: what the person can do about it. */
  readonly advice: string | null;
  readonly place: Place;
  readonly text: string;
};
