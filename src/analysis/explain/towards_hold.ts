import { ASKED } from '../../decide/decide.ts';
import type { Action } from '../../domain/action.ts';
import type { Risk } from '../../domain/risk.ts';
import { plural } from '../../phrases/plural.ts';
import { SAID_TOWARDS_HOLD } from './said.ts';
import {
  type Lever,
  rated,
  ratedAs,
  SWITCHED,
  type World,
  withAccessContext,
  withFacts,
  withSwitches,
  withTexts,
} from './world.ts';

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
  confirmation: {
    differs: ({ recorded: { confirmation } }, target) => target !== 'close' && confirmation !== null,
    says: ({ recorded: { confirmation } }) => `the ${confirmation?.kind} reading had not agreed`,
    imagine: (world) => {
      const { confirmation } = world.recorded;
      const failed = {
        kind: confirmation?.kind ?? 'facts-only',
        assessment: { kind: 'unscored', why: 'imagined' },
      } as const;
      return { ...world, recorded: { ...world.recorded, confirmation: failed } };
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
    differs: ({ subject: { accessContext } }, target) => target === 'approve' && !accessContext.privileged,
    says: () => 'it were about something privileged',
    imagine: (world) => withAccessContext(world, { privileged: true }),
  },
  duties: {
    differs: ({ subject: { accessContext } }, target) =>
      target === 'approve' && accessContext.sodConflicts.length === 0,
    says: () => 'it were in conflict with what the person holds',
    imagine: (world) => withAccessContext(world, { sodConflicts: [IMAGINED_CONFLICT] }),
  },
  emergency: {
    differs: ({ subject: { accessContext } }) => !accessContext.breakGlass,
    says: () => 'it were emergency access',
    imagine: (world) => withAccessContext(world, { breakGlass: true }),
  },
  'granted-lately': {
    differs: ({ subject: { dossier } }, target) => target === 'close' && (dossier.facts.daysSinceApproved ?? 0) > 0,
    says: ({ subject: { dossier } }) =>
      `it had been granted today (it was ${plural(dossier.facts.daysSinceApproved ?? 0, 'day')} ago)`,
    imagine: (world) => withFacts(world, { daysSinceApproved: 0, hoursGranted: 0 }),
  },
  own: {
    differs: ({ subject: { dossier } }) => !dossier.facts.own,
    says: () => 'the agent itself had asked',
    imagine: (world) => withFacts(world, { own: true }),
  },
  ...SAID_TOWARDS_HOLD,
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
