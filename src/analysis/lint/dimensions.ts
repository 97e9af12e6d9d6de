import type { ActionPolicy, Subject } from '../../decide/decide.ts';
import { type AccessContext, REACHES } from '../../domain/access_context.ts';
import { ANOMALY_FLAG_NAMES, type Scored } from '../../domain/assessment.ts';
import type { AssetFacts } from '../../domain/dossier.ts';
import { RISKS } from '../../domain/risk.ts';
import type { AccessModel } from '../../policy/access_model.ts';
import { APPROVERS } from '../../policy/access_shape.ts';
import type { PolicyInfo } from '../../policy/cedar_source.ts';
import { anyFits } from '../../policy/pattern.ts';
import { SAMPLE_TIME, sample, sampleRating } from '../../policy/samples.ts';
import { DAY_MS } from '../../util/durations.ts';

/** A made-up request under made-up settings: what the reach of policies is tried on. */
export type MadeUp = { readonly subject: Subject; readonly settings: ActionPolicy };
export type Change = (so: MadeUp) => MadeUp;

/** Nothing stands in its way, so that every single change shows what that alone does. */
export const NEUTRAL: MadeUp = {
  subject: sample(),
  settings: {
    ...{ autoApprove: true, autoReject: true, autoCloseStale: true, autoCloseExpired: true },
    ...{ approveUpTo: 'low', rejectFrom: 'critical', confidenceNeeded: 0.85, staleDays: 7 },
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
const accessContext = (part: Partial<AccessContext>): Change => {
  return (so) => subject(so, { accessContext: { ...so.subject.accessContext, ...part } });
};
const person = (part: Partial<AccessContext['person']>): Change => {
  return (so) => accessContext({ person: { ...so.subject.accessContext.person, ...part } })(so);
};
const approvals = (part: Partial<AccessContext['approvals']>): Change => {
  return (so) => accessContext({ approvals: { ...so.subject.accessContext.approvals, ...part } })(so);
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
      request({
        status: 'Approved',
        approved: SAMPLE_TIME - days * DAY_MS,
        requestedFrom: SAMPLE_TIME - days * DAY_MS,
      })(so),
    );

/** One thing that can differ: the words by which policies read it, and how it can be. */
export type Dimension = { readonly read: RegExp; readonly changes: readonly Change[] };

/** Everything that a policy can look at, with the values that the folder gives reason to try. */
export function dimensions(
  model: AccessModel,
  { texts: words, numbers }: Words,
  textFlags: readonly string[],
): Dimension[] {
  const counts = [...new Set([0, 1, 8, 24, 25, 100, 1000, ...numbers])];
  const privileged = (entitlement: string) => anyFits(model.privileged, [entitlement]);
  const signed = { level: 1, user: 'boss', decision: 'Approved', message: null, created: SAMPLE_TIME };
  const rated = (part: Partial<Scored>): Change => {
    return (so) => subject(so, { assessment: sampleRating(part) });
  };
  return [
    { read: /"close"|daysSinceApproved|hoursGranted/, changes: counts.map(granted) },
    {
      read: /risk|scored|understood|floor|flags/i,
      changes: [
        ...RISKS.map((risk) => rated({ risk })),
        (so) => subject(so, { assessment: { kind: 'unscored', why: 'made up' } }),
        rated({ risk: 'medium', normalised: true }),
        ...ANOMALY_FLAG_NAMES.map((flag) => rated({ flags: [flag] })),
      ],
    },
    {
      read: /entitlement|privileged/,
      changes: [
        accessContext({ entitlement: null }),
        accessContext({ privileged: true }),
        ...[...entitlementsOf(model), ...words].map((entitlement) =>
          accessContext({ entitlement, privileged: privileged(entitlement) }),
        ),
      ],
    },
    {
      read: /classes|neverAuto|owner|maxHours/,
      // Without their floors: a policy that opens a class must be found out, and not be covered by the risk.
      changes: [...model.classes.values()].map(({ name, owner, maxHours }) =>
        accessContext({ classes: [name], neverAuto: model.neverAuto.has(name) ? [name] : [], owner, maxHours }),
      ),
    },
    { read: /reach/, changes: REACHES.map((reach) => accessContext({ reach })) },
    { read: /classFloor/, changes: RISKS.map((classFloor) => accessContext({ classFloor })) },
    { read: /asset/i, changes: [accessContext({ assetKnown: false }), dossier({ asset: null })] },
    { read: /type/i, changes: words.map((type) => asset({ type })) },
    { read: /container/, changes: words.map((containerPath) => asset({ containerPath })) },
    { read: /tags/, changes: words.map((tag) => asset({ tags: [tag] })) },
    { read: /asset/i, changes: words.map((id) => asset({ id })) },
    {
      read: /operation/,
      changes: [...words, 'AssetConnect', 'AssetUnlock', 'AssetEdit', null].map((operation) => request({ operation })),
    },
    { read: /entityType/, changes: ['Space', ...words].map((entityType) => request({ entityType })) },
    {
      read: /form/,
      changes: words.flatMap((word) => [
        request({ form: { id: null, name: word, type: null } }),
        request({ form: { id: null, name: null, type: word } }),
        request({ form: { id: null, name: word, type: word } }),
      ]),
    },
    { read: /windowHours/, changes: [null, ...counts].map((requestedHours) => facts({ requestedHours })) },
    {
      read: /text|contentFree|suspicious|given|reason/i,
      changes: [
        texts({ contentFree: true }),
        texts({ suspicious: true }),
        request({ justification: '' }),
        ...textFlags.map((flag) => texts({ flags: [flag] })),
      ],
    },
    {
      read: /named|known/,
      changes: [
        dossier({ gaps: [{ what: 'requestor', why: 'made up' }] }),
        person({ known: false, roles: [], manager: null }),
      ],
    },
    { read: /roles/, changes: [...model.roles.keys()].map((role) => person({ roles: [role] })) },
    { read: /department/, changes: words.map((department) => person({ department })) },
    { read: /manager/, changes: [person({ manager: null }), ...words.map((manager) => person({ manager }))] },
    {
      read: /role/i,
      changes: [accessContext({ inRole: false }), accessContext({ inRole: false, rolesDefined: false })],
    },
    {
      read: /conflicts/,
      // As with `neverAuto`: the policy about them is there in a folder without any.
      changes: (model.sodConflicts.length > 0 ? model.sodConflicts : [{ text: 'made-up' }]).map(({ text }) =>
        accessContext({ sodConflicts: [{ pair: text, asked: text, held: text, source: { kind: 'identity' } }] }),
      ),
    },
    {
      read: /approvals/i,
      changes: [
        ...APPROVERS.map((one) => approvals({ required: [one], missing: [one] })),
        ...APPROVERS.map((one) => approvals({ required: [one] })),
      ],
    },
    { read: /onlySelf/, changes: [approvals({ onlySelf: true })] },
    {
      read: /approvalsRecorded/,
      changes: [request({ approvals: [signed] }), request({ approvals: [signed, signed] })],
    },
    { read: /breakGlass/, changes: [accessContext({ breakGlass: true })] },
    { read: /offHours/, changes: [facts({ offHours: true })] },
    { read: /firstForAsset/, changes: [history({ firstForAsset: true })] },
    {
      read: /refusedByPerson/,
      changes: [history({ refusal: { request: 'request-0', by: null, at: null, word: null } })],
    },
    { read: /ticket/, changes: [true, false, null].map((so) => dossier({ tickets: ticketsThatAre(so) })) },
    { read: /requestsInHour/, changes: counts.map((requestsInHour) => history({ requestsInHour })) },
    { read: /requestorFrequency/, changes: counts.map((requestorFrequency) => facts({ requestorFrequency })) },
    { read: /daysSinceCreated/, changes: counts.map((daysSinceCreated) => facts({ daysSinceCreated })) },
    { read: /maxHours/, changes: [null, ...counts].map((maxHours) => accessContext({ maxHours })) },
    { read: /owner/, changes: [null, ...words].map((owner) => accessContext({ owner })) },
    { read: /exclusive/, changes: [request({ exclusive: true })] },
    {
      read: /approveUpTo/,
      changes: RISKS.map((approveUpTo): Change => {
        return (so) => ({ ...so, settings: { ...so.settings, approveUpTo } });
      }),
    },
    // A folder that lists no class there still has the policy that guards them.
    { read: /neverAuto/, changes: model.neverAuto.size > 0 ? [] : [accessContext({ neverAuto: ['made-up'] })] },
  ];
}

const ticketsThatAre = (so: boolean | null) => ({
  ...{ cited: ['INC0000001'], unknown: [], found: so, open: so },
  ...{ namesRequestor: so, namesAsset: so, windowFits: so },
});

/** Values that policies compare with: made-up requests have to hold them, or a special policy never fits one. */
export type Words = { readonly texts: readonly string[]; readonly numbers: readonly number[] };

// A quotation that does not close ends with the text: no policy that was read holds one.
const BARE_TEXT = /"((?:[^"\\]|\\.|\\$)*)(?:"|$)/gs;

export function wordsOf(policies: readonly Pick<PolicyInfo, 'text'>[]): Words {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  for (const { text } of policies) {
    const body = text.replace(/@\w+\s*\((?:"(?:[^"\\]|\\.)*")?\)/g, '').replace(/\b\w+::"[^"]*"/g, '');
    // A `like` pattern is fitted by itself without its stars.
    for (const [, word = ''] of body.matchAll(BARE_TEXT)) texts.add(word.replaceAll('*', ''));
    for (const [number] of body.replace(BARE_TEXT, '').matchAll(/(?<![\w.])\d{1,9}\b/g)) {
      for (const near of [-1, 0, 1]) numbers.add(Math.max(0, Number(number) + near));
    }
  }
  return { texts: [...texts], numbers: [...numbers] };
}

/** The entitlements that the mapping gives. */
const entitlementsOf = ({ mapping }: AccessModel): string[] => [
  ...new Set(mapping.flatMap(({ entitlement }) => entitlement ?? [])),
];
