import { agrees } from '../../decide/confirm.ts';
import { ASKED } from '../../decide/decide.ts';
import { isNamed } from '../../decide/gates.ts';
import type { AccessContext } from '../../domain/access_context.ts';
import { letsThrough } from '../../domain/class_mode.ts';
import { CONFIRMED_BY, type ConfirmedAction } from '../../domain/confirmation.ts';
import type { Gap } from '../../domain/dossier.ts';
import { atMost } from '../../domain/risk.ts';
import { capWords, classModeWords } from '../../phrases/rule_words.ts';
import { agreeingConfirmation, asReplayed } from '../replay/replay.ts';
import { SAID_TOWARDS_ACTION } from './said.ts';
import { TOWARDS_TIMES } from './towards_times.ts';
import {
  type Lever,
  rated,
  ratedAs,
  SWITCHED,
  type World,
  withAccessContext,
  withDossier,
  withFacts,
  withSwitches,
  withTexts,
} from './world.ts';

/** What no rule of ours minds: a made-up entitlement of no class. */
const ORDINARY = 'ordinary:read';
const A_REASON = 'CHG0000001: planned work';

const without = (gaps: readonly Gap[], ...kinds: readonly Gap['what'][]): Gap[] =>
  gaps.filter(({ what }) => !kinds.includes(what));

const ratedTooHigh = ({ subject: { assessment }, policy }: World): boolean =>
  assessment.kind === 'unscored' || assessment.normalised || !atMost(assessment.risk, policy.approveUpTo);

const named = ({ subject: { dossier } }: World): boolean =>
  isNamed(dossier.request.requestor) && !dossier.gaps.some(({ what }) => what === 'requestor');

const isOrdinary = ({ privileged, neverAuto, reach, classFloor = 'low' }: AccessContext): boolean =>
  !privileged && neverAuto.length === 0 && classFloor === 'low' && reach !== 'site' && reach !== 'domain';
const whatItIs = ({ entitlement, classes, neverAuto, reach, classFloor = 'low' }: AccessContext): string[] => [
  entitlement ?? 'unknown',
  ...(classFloor === 'low' ? neverAuto : classes),
  ...(reach === 'site' || reach === 'domain' ? [`of a whole ${reach}`] : []),
];

