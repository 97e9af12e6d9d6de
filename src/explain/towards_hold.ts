import { ASKED } from '../decide/decide.ts';
import type { Action } from '../request/action.ts';
import type { Risk } from '../request/risk.ts';
import { type Lever, rated, ratedAs, SWITCHED } from './lever.ts';
import { type World, withFacts, withStanding, withSwitches, withTexts } from './world.ts';

/** Facts that, so far as they are not already so, leave it to people: the way from `target`, which was decided, to a hold. */
export const TOWARDS_HOLD = {
  risk: {
    differs: ({ subject: { assessment } }, target) => target !== 'close' && assessment.kind === 'scored',
    says: (world, target) => `the model had rated it ${oneStepOff(world, target)} (${ratedAs(world)})`,
    imagine: (world, target) => rated(world, oneStepOff(world, target)),
  },
  unrated: {
    differs: ({ subject: { assessment } }, target) => target !== 'close' && assessment.kind === 'scored',
    says: () => 'the model had given no usable answer',
    imagine: (world) => ({
      ...world,
      subject: { ...world.subject, assessment: { kind: 'unscored', why: 'imagined' } },
    }),
  },
  vote: {
    differs: ({ recorded: { vote } }, target) => target !== 'close' && vote !== null,
    says: ({ recorded: { vote } }) => `the ${vote?.kind} vote had not agreed`,
    imagine: (world) => {
      const { vote } = world.recorded;
      const failed = { kind: vote?.kind ?? 'blind', assessment: { kind: 'unscored', why: 'imagined' } } as const;
      return { ...world, recorded: { ...world.recorded, vote: failed } };
    },
  },
  text: {
    differs: ({ subject: { dossier } }, target) => target === 'approve' && !dossier.texts.suspicious,
    says: () => 'its text had held something suspicious',
    imagine: (world) => withTexts(world, { suspicious: true }),
  },
  'no-reason': {
    differs: ({ subject: { dossier } }, target) => target === 'approve' && !dossier.texts.contentFree,
    says: () => 'no reason had been given',
    imagine: (world) => withTexts(world, { contentFree: true }),
  },
  privileged: {
    differs: ({ subject: { standing } }, target) => target === 'approve' && !standing.privileged,
    says: () => 'it were about something privileged',
    imagine: (world) => withStanding(world, { privileged: true }),
  },
  duties: {
    differs: ({ subject: { standing } }, target) => target === 'approve' && standing.sodConflicts.length === 0,
    says: () => 'it were in conflict with what the person holds',
    imagine: (world) => withStanding(world, { sodConflicts: [IMAGINED_CONFLICT] }),
  },
  emergency: {
    differs: ({ subject: { standing } }) => !standing.breakGlass,
    says: () => 'it were emergency access',
    imagine: (world) => withStanding(world, { breakGlass: true }),
  },
  'granted-lately': {
    differs: ({ subject: { dossier } }, target) => target === 'close' && (dossier.facts.daysSinceApproved ?? 0) > 0,
    says: ({ subject: { dossier } }) =>
      `it had been granted today (it was ${dossier.facts.daysSinceApproved} days ago)`,
    imagine: (world) => withFacts(world, { daysSinceApproved: 0 }),
  },
  own: {
    differs: ({ subject: { dossier } }) => !dossier.facts.own,
    says: () => 'the agent itself had asked',
    imagine: (world) => withFacts(world, { own: true }),
  },
  switch: {
    differs: ({ policy }, target) => ASKED[target].on(policy),
    says: (_world, target) => `${ASKED[target].switches.join(' and ')} were off`,
    imagine: (world, target) => withSwitches(world, SWITCHED[target](false)),
  },
} as const satisfies Record<string, Lever>;

const IMAGINED_CONFLICT = {
  pair: 'imagined',
  asked: 'imagined',
  held: 'imagined',
  source: { kind: 'identity' },
} as const;

/** The nearest risk at which the action is no longer allowed. */
function oneStepOff({ policy }: World, target: Action): Risk {
  const order: readonly Risk[] = ['low', 'medium', 'high', 'critical'];
  const limit = order.indexOf(target === 'reject' ? policy.rejectFrom : policy.approveUpTo);
  return order[target === 'reject' ? limit - 1 : limit + 1] ?? 'medium';
}
