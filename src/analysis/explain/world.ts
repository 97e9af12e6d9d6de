import type { ActionPolicy, DecideWith, Subject } from '../../decide/decide.ts';
import type { AccessContext } from '../../domain/access_context.ts';
import { ACTION_NAMES, ACTIONS, type Action } from '../../domain/action.ts';
import type { Scored } from '../../domain/assessment.ts';
import type { Dossier } from '../../domain/dossier.ts';
import type { Risk } from '../../domain/risk.ts';
import { type Recorded, type Replayed, replay } from '../replay/replay.ts';

/** Everything that one decision rests on, as plain facts that can be imagined otherwise. */
export type World = {
  readonly subject: Subject;
  readonly recorded: Recorded;
  readonly policy: ActionPolicy;
  /** What the agent had done to this request before. */
  readonly acted: readonly Action[];
  /** The person whose plan was carried out; null when the policy was the approver. */
  readonly approver: string | null;
  /** A person said yes to each action, or to a plan. */
  readonly byPerson: boolean;
  /** False for a run that made nothing of the model's flags but what its policies did. */
  readonly flagsHeeded: boolean;
};

/** The decision in such a world. */
export const decidedIn = (
  { subject, recorded, policy, acted, approver, byPerson, flagsHeeded }: World,
  engine: DecideWith['engine'],
): Replayed =>
  replay(subject, recorded, {
    policy,
    engine,
    approver,
    byPerson,
    flagsHeeded,
    acted: (_id, action) => acted.includes(action),
  });

export const withDossier = (world: World, part: Partial<Dossier>): World => ({
  ...world,
  subject: { ...world.subject, dossier: { ...world.subject.dossier, ...part } },
});
export const withFacts = (world: World, part: Partial<Dossier['facts']>): World =>
  withDossier(world, { facts: { ...world.subject.dossier.facts, ...part } });
export const withTexts = (world: World, part: Partial<Dossier['texts']>): World =>
  withDossier(world, { texts: { ...world.subject.dossier.texts, ...part } });
export const withAccessContext = (world: World, part: Partial<AccessContext>): World => ({
  ...world,
  subject: { ...world.subject, accessContext: { ...world.subject.accessContext, ...part } },
});
export const withSwitches = (world: World, part: Partial<ActionPolicy>): World => ({
  ...world,
  policy: { ...world.policy, ...part },
});

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
      : { kind: 'scored', risk, normalised: false, flags: [], confidence: 1, summary: '', comment: '' };
  return { ...world, subject: { ...world.subject, assessment: { ...before, risk, normalised: false } } };
}

/** With something else about what the model said; an unscored request stays unscored. */
export const withReading = (world: World, part: Partial<Scored>): World => {
  const { assessment } = world.subject;
  if (assessment.kind === 'unscored') return world;
  return { ...world, subject: { ...world.subject, assessment: { ...assessment, ...part } } };
};

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
