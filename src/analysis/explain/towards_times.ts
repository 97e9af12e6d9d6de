import { impossibleTimes } from '../../decide/gates.ts';
import type { Dossier, Gap } from '../../domain/dossier.ts';
import { countedHours, daysGranted, withinLimit } from '../../phrases/hours_granted.ts';
import { plural } from '../../phrases/plural.ts';
import { type Lever, type World, withDossier, withFacts } from './world.ts';

/** The risk floor's own limit where a class has none, in hours. */
const WEEK = 7 * 24;

const withTimes = (world: World, part: Partial<NonNullable<Dossier['facts']['times']>>): World => {
  const { times } = world.subject.dossier.facts;
  return times === undefined ? world : withFacts(world, { times: { ...times, ...part } });
};
const withoutGap = (world: World, ...kinds: readonly Gap['what'][]): World =>
  withDossier(world, { gaps: world.subject.dossier.gaps.filter(({ what }) => !kinds.includes(what)) });

/** How long a grant has to be usable before it can be closed: the days of the setting, and longer than its class allows. */
function hoursUntilStale({ subject: { accessContext }, policy }: World): number {
  return Math.max(policy.staleDays * 24, (accessContext.maxHours ?? 0) + 1);
}

/** Times that, so far as they are not already so, make an action possible. */
export const TOWARDS_TIMES = {
  window: {
    differs: ({ subject: { dossier, accessContext } }, target) =>
      target === 'approve' &&
      (countedHours(dossier.facts) ?? Number.POSITIVE_INFINITY) > (accessContext.maxHours ?? WEEK),
    says: ({ subject: { dossier, accessContext } }) => {
      const hours = countedHours(dossier.facts);
      const { requestedHours } = dossier.facts;
      const together = hours !== requestedHours ? ', together with the windows that it touches,' : '';
      return `the window${together} were at most ${accessContext.maxHours ?? WEEK} hours (${hours === null ? 'no end is given' : `it is ${hours}`})`;
    },
    imagine: (world) => {
      const hours = world.subject.accessContext.maxHours ?? WEEK;
      return withTimes(withFacts(world, { requestedHours: hours }), { contiguousHours: hours });
    },
  },
  'window-possible': {
    differs: ({ subject: { dossier } }, target) =>
      target === 'approve' && (!!dossier.facts.times?.fault || impossibleTimes(dossier.gaps, ['window']) !== null),
    says: () => 'its window were one that lies ahead, and not too far',
    imagine: (world) => withoutGap(withTimes(world, { fault: null }), 'window'),
  },
  'times-possible': {
    differs: ({ subject: { dossier } }) => impossibleTimes(dossier.gaps, ['times', 'clock']) !== null,
    says: () => 'its times were possible ones',
    imagine: (world) => withoutGap(world, 'times', 'clock'),
  },
  'record-legible': {
    differs: ({ subject: { dossier } }, target) =>
      target !== 'close' && impossibleTimes(dossier.gaps, ['record']) !== null,
    says: () => 'all that the vault wrote could be read',
    imagine: (world) => withoutGap(world, 'record'),
  },
  'office-hours': {
    differs: ({ subject: { dossier } }, target) => target === 'approve' && dossier.facts.offHours,
    says: () => 'it were asked for and wanted within office hours',
    imagine: (world) =>
      withTimes(withFacts(world, { offHours: false }), { askedOffHours: false, windowOffHours: false }),
  },
  'longer-ago': {
    differs: ({ subject: { dossier, accessContext }, policy }, target) =>
      target === 'close' &&
      ((daysGranted(dossier) ?? -1) < policy.staleDays || withinLimit(dossier, accessContext.maxHours)),
    says: (world) => {
      const { dossier } = world.subject;
      const days = daysGranted(dossier);
      const now = days === null ? 'the vault gives no time' : `it is ${plural(days, 'day')}`;
      return `it had been usable for ${plural(Math.ceil(hoursUntilStale(world) / 24), 'day')} (${now})`;
    },
    imagine: (world) => {
      const days = Math.ceil(hoursUntilStale(world) / 24);
      return withFacts(world, { daysSinceApproved: days, hoursGranted: days * 24 });
    },
  },
} as const satisfies Record<string, Lever>;
