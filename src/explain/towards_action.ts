import { ASKED } from '../decide/decide.ts';
import { isNamed } from '../decide/gates.ts';
import { agreeingVote } from '../replay/replay.ts';
import type { Gap } from '../request/dossier.ts';
import { atMost } from '../request/risk.ts';
import { agrees, VOTE_FOR, type VotedAction } from '../request/vote.ts';
import { type Lever, rated, ratedAs, SWITCHED } from './lever.ts';
import { type World, withDossier, withFacts, withStanding, withSwitches, withTexts } from './world.ts';

/** What no rule of ours minds: a made-up entitlement of no class. */
const ORDINARY = 'ordinary:read';
const A_REASON = 'CHG0000001: planned work';

const without = (gaps: readonly Gap[], ...kinds: readonly Gap['what'][]): Gap[] =>
  gaps.filter(({ what }) => !kinds.includes(what));
/** The floor's own limit where a class has none, in hours. */
const WEEK = 7 * 24;

const ratedTooHigh = ({ subject: { assessment }, policy }: World): boolean =>
  assessment.kind === 'unscored' || assessment.normalised || !atMost(assessment.risk, policy.approveUpTo);

const named = ({ subject: { dossier } }: World): boolean =>
  isNamed(dossier.request.requestor) && !dossier.gaps.some(({ what }) => what === 'requestor');

