import type { ActionPolicy, Subject } from '../decide/decide.ts';
import { DAY_MS, HOUR_MS } from '../kit/durations.ts';
import type { AccessModel } from '../policy/access_model.ts';
import { APPROVERS } from '../policy/access_shape.ts';
import { anyFits } from '../policy/pattern.ts';
import { ANOMALY_FLAG_NAMES, type Scored } from '../request/assessment.ts';
import type { AssetFacts } from '../request/dossier.ts';
import { RISKS } from '../request/risk.ts';
import type { Standing } from '../request/standing.ts';
import { entitlementsOf, type Words } from './words.ts';

/** A made-up request under made-up settings: what the reach of policies is tried on. */
export type MadeUp = { readonly subject: Subject; readonly settings: ActionPolicy };
type Change = (so: MadeUp) => MadeUp;

const NOW = Date.UTC(2026, 10, 20, 12);
const RATED: Scored = { kind: 'scored', risk: 'low', normalised: false, flags: [], summary: '', comment: '' };

/** Nothing stands in its way, so that every single change shows what that alone does. */
const NEUTRAL: MadeUp = {
  subject: {
    dossier: {
      request: {
        ...{ id: 'made-up', status: 'Active', created: NOW, approved: null, completed: null },
        ...{ requestedFrom: NOW, requestedTo: NOW + HOUR_MS, justification: 'CHG0000001: made up', exclusive: false },
        ...{ operation: 'AssetView', entityType: 'Asset', form: null, level: 1, levels: 1, approvals: [] },
        asset: { id: 'asset', name: 'made-up' },
        requestor: { id: 'person', name: 'made-up', displayName: null },
      },
      facts: {
        ...{ own: false, requestorFrequency: 3, offHours: false },
        ...{ daysSinceCreated: 0, daysSinceApproved: null, requestedHours: 1 },
      },
      asset: { id: 'asset', name: 'made-up', type: 'Server', containerPath: '/made-up', tags: [] },
      history: { firstForAsset: false, requestsInHour: 1 },
      texts: {
        ...{ flags: [], evidence: [], suspicious: false, contentFree: false, scoring: '' },
        names: { requestor: null, asset: null, form: null },
      },
      gaps: [],
    },
    standing: {
      ...{ entitlement: 'made-up:read', classes: [], neverAuto: [], privileged: false, assetKnown: true },
      person: { known: true, roles: [], department: null, manager: 'boss' },
      ...{ rolesDefined: true, inRole: true, sodConflicts: [], maxHours: 24, owner: 'owner', breakGlass: false },
      approvals: { required: [], missing: [], onlySelf: false },
    },
    assessment: RATED,
  },
  settings: {
    ...{ autoApprove: true, autoReject: true, autoCloseStale: true, autoCloseExpired: true },
    ...{ approveUpTo: 'low', rejectFrom: 'critical', staleDays: 7 },
  },
};

const subject = (so: MadeUp, part: Partial<Subject>): MadeUp => ({ ...so, subject: { ...so.subject, ...part } });
const dossier = (part: Partial<Subject['dossier']>): Change => {
  return (so) => subject(so, { dossier: { ...so.subject.dossier, ...part } });
};
const facts = (part: Partial<Subject['dossier']['facts']>): Change => {
  return (so) => dossier({ facts: { ...so.subject.dossier.facts, ...part } })(so);
};
const request = (part: Partial<Subject['dossier']['request']>): Change => {
  return (so) => dossier({ request: { ...so.subject.dossier.request, ...part } })(so);
};
const history = (part: Partial<Subject['dossier']['history']>): Change => {
  return (so) => dossier({ history: { ...so.subject.dossier.history, ...part } })(so);
};
const texts = (part: Partial<Subject['dossier']['texts']>): Change => {
  return (so) => dossier({ texts: { ...so.subject.dossier.texts, ...part } })(so);
};
const standing = (part: Partial<Standing>): Change => {
  return (so) => subject(so, { standing: { ...so.subject.standing, ...part } });
};
const person = (part: Partial<Standing['person']>): Change => {
  return (so) => standing({ person: { ...so.subject.standing.person, ...part } })(so);
};
const approvals = (part: Partial<Standing['approvals']>): Change => {
  return (so) => standing({ approvals: { ...so.subject.standing.approvals, ...part } })(so);
};
const asset = (part: Partial<AssetFacts>): Change => {
  return (so) => {
    const before = so.subject.dossier.asset;
    return before === null ? so : dossier({ asset: { ...before, ...part } })(so);
  };
};
const granted =
  (days: number): Change =>
  (so) =>
    facts({ daysSinceApproved: days, daysSinceCreated: days })(
      request({ status: 'Approved', approved: NOW - days * DAY_MS, requestedFrom: NOW - days * DAY_MS })(so),
    );

