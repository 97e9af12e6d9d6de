/** Random requests, facts, ratings and settings: mostly harmless ones, so that something does get approved. */
import fc from 'fast-check';
import type { ActionPolicy, Subject } from '../../../src/decide/decide.ts';
import type { Action } from '../../../src/domain/action.ts';
import { ANOMALY_FLAG_NAMES, type Assessment } from '../../../src/domain/assessment.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import type { Gap } from '../../../src/domain/dossier.ts';
import { RISKS } from '../../../src/domain/risk.ts';
import { granted, rated, request, UNSCORED } from '../../helpers/requests.ts';
import { grantedSubject, subject } from './subjects.ts';

export const risk = fc.constantFrom(...RISKS);
/** True about once in `n` times. */
const rarely = (n = 30): fc.Arbitrary<boolean> => fc.integer({ min: 1, max: n }).map((drawn) => drawn === n);
const flags = fc.uniqueArray(fc.constantFrom(...ANOMALY_FLAG_NAMES), { maxLength: 4 });
const confidence = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0.95) },
  fc.constantFrom(null, 0, 0.5, 0.8499, 0.85, 1),
);
const gap: fc.Arbitrary<Gap> = fc.record({
  what: fc.constantFrom('requestor', 'asset', 'container', 'approval time', 'times', 'window', 'clock', 'record'),
  why: fc.constant('403'),
});

export const assessment: fc.Arbitrary<Assessment> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(rated('low')) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(risk, rarely(6), flags, confidence)
      .map(([r, normalised, f, sure]) => rated(r, { normalised, flags: f, confidence: sure })),
  },
  { weight: 1, arbitrary: fc.constant(UNSCORED) },
);

/** The confirmation that helps most, one of any kind, or none. */
export const confirmation: fc.Arbitrary<Confirmation | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Confirmation>({ kind: 'facts-only', assessment: rated('low') }) },
  { weight: 2, arbitrary: fc.constant<Confirmation>({ kind: 'single', assessment: rated('critical') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('facts-only' as const, 'single' as const), assessment }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

export const facts: fc.Arbitrary<Omit<Subject, 'assessment'>> = fc
  .record({
    status: fc.oneof(
      { weight: 8, arbitrary: fc.constant('Active') },
      { weight: 3, arbitrary: fc.constant('Approved') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('Rejected', 'Completed', 'Pending', 'ACTIVE', '__proto__', 'constructor'),
      },
    ),
    id: fc.constantFrom('req-1', '__proto__', 'constructor', 'hasOwnProperty'),
    justification: fc.oneof(
      { weight: 9, arbitrary: fc.constant('CHG0041877: patches') },
      fc.constantFrom('', ' ', '\u200b'),
    ),
    nobody: rarely(),
    own: rarely(),
    offHours: fc.boolean(),
    days: fc.option(fc.integer({ min: 0, max: 40 }), { freq: 6 }),
    hours: fc.option(fc.oneof(fc.integer({ min: 0, max: 80 }), fc.double({ min: 0, max: 500, noNaN: true })), {
      freq: 6,
    }),
    history: fc.record({
      firstForAsset: fc.boolean(),
      requestsInHour: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 19 }) }, fc.constant(20)),
    }),
    times: fc.option(
      fc.record({
        fault: fc.oneof(
          { weight: 24, arbitrary: fc.constant(null) },
          fc.constantFrom('over', 'empty', 'too-far-ahead'),
        ),
        beginsInHours: fc.option(fc.nat({ max: 1000 })),
        contiguousHours: fc.option(
          fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 4 }) }, fc.integer({ min: 0, max: 300 })),
          { freq: 12 },
        ),
        askedOffHours: fc.boolean(),
        windowOffHours: fc.boolean(),
      }),
    ),
    suspicious: rarely(),
    contentFree: rarely(),
    gaps: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.array(gap, { maxLength: 2 })),
    accessContext: fc.record({
      entitlement: fc.option(fc.constantFrom('test:operate', 'workstation:read', 'constructor'), { freq: 12 }),
      neverAuto: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.constant(['production'])),
      privileged: rarely(),
      assetKnown: rarely().map((no) => !no),
      rolesDefined: fc.boolean(),
      inRole: rarely(6).map((no) => !no),
      maxHours: fc.option(fc.integer({ min: 1, max: 80 })),
      owner: fc.option(fc.constant('boss')),
      breakGlass: rarely(),
    }),
    conflict: rarely(),
    missing: rarely(),
    onlySelf: rarely(),
  })
  .map(({ status, id, justification, nobody, conflict, missing, onlySelf, suspicious, contentFree, ...drawn }) => {
    const about = {
      ...{ id, justification, status },
      ...(nobody && { requestor: { id: null, name: null, displayName: null } }),
    };
    const part = {
      facts: {
        ...{ own: drawn.own, offHours: drawn.offHours, daysSinceApproved: drawn.days, requestedHours: drawn.hours },
        ...(drawn.times !== null && { times: drawn.times }),
      },
      history: drawn.history,
      texts: { suspicious, contentFree, flags: suspicious ? ['lexical'] : [] },
      gaps: drawn.gaps,
      accessContext: {
        ...drawn.accessContext,
        sodConflicts: conflict ? [{ pair: 'a + b', asked: 'a', held: 'b', source: { kind: 'identity' as const } }] : [],
        approvals: { required: [], missing: missing ? ['owner' as const] : [], onlySelf },
      },
    };
    const { dossier, accessContext } =
      status === 'Approved'
        ? grantedSubject({ request: granted(about), ...part })
        : subject({ request: request(about), ...part });
    return { dossier, accessContext };
  });

/** Also the pairs of thresholds that the configuration would refuse: deciding must not depend on that check. */
export const policy: fc.Arbitrary<ActionPolicy> = fc.record({
  autoApprove: rarely(4).map((no) => !no),
  autoReject: fc.boolean(),
  autoCloseStale: fc.boolean(),
  autoCloseExpired: fc.boolean(),
  approveUpTo: risk,
  rejectFrom: risk,
  confidenceNeeded: fc.oneof({ weight: 8, arbitrary: fc.constant(0.85) }, fc.constantFrom(0, 1)),
  staleDays: fc.integer({ min: 1, max: 30 }),
});

export const actedBefore = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Action[]>([]) },
  fc.uniqueArray(fc.constantFrom<Action>('approve', 'reject', 'close')),
);