/** Facts that, so far as they are not already so, make an action possible: the way from a hold to an action. */
export const TOWARDS_ACTION = {
  risk: {
    differs: (world, target) => target === 'approve' && ratedTooHigh(world),
    says: (world) => `the model had rated it ${world.policy.approveUpTo} (${ratedAs(world)})`,
    imagine: (world) => rated(world, world.policy.approveUpTo),
  },
  ...SAID_TOWARDS_ACTION,
  'asset-read': {
    differs: ({ subject: { dossier, accessContext } }, target) =>
      target === 'approve' &&
      (!accessContext.assetKnown ||
        accessContext.entitlement === null ||
        dossier.gaps.some(({ what }) => what === 'asset' || what === 'container')),
    says: () => 'its asset had been read, and the mapping of access.yml knew it',
    imagine: (world) => {
      const { accessContext, dossier } = world.subject;
      const known = withAccessContext(world, { assetKnown: true, entitlement: accessContext.entitlement ?? ORDINARY });
      return withDossier(known, { gaps: without(dossier.gaps, 'asset', 'container') });
    },
  },
  'class-enforced': {
    differs: ({ subject: { accessContext }, byPerson }, target) =>
      target !== 'close' && accessContext.mode !== undefined && !letsThrough(accessContext.mode, byPerson),
    says: ({ subject: { accessContext } }) =>
      `its class were enforced (${accessContext.mode === undefined ? 'it is' : classModeWords(accessContext.mode)})`,
    imagine: (world) =>
      withAccessContext(world, { mode: { class: world.subject.accessContext.mode?.class ?? null, mode: 'enforce' } }),
  },
  'not-in-the-sample': {
    differs: ({ subject: { accessContext }, byPerson }, target) =>
      target === 'approve' && accessContext.mode?.control === true && !byPerson,
    says: () => 'it were not one of the sample that is left to people (CONTROL_SHARE)',
    imagine: (world) =>
      withAccessContext(world, { mode: { class: world.subject.accessContext.mode?.class ?? null, mode: 'enforce' } }),
  },
  'mapping-clear': {
    differs: ({ subject: { accessContext } }, target) =>
      target === 'approve' && (accessContext.operationKnown === false || (accessContext.ambiguous ?? []).length > 0),
    says: () => 'the mapping of access.yml named what it is about, and one thing only',
    imagine: (world) => withAccessContext(world, { operationKnown: true, ambiguous: [] }),
  },
  'asset-ordinary': {
    differs: ({ subject: { accessContext } }, target) => target === 'approve' && !isOrdinary(accessContext),
    says: ({ subject: { accessContext } }) =>
      `it were about something ordinary (it is ${whatItIs(accessContext).join(', ')})`,
    imagine: (world) => {
      const { accessContext } = world.subject;
      return withAccessContext(world, {
        entitlement: accessContext.privileged ? ORDINARY : accessContext.entitlement,
        classes: accessContext.classes.filter((name) => !accessContext.neverAuto.includes(name)),
        ...{ neverAuto: [], privileged: false, reach: null, classFloor: 'low' },
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
  ...TOWARDS_TIMES,
  requestor: {
    differs: (world, target) => !named(world) || (target === 'approve' && !world.subject.accessContext.person.known),
    says: (world) =>
      named(world) ? 'the identities listed the requestor' : 'the vault gave the account name of somebody who is known',
    imagine: (world) => {
      const { dossier, accessContext } = world.subject;
      const { requestor } = dossier.request;
      const somebody = { ...requestor, name: isNamed(requestor) ? requestor.name : 'somebody' };
      const known = withAccessContext(world, { person: { ...accessContext.person, known: true } });
      return withDossier(known, {
        request: { ...dossier.request, requestor: somebody },
        gaps: without(dossier.gaps, 'requestor'),
      });
    },
  },
  role: {
    differs: ({ subject: { accessContext } }, target) =>
      target === 'approve' && accessContext.rolesDefined && !accessContext.inRole,
    says: () => "it were standard for a role of the requestor's",
    imagine: (world) => withAccessContext(world, { inRole: true }),
  },
  duties: {
    differs: ({ subject: { accessContext } }) => accessContext.sodConflicts.length > 0,
    says: ({ subject: { accessContext } }) =>
      `what is held of ${[...new Set(accessContext.sodConflicts.map(({ pair }) => pair))].join(', ')} had been given back`,
    imagine: (world) => withAccessContext(world, { sodConflicts: [] }),
  },
  approvals: {
    differs: ({ subject: { accessContext } }, target) =>
      target === 'approve' && (accessContext.approvals.missing.length > 0 || accessContext.approvals.onlySelf),
    says: ({ subject: { accessContext } }) =>
      accessContext.approvals.missing.length > 0
        ? `the approval by the ${accessContext.approvals.missing.join(' and the ')} were on record in the vault`
        : 'somebody else than the requestor had approved it',
    imagine: (world) => {
      const { approvals } = world.subject.accessContext;
      return withAccessContext(world, { approvals: { ...approvals, missing: [], onlySelf: false } });
    },
  },
  emergency: {
    differs: ({ subject: { accessContext } }) => accessContext.breakGlass,
    says: () => 'it were no emergency access',
    imagine: (world) => withAccessContext(world, { breakGlass: false }),
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
  'not-own': {
    differs: ({ subject: { dossier } }) => dossier.facts.own || dossier.facts.mayBeOwn === true,
    says: () => 'somebody else than the agent had asked, for certain',
    imagine: (world) => withFacts(world, { own: false, mayBeOwn: false }),
  },
  'not-acted': {
    differs: ({ acted, subject: { dossier } }) => acted.length > 0 || dossier.facts.ownDecision !== undefined,
    says: () => 'the agent had not acted on it before',
    imagine: (world) => {
      const { ownDecision: _, ...facts } = world.subject.dossier.facts;
      return { ...withDossier(world, { facts }), acted: [] };
    },
  },
  'not-refused': {
    differs: ({ subject: { dossier } }, target) => target === 'approve' && dossier.history.refusal !== undefined,
    says: () => 'no person had refused it, or one had approved it since',
    imagine: (world) => {
      const { refusal: _, ...history } = world.subject.dossier.history;
      return withDossier(world, { history });
    },
  },
  switch: {
    differs: ({ policy }, target) => !ASKED[target].on(policy),
    says: (_world, target) => `${ASKED[target].switches[0]} were on`,
    imagine: (world, target) => withSwitches(world, SWITCHED[target](true)),
  },
  confirmation: {
    differs: ({ recorded: { confirmation }, policy }, target) =>
      confirmation !== null &&
      Object.hasOwn(CONFIRMED_BY, target) &&
      confirmation.kind === CONFIRMED_BY[target as ConfirmedAction] &&
      !agrees({ ...confirmation, assessment: asReplayed(confirmation.assessment) }, target as ConfirmedAction, policy),
    says: ({ recorded: { confirmation } }) => `the ${confirmation?.kind} reading had agreed`,
    imagine: (world, target) => ({
      ...world,
      recorded: {
        ...world.recorded,
        confirmation: agreeingConfirmation(CONFIRMED_BY[target as ConfirmedAction], world),
      },
    }),
  },
  cap: {
    differs: ({ recorded }) => recorded.heldBack !== null,
    says: ({ recorded: { heldBack } }) =>
      `no cap had held it back${heldBack === null ? '' : ` (${capWords(heldBack)})`}`,
    imagine: (world) => ({ ...world, recorded: { ...world.recorded, heldBack: null } }),
  },
} as const satisfies Record<string, Lever>;