/** What can differ, one list of alternatives for each thing. */
function dimensions(model: AccessModel, { texts: words, numbers }: Words, textFlags: readonly string[]): Change[][] {
  const counts = [...new Set([0, 1, 8, 24, 25, 100, 1000, ...numbers])];
  const privileged = (entitlement: string) => anyFits(model.privileged, [entitlement]);
  const signed = { level: 1, user: 'boss', decision: 'Approved', message: null, created: NOW };
  return [
    counts.map(granted),
    [
      ...RISKS.map(
        (risk): Change =>
          (so) =>
            subject(so, { assessment: { ...RATED, risk } }),
      ),
      (so) => subject(so, { assessment: { kind: 'unscored', why: 'made up' } }),
      (so) => subject(so, { assessment: { ...RATED, risk: 'medium', normalised: true } }),
      ...ANOMALY_FLAG_NAMES.map(
        (flag): Change =>
          (so) =>
            subject(so, { assessment: { ...RATED, flags: [flag] } }),
      ),
    ],
    [
      standing({ entitlement: null }),
      standing({ privileged: true }),
      ...entitlementsOf(model).map((entitlement) => standing({ entitlement, privileged: privileged(entitlement) })),
      ...words.map((entitlement) => standing({ entitlement, privileged: privileged(entitlement) })),
    ],
    [...model.classes.values()].map(({ name, owner, maxHours }) =>
      standing({ classes: [name], neverAuto: model.neverAuto.has(name) ? [name] : [], owner, maxHours }),
    ),
    [standing({ assetKnown: false }), dossier({ asset: null })],
    words.flatMap((word) => [
      asset({ type: word }),
      asset({ containerPath: word }),
      asset({ tags: [word] }),
      asset({ id: word }),
    ]),
    [...words, 'AssetConnect', 'AssetUnlock', 'AssetEdit', null].map((operation) => request({ operation })),
    ['Space', ...words].map((entityType) => request({ entityType })),
    words.flatMap((word) => [
      request({ form: { id: null, name: word, type: null } }),
      request({ form: { id: null, name: null, type: word } }),
    ]),
    [null, ...counts].map((requestedHours) => facts({ requestedHours })),
    [
      texts({ contentFree: true }),
      texts({ suspicious: true }),
      request({ justification: '' }),
      ...textFlags.map((flag) => texts({ flags: [flag] })),
    ],
    [dossier({ gaps: [{ what: 'requestor', why: 'made up' }] }), person({ known: false, roles: [], manager: null })],
    [...model.roles.keys()].map((role) => person({ roles: [role] })),
    [...words.map((department) => person({ department }))],
    [person({ manager: null }), ...words.map((manager) => person({ manager }))],
    [standing({ inRole: false }), standing({ inRole: false, rolesDefined: false })],
    model.sodConflicts.map(({ text }) =>
      standing({ sodConflicts: [{ pair: text, asked: text, held: text, source: { kind: 'identity' } }] }),
    ),
    [
      ...APPROVERS.map((one) => approvals({ required: [one], missing: [one] })),
      ...APPROVERS.map((one) => approvals({ required: [one] })),
    ],
    [approvals({ onlySelf: true })],
    [request({ approvals: [signed] }), request({ approvals: [signed, signed] })],
    [standing({ breakGlass: true })],
    [facts({ offHours: true })],
    [history({ firstForAsset: true })],
    counts.map((requestsInHour) => history({ requestsInHour })),
    counts.map((requestorFrequency) => facts({ requestorFrequency })),
    counts.map((daysSinceCreated) => facts({ daysSinceCreated })),
    [null, ...counts].map((maxHours) => standing({ maxHours })),
    [null, ...words].map((owner) => standing({ owner })),
    [request({ exclusive: true })],
    RISKS.map(
      (approveUpTo): Change =>
        (so) => ({ ...so, settings: { ...so.settings, approveUpTo } }),
    ),
  ];
}

/** How many of the things differ in a request of the second part. */
const SOME = 0.15;

/**
 * First the neutral request and every single change of it, then `more` that differ in several things, always the same
 * ones: a check has to say the same today and tomorrow.
 */
export function* madeUpCases(
  model: AccessModel,
  words: Words,
  textFlags: readonly string[],
  more: number,
): Generator<MadeUp> {
  const all = dimensions(model, words, textFlags);
  yield NEUTRAL;
  for (const change of all.flat()) yield change(NEUTRAL);
  const random = dice(12);
  for (let made = 0; made < more; made += 1) {
    let so = NEUTRAL;
    for (const changes of all) {
      if (changes.length === 0 || random() > SOME) continue;
      so = changes[Math.floor(random() * changes.length)]?.(so) ?? so;
    }
    yield so;
  }
}

/** Mulberry32: small, and the same everywhere. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
