import type { ActionPolicy } from '../../decide/decide.ts';
import { ACTION_NAMES, ACTIONS, type Action } from '../../domain/action.ts';
import type { Scored } from '../../domain/assessment.ts';
import type { Risk } from '../../domain/risk.ts';
import type { World } from './world.ts';

/**
 * One fact that could have been otherwise. `differs` says whether it is not already as imagined; `says` completes the
 * sentence "it would have been approved if …".
 */
export type Lever = {
  readonly differs: (world: World, target: Action) => boolean;
  readonly says: (world: World, target: Action) => string;
  readonly imagine: (world: World, target: Action) => World;
};

export function rated(world: World, risk: Risk): World {
  const { assessment } = world.subject;
  const before: Scored =
    assessment.kind === 'scored'
      ? assessment
      : { kind: 'scored', risk, normalised: false, flags: [], summary: '', comment: '' };
  return { ...world, subject: { ...world.subject, assessment: { ...before, risk, normalised: false } } };
}

export const ratedAs = ({ subject: { assessment } }: World): string =>
  assessment.kind === 'unscored'
    ? 'it was not rated'
    : assessment.normalised
      ? 'it gave no risk that we know'
      : `it said ${assessment.risk}`;

/** The settings with the switch of an action turned. */
export const SWITCHED = {
  approve: (on: boolean) => ({ autoApprove: on }),
  reject: (on: boolean) => ({ autoReject: on }),
  close: (on: boolean) => ({ autoCloseStale: on, ...(!on && { autoCloseExpired: false }) }),
} as const satisfies Record<Action, (on: boolean) => Partial<ActionPolicy>>;

/** The action that a request at this status is about, for "what would have made it happen". */
export const actionsFrom = (status: string): readonly Action[] =>
  ACTION_NAMES.filter((action) => ACTIONS[action].from === status);