/** Facts that, so far as they are not already so, make an action possible: the way from a hold to an action. */
export const TOWARDS_ACTION = {
  risk: {
    differs: (world, target) => target === 'approve' && ratedTooHigh(world),
    says: (world) => `the model had rated it ${world.policy.approveUpTo} (${ratedAs(world)})`,
    imagine: (world) => rated(world, world.policy.approveUpTo),
  },
  'asset-read': {
    differs: ({ subject: { dossier, standing } }, target) =>
      target === 'approve' &&
      (!standing.assetKnown ||
        standing.entitlement === null ||
        dossier.gaps.some(({ what }) => what === 'asset' || what === 'container')),
    says: () => 'its asset had been read, and the mapping of access.yml knew it',
    imagine: (world) => {
      const { standing, dossier } = world.subject;
      const known = withStanding(world, { assetKnown: true, entitlement: standing.entitlement ?? ORDINARY });
      return withDossier(known, { gaps: without(dossier.gaps, 'asset', 'container') });
    },
  },
  'asset-ordinary': {
    differs: ({ subject: { standing } }, target) =>
      target === 'approve' && (standing.privileged || standing.neverAuto.length > 0),
    says: ({ subject: { standing } }) =>
      `it were about something ordinary (it is ${[standing.entitlement ?? 'unknown', ...standing.neverAuto].join(', ')})`,
    imagine: (world) => {
      const { standing } = world.subject;
      return withStanding(world, {
        entitlement: standing.privileged ? ORDINARY : standing.entitlement,
        classes: standing.classes.filter((name) => !standing.neverAuto.includes(name)),
        neverAuto: [],
        privileged: false,
      });
    },
  },
  reason: {
    differs: ({ subject: { dossier } }, target) =>
      target === 'approve' && (dossier.texts.contentFree || !/[\p{L}\p{N}]/u.test(dossier.request.justification)),
    says: () => 'a reason had been given',
    imagine: (world) => {
      const { request } = world.subject.dossier;
      const worded = withDossier(world, { request: { ...request, justification: A_REASON } });
      return withTexts(worded, { contentFree: false });
    },
  },
  'honest-text': {
    differs: ({ subject: { dossier } }) => dossier.texts.suspicious,
    says: () => 'its text had held nothing suspicious',
    imagine: (world) => withTexts(world, { suspicious: false, flags: [], evidence: [] }),
  },
  window: {
    differs: ({ subject: { dossier, standing } }, target) =>
      target === 'approve' &&
      (standing.maxHours === null
        ? (dossier.facts.requestedHours ?? 0) > WEEK
        : (dossier.facts.requestedHours ?? Number.POSITIVE_INFINITY) > standing.maxHours),
    says: ({ subject: { dossier, standing } }) => {
      const { requestedHours } = dossier.facts;
      const now = requestedHours === null ? 'no end is given' : `it is ${requestedHours}`;
      return `the window were at most ${standing.maxHours ?? WEEK} hours (${now})`;
    },
    imagine: (world) => withFacts(world, { requestedHours: world.subject.standing.maxHours ?? WEEK }),
  },
  requestor: {
    differs: (world, target) => !named(world) || (target === 'approve' && !world.subject.standing.person.known),
    says: (world) =>
      named(world) ? 'the identities listed the requestor' : 'the vault gave the account name of somebody who is known',
    imagine: (world) => {
      const { dossier, standing } = world.subject;
      const { requestor } = dossier.request;
      const somebody = { ...requestor, name: isNamed(requestor) ? requestor.name : 'somebody' };
      const known = withStanding(world, { person: { ...standing.person, known: true } });
      return withDossier(known, {
        request: { ...dossier.request, requestor: somebody },
        gaps: without(dossier.gaps, 'requestor'),
      });
    },
  },
  role: {
    differs: ({ subject: { standing } }, target) => target === 'approve' && standing.rolesDefined && !standing.inRole,
    says: () => "it were standard for a role of the requestor's",
    imagine: (world) => withStanding(world, { inRole: true }),
  },
  duties: {
    differs: ({ subject: { standing } }) => standing.sodConflicts.length > 0,
    says: ({ subject: { standing } }) =>
      `the other half of ${[...new Set(standing.sodConflicts.map(({ pair }) => pair))].join(', ')} had been given back`,
    imagine: (world) => withStanding(world, { sodConflicts: [] }),
  },
  approvals: {
    differs: ({ subject: { standing } }, target) =>
      target === 'approve' && (standing.approvals.missing.length > 0 || standing.approvals.onlySelf),
    says: ({ subject: { standing } }) =>
      standing.approvals.missing.length > 0
        ? `the approval by the ${standing.approvals.missing.join(' and the ')} were on record in the vault`
        : 'somebody else than the requestor had approved it',
    imagine: (world) => {
      const { approvals } = world.subject.standing;
      return withStanding(world, { approvals: { ...approvals, missing: [], onlySelf: false } });
    },
  },
  emergency: {
    differs: ({ subject: { standing } }) => standing.breakGlass,
    says: () => 'it were no emergency access',
    imagine: (world) => withStanding(world, { breakGlass: false }),
  },
  'office-hours': {
    differs: ({ subject: { dossier } }, target) => target === 'approve' && dossier.facts.offHours,
    says: () => 'it were wanted within office hours',
    imagine: (world) => withFacts(world, { offHours: false }),
  },
  'asked-before': {
    differs: ({ subject: { dossier } }, target) => target === 'approve' && dossier.history.firstForAsset,
    says: () => 'the person had asked for this asset before',
    imagine: (world) => withDossier(world, { history: { ...world.subject.dossier.history, firstForAsset: false } }),
  },
  'no-burst': {
    differs: ({ subject: { dossier } }, target) => target === 'approve' && dossier.history.requestsInHour > 1,
    says: ({ subject: { dossier } }) =>
      `it were the person's only request of that hour (there were ${dossier.history.requestsInHour})`,
    imagine: (world) => withDossier(world, { history: { ...world.subject.dossier.history, requestsInHour: 1 } }),
  },
  'longer-ago': {
    differs: ({ subject: { dossier }, policy }, target) =>
      target === 'close' && (dossier.facts.daysSinceApproved ?? -1) < policy.staleDays,
    says: ({ subject: { dossier }, policy }) => {
      const { daysSinceApproved: days } = dossier.facts;
      const now = days === null ? 'the vault gives no time' : `it was ${days} ago`;
      return `it had been granted ${policy.staleDays} days ago (${now})`;
    },
    imagine: (world) => withFacts(world, { daysSinceApproved: world.policy.staleDays }),
  },
  'not-own': {
    differs: ({ subject: { dossier } }) => dossier.facts.own,
    says: () => 'somebody else than the agent had asked',
    imagine: (world) => withFacts(world, { own: false }),
  },
  'not-acted': {
    differs: ({ acted }) => acted.length > 0,
    says: () => 'the agent had not acted on it before',
    imagine: (world) => ({ ...world, acted: [] }),
  },
  switch: {
    differs: ({ policy }, target) => !ASKED[target].on(policy),
    says: (_world, target) => `${ASKED[target].switches[0]} were on`,
    imagine: (world, target) => withSwitches(world, SWITCHED[target](true)),
  },
  vote: {
    differs: ({ recorded: { vote }, policy }, target) =>
      vote !== null &&
      Object.hasOwn(VOTE_FOR, target) &&
      vote.kind === VOTE_FOR[target as VotedAction] &&
      !agrees(vote, target as VotedAction, policy),
    says: ({ recorded: { vote } }) => `the ${vote?.kind} vote had agreed`,
    imagine: (world, target) => ({
      ...world,
      recorded: { ...world.recorded, vote: agreeingVote(VOTE_FOR[target as VotedAction], world) },
    }),
  },
  cap: {
    differs: ({ recorded }) => recorded.heldBack !== null,
    says: ({ recorded }) => `no cap had held it back (${recorded.heldBack})`,
    imagine: (world) => ({ ...world, recorded: { ...world.recorded, heldBack: null } }),
  },
} as const satisfies Record<string, Lever>;
