import type { ActionPolicy, DecideWith, Subject } from '../../decide/decide.ts';
import type { AccessContext } from '../../domain/access_context.ts';
import type { Action } from '../../domain/action.ts';
import type { Dossier } from '../../domain/dossier.ts';
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
};

/** The decision in such a world. */
export const decidedIn = (
  { subject, recorded, policy, acted, approver }: World,
  engine: DecideWith['engine'],
): Replayed => replay(subject, recorded, { policy, engine, approver, acted: (_id, action) => acted.includes(action) });

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
