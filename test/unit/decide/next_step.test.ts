import { expect, test } from 'vitest';
import { type ActionPolicy, type Confirmed, decide } from '../../../src/decide/decide.ts';
import { NEXT_STEPS } from '../../../src/decide/next_step.ts';
import type { SodConflict } from '../../../src/domain/access_context.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { AnomalyFlag } from '../../../src/domain/assessment.ts';
import type { NextStep, PolicyStep } from '../../../src/domain/next_step.ts';
import type { PolicyEngine } from '../../../src/domain/policy_case.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { NOON, rated, UNSCORED } from '../../helpers/requests.ts';
import { approvalsPerRun } from '../../helpers/traces.ts';
import {
  ALL_ON,
  actedOf,
  confirmed,
  factsOnly,
  grantedSubject,
  permitAll,
  SHIPPED,
  type SubjectParts,
  subject,
} from './subjects.ts';

const engine = await loadPolicy(SHIPPED);

type Case = {
  readonly when: string;
  readonly subject: ReturnType<typeof subject>;
  readonly policy?: Partial<ActionPolicy>;
  readonly acted?: readonly Action[];
  /** Instead of the shipped policies. */
  readonly engine?: Pick<PolicyEngine, 'authorize'>;
  readonly confirmed?: Confirmed;
  readonly step: Partial<NextStep>;
};
type Row = keyof typeof NEXT_STEPS;

const conflict: SodConflict = {
  pair: 'vendor:create + payment:approve',
  asked: 'payment:approve',
  held: 'vendor:create',
  source: { kind: 'identity' },
};
/** Everything wrong at once, to show which finding outweighs which. */
const WORST: SubjectParts = {
  assessment: rated('high'),
  texts: { suspicious: true, contentFree: true, flags: ['lexical'] },
  facts: { requestedHours: 500 },
};
const TIMES = {
  ...{ fault: null, beginsInHours: 1, contiguousHours: 4 },
  ...{ askedOffHours: false, windowOffHours: false },
} as const;
/** What was read about the asset that the requests name. */
const ASSET = {
  ...{ id: subject().dossier.request.asset?.id ?? '', name: 'x', type: 'Server' },
  ...{ containerPath: '/x', tags: [] },
};
const NOBODY = { id: null, name: null, displayName: null };

const UNLISTED = { known: false, roles: [], department: null, manager: null };
/** A policy that forbids to approve anything, and says this about the next step. */
const forbidding = (next: PolicyStep | null): Pick<PolicyEngine, 'authorize'> => ({
  authorize: () => ({
    allowed: false,
    basis: ['frozen'],
    says: ['frozen'],
    notes: [{ advice: 'wait', next }],
    errors: [],
  }),
});

/** What is rated medium because of one thing that the model noticed. */
const byFlag = <Flag extends AnomalyFlag>(steps: Record<Flag, Partial<NextStep>>): Record<Flag, readonly Case[]> =>
  Object.fromEntries(
    (Object.entries(steps) as [Flag, Partial<NextStep>][]).map(([flag, step]) => [
      flag,
      [{ when: 'the model noticed that', subject: subject({ assessment: rated('medium', { flags: [flag] }) }), step }],
    ]),
  ) as unknown as Record<Flag, readonly Case[]>;

/** One list of cases for each row of the table; the first ones are what the row exists for. */
const CASES: Record<Row, readonly Case[]> = {
  'break-glass': [
    {
      when: 'it is emergency access, whatever else is wrong',
      subject: subject({
        ...WORST,
        accessContext: { breakGlass: true, sodConflicts: [conflict] },
        facts: { own: true },
      }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('a person reviews every use') },
    },
    {
      when: 'emergency access was granted',
      subject: grantedSubject({ accessContext: { breakGlass: true } }),
      step: { kind: 'escalate', to: 'security' },
    },
  ],
  'own-request': [
    {
      when: 'the agent asked for it itself',
      subject: subject({ ...WORST, facts: { own: true } }),
      step: { kind: 'escalate', to: 'another authorizer', finding: expect.stringContaining('own request') },
    },
  ],
  'refused-by-person': [
    {
      when: 'an authorizer refused it: back to the one who did',
      subject: subject({
        history: { refusal: { request: 'req-0', by: 'boss', at: null, word: 'Rejected' } },
        texts: { contentFree: true },
      }),
      step: { kind: 'escalate', to: 'authorizer boss', finding: expect.stringMatching(/^refused by `boss`/) },
    },
    ...[null, 'CORP\\anna.berg'].map((by) => ({
      when: `${by ?? 'nobody whom the vault names'} refused it: to the manager`,
      subject: subject({ history: { refusal: { request: 'req-0', by, at: null, word: 'Rejected' } } }),
      step: { kind: 'escalate', to: 'manager boss' } as const,
    })),
  ],
  'granted-and-critical': [
    {
      when: 'access is granted and rated critical',
      subject: grantedSubject({
        request: { approved: null },
        facts: { daysSinceApproved: 1 },
        assessment: rated('critical'),
      }),
      step: {
        kind: 'escalate',
        to: 'owner development-lead',
        finding: expect.stringContaining('is it still wanted?'),
        alternative: expect.stringContaining('shorter window'),
      },
    },
  ],
  settled: [
    {
      when: 'access is granted and not stale',
      subject: grantedSubject({ facts: { daysSinceApproved: 1 } }),
      step: { kind: 'observe', to: 'Portcullis' },
    },
    ...['Rejected', 'Completed', 'Archived', 'constructor'].map((status) => ({
      when: `its status is ${status}`,
      subject: subject({ ...WORST, request: { status } }),
      step: { kind: 'observe' } as const,
    })),
    {
      when: "the agent's own request is over: nobody has to decide anything",
      subject: subject({ request: { status: 'Completed' }, facts: { own: true } }),
      step: { kind: 'observe' },
    },
  ],
  'own-doubtful': [
    {
      when: "it could be the agent's account, and much else is wrong",
      subject: subject({ ...WORST, facts: { mayBeOwn: true } }),
      step: {
        kind: 'escalate',
        to: 'security',
        finding: "may be the agent's own account, under another spelling",
      },
    },
  ],
  'requestor-unknown': [
    {
      when: 'the vault names nobody',
      subject: subject({
        request: { requestor: NOBODY },
        gaps: [{ what: 'requestor', why: 'the vault names no requestor' }],
      }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('no account name') },
    },
    {
      when: 'the vault gives an id and no account',
      subject: subject({ request: { requestor: { id: 'u-1', name: null, displayName: 'Anna' } } }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('no account name') },
    },
  ],
  'separation-of-duties': [
    {
      when: 'one person would hold both sides of a pair',
      subject: subject({ ...WORST, accessContext: { sodConflicts: [conflict], privileged: true } }),
      step: {
        kind: 'escalate',
        to: 'security',
        finding: 'separation of duties: vendor:create + payment:approve',
        alternative: expect.stringContaining('somebody else'),
      },
    },
  ],
  isolated: [
    {
      when: 'the circuit breaker isolates the person, whatever else holds the request',
      subject: subject({ ...WORST, accessContext: { privileged: true } }),
      confirmed: confirmed(undefined, { cap: 'isolated', texts: 4, persons: null }),
      step: {
        kind: 'escalate',
        to: 'security',
        finding: expect.stringContaining('4 open requests of this person have suspicious texts'),
      },
    },
  ],
  'suspicious-text': [
    {
      when: 'screening found something',
      subject: subject({ ...WORST, accessContext: { privileged: true } }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('(lexical)') },
    },
  ],
  'impossible-times': [
    {
      when: 'its times cannot be, whatever else is wrong',
      subject: subject({
        ...WORST,
        gaps: [{ what: 'times', why: 'it was asked for at a time that has not come yet' }],
      }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('has not come yet') },
    },
    {
      when: 'it is granted, and its times cannot be',
      subject: grantedSubject({ gaps: [{ what: 'times', why: 'it was approved before it was asked for' }] }),
      step: { kind: 'escalate', to: 'security' },
    },
  ],
  'window-at-fault': [
    ...(
      [
        ['over', 'a new request, if the access is still needed'],
        ['empty', 'a new request with a window that ends after it begins'],
        ['too-far-ahead', 'a new request when the time is nearer'],
      ] as const
    ).map(([fault, ask]) => ({
      when: `the window is ${fault}`,
      subject: subject({ ...WORST, texts: {}, facts: { times: { ...TIMES, fault } } }),
      step: { kind: 'request_info', to: 'requestor', ask } as const,
    })),
    {
      when: 'the window cannot be',
      subject: subject({ gaps: [{ what: 'window', why: 'its window lies beyond any calendar' }] }),
      step: { kind: 'request_info', to: 'requestor', finding: 'its window lies beyond any calendar' },
    },
  ],
  privileged: [
    {
      when: 'the entitlement is privileged',
      subject: subject({
        accessContext: { privileged: true, entitlement: 'prod:operate' },
        texts: { contentFree: true },
      }),
      step: {
        kind: 'escalate',
        to: 'owner development-lead',
        finding: expect.stringContaining('prod:operate'),
        alternative: expect.stringContaining('read access'),
      },
    },
    {
      when: 'a class is never decided without a person, and nobody owns it',
      subject: subject({ accessContext: { neverAuto: ['production', 'admin'], owner: null } }),
      step: { kind: 'escalate', to: 'resource owner', finding: expect.stringContaining('production, admin') },
    },
  ],
  'operation-unknown': [
    {
      when: 'the mapping does not name the operation',
      subject: subject({ request: { operation: 'AssetWipe' }, accessContext: { operationKnown: false } }),
      step: { kind: 'escalate', to: 'security', finding: 'no row of the mapping names the operation `AssetWipe`' },
    },
  ],
  ambiguous: [
    {
      when: 'rows of the mapping contradict each other',
      subject: subject({ accessContext: { ambiguous: ['test:read', 'web:read'] } }),
      step: {
        kind: 'escalate',
        to: 'security',
        finding: 'it is ambiguous: rows of the mapping give test:read and web:read, and none is meant to win',
      },
    },
  ],
  'no-justification': [
    {
      when: 'the justification says nothing',
      subject: subject({ texts: { contentFree: true }, facts: { requestedHours: 500 } }),
      step: { kind: 'request_info', to: 'requestor', ask: expect.stringContaining('ticket') },
    },
  ],
  'window-too-long': [
    {
      when: 'the window is longer than a week, and no class limits it',
      subject: subject({ accessContext: { maxHours: null }, facts: { requestedHours: 200 } }),
      step: { kind: 'request_info', finding: '200 hours are asked for', ask: 'a window of at most 168 hours' },
    },
    {
      when: 'the window is longer than the class allows',
      subject: subject({ facts: { requestedHours: 100 } }),
      step: {
        kind: 'request_info',
        to: 'requestor',
        finding: '100 hours are asked for',
        ask: 'a window of at most 72 hours',
      },
    },
    {
      when: 'it is longer together with the windows that it touches',
      subject: subject({ facts: { requestedHours: 24, times: { ...TIMES, contiguousHours: 216 } } }),
      step: {
        kind: 'request_info',
        to: 'requestor',
        finding: expect.stringContaining('24 hours are 216 in a row'),
        ask: expect.stringContaining('a window of at most 72 hours, or one that begins an hour or more after'),
      },
    },
    {
      when: 'a window that it touches has no end',
      subject: subject({ facts: { requestedHours: 24, times: { ...TIMES, contiguousHours: null } } }),
      step: { finding: expect.stringContaining('has no end') },
    },
    {
      when: 'no end is given',
      subject: subject({ facts: { requestedHours: null } }),
      step: { finding: 'no end of the access is given', ask: 'a window of at most 72 hours' },
    },
    {
      when: 'an end is given and no begin',
      subject: subject({ facts: { requestedHours: null }, request: { requestedFrom: null } }),
      step: { finding: 'no begin of the access is given', ask: 'a window of at most 72 hours' },
    },
  ],
  'record-unread': [
    {
      when: 'the vault wrote what nobody can read',
      subject: subject({ gaps: [{ what: 'record', why: '`approvals` is an object with level' }] }),
      step: {
        kind: 'escalate',
        to: 'security',
        finding: expect.stringContaining('`approvals` is an object with level'),
      },
    },
  ],
  'clocks-apart': [
    {
      when: "the vault's clock is wrong",
      subject: subject({ gaps: [{ what: 'clock', why: 'the clocks are 3 hours apart' }] }),
      step: { kind: 'escalate', to: 'security', finding: 'the clocks are 3 hours apart' },
    },
  ],
  burst: [
    {
      when: 'twenty requests within an hour',
      subject: subject({ assessment: rated('low'), history: { requestsInHour: 20 } }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('20 requests of this person') },
    },
  ],
  'approval-missing': [
    {
      when: "the owner's approval is missing",
      subject: subject({ accessContext: { approvals: { required: ['owner'], missing: ['owner'], onlySelf: false } } }),
      step: { kind: 'escalate', to: 'owner development-lead', finding: 'the vault records no approval by owner' },
    },
    {
      when: "the manager's approval is missing",
      subject: subject({
        accessContext: { approvals: { required: ['manager', 'owner'], missing: ['manager', 'owner'], onlySelf: true } },
      }),
      step: { to: 'manager boss', finding: 'the vault records no approval by manager and owner' },
    },
    {
      when: 'only the requestor approved',
      subject: subject({ accessContext: { approvals: { required: [], missing: [], onlySelf: true } } }),
      step: { to: 'manager boss', finding: 'the only recorded approval is by the requestor' },
    },
  ],
  'out-of-role': [
    {
      when: 'it is standard for none of the roles',
      subject: subject({ accessContext: { inRole: false } }),
      step: { kind: 'escalate', to: 'manager boss', finding: "test:operate is not standard for this person's roles" },
    },
    {
      when: 'it is standard for none of the roles, and nobody knows the manager',
      subject: subject({ accessContext: { inRole: false, person: UNLISTED, identitiesDefined: false } }),
      step: { to: 'manager' },
    },
    {
      when: 'a role of the person has less of the same',
      subject: subject({
        accessContext: { inRole: false, lesser: { entitlement: 'test:read', role: 'developer' } },
      }),
      step: { to: 'manager boss', alternative: 'offer test:read, which the role developer has' },
    },
  ],
  'requestor-unlisted': [
    {
      when: 'the identities do not list who asks, however little is asked for',
      subject: subject({ accessContext: { inRole: false, person: UNLISTED } }),
      step: {
        kind: 'escalate',
        to: 'security',
        finding: expect.stringContaining('is not listed among the identities'),
        alternative: expect.stringContaining('add the person to the identities'),
      },
    },
    {
      when: 'they could be taken for somebody whom the identities list, who is then not added a second time',
      subject: subject({ accessContext: { person: { ...UNLISTED, like: ['erin'] } } }),
      step: {
        to: 'security',
        finding: expect.stringMatching(/is not listed .*; could be taken for erin, who is$/),
        alternative: expect.stringContaining('whose account it is'),
      },
    },
    {
      when: 'they ask for what is never granted without a person',
      subject: subject({ accessContext: { person: UNLISTED, privileged: true } }),
      step: { to: 'security', finding: expect.stringContaining('is not listed') },
    },
  ],
  'policy-step': [
    {
      when: 'a policy of the folder says who decides',
      subject: subject(),
      engine: forbidding({ kind: 'escalate', to: 'team change-board', ask: null }),
      step: { kind: 'escalate', to: 'team change-board', finding: 'frozen', alternative: 'wait' },
    },
    {
      when: 'its owner and its manager are whoever that is',
      subject: subject(),
      engine: forbidding({ kind: 'escalate', to: 'manager', ask: 'is it urgent?' }),
      step: { to: 'manager boss', ask: 'is it urgent?' },
    },
    {
      when: 'it asks the requestor, before what the program would ask',
      subject: subject({ texts: { contentFree: true }, facts: { requestedHours: 500 } }),
      engine: forbidding({ kind: 'request_info', to: 'requestor', ask: 'the number of the change' }),
      step: { kind: 'request_info', to: 'requestor', ask: 'the number of the change' },
    },
    {
      when: 'it is about what is never granted without a person',
      subject: subject({ accessContext: { privileged: true } }),
      engine: forbidding({ kind: 'escalate', to: 'owner', ask: null }),
      step: { to: 'owner development-lead', finding: 'frozen' },
    },
  ],
  policy: [
    {
      when: 'a policy of the folder forbids it and says nothing else',
      subject: subject(),
      engine: forbidding(null),
      step: { kind: 'escalate', to: 'owner development-lead', finding: 'frozen', alternative: 'wait' },
    },
    {
      when: 'a policy keeps it in sight',
      subject: subject(),
      engine: forbidding({ kind: 'observe', to: 'Portcullis', ask: null }),
      step: { kind: 'observe', to: 'Portcullis', finding: 'frozen' },
    },
  ],
  'whole-space': [
    {
      when: 'it points at no asset',
      subject: subject({
        request: { asset: null, entityType: 'Space' },
        accessContext: { assetKnown: false, entitlement: 'space:member', owner: 'platform-team', maxHours: null },
      }),
      step: { kind: 'escalate', to: 'owner platform-team', finding: expect.stringContaining('whole space') },
    },
  ],
  'asset-unreadable': [
    {
      when: 'the vault did not let anybody read the asset',
      subject: subject({
        asset: null,
        gaps: [{ what: 'asset', why: 'the vault refused to read an asset: 403' }],
        accessContext: { assetKnown: false, entitlement: null, classes: [], maxHours: null, owner: null },
      }),
      step: {
        ...{ kind: 'escalate', to: 'security' },
        finding: 'the vault did not tell what its asset is: asset: the vault refused to read an asset: 403',
        alternative: expect.stringContaining('the mapping is not at fault'),
      },
    },
    {
      when: 'the record of the asset is not whole',
      subject: subject({
        asset: { ...ASSET, type: null },
        accessContext: { assetKnown: false, entitlement: null, classes: [], maxHours: null, owner: null },
      }),
      step: { finding: 'the vault did not tell what its asset is: the vault gives no type for it' },
    },
  ],
  'asset-not-read': [
    {
      when: 'nobody looked at the asset',
      subject: subject({
        asset: null,
        accessContext: { assetKnown: false, entitlement: null, classes: [], maxHours: null, owner: null },
      }),
      step: { kind: 'escalate', to: 'security', alternative: expect.stringContaining('DEEP_ANALYSIS') },
    },
  ],
  'asset-unmapped': [
    {
      when: 'no row of the mapping fits the asset',
      subject: subject({
        asset: { ...ASSET, containerPath: '/Servers/Development', tags: ['Component :: Web'] },
        accessContext: { assetKnown: false, entitlement: null, classes: [], maxHours: null, owner: null },
      }),
      step: {
        ...{ kind: 'escalate', to: 'security' },
        finding: 'no row of the mapping fits its asset: Server, in /Servers/Development, Component :: Web',
        alternative: expect.stringMatching(/add a row to the mapping.*portcullis policy why/),
      },
    },
  ],
  disagreement: [
    {
      when: 'the confirmation sees more risk',
      subject: subject(),
      confirmed: confirmed(factsOnly('high')),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('the facts-only reading is high') },
    },
    {
      when: 'there was no confirmation',
      subject: subject(),
      confirmed: confirmed(undefined),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('there is no facts-only reading') },
    },
  ],
  capped: [
    {
      when: 'a cap is reached',
      subject: subject(),
      confirmed: confirmed(factsOnly('low'), approvalsPerRun(5)),
      step: { kind: 'observe', finding: 'held back by a cap: 5 approvals in one run (CAP_APPROVALS_PER_RUN)' },
    },
  ],
  unscored: [
    {
      when: 'the model gave no rating',
      subject: subject({ assessment: UNSCORED }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('could not be rated') },
    },
    {
      when: "the model's word for the risk had to be guessed",
      subject: subject({ assessment: rated('medium', { normalised: true }) }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('could not be rated') },
    },
  ],
  'acted-before': [
    {
      when: 'the agent approved one level, and the next one was never confirmed',
      subject: subject({ request: { levels: 2, level: 2 } }),
      acted: ['approve'],
      confirmed: confirmed(undefined),
      step: { kind: 'escalate', to: 'another authorizer', finding: expect.stringContaining('done its part') },
    },
  ],
  'between-the-limits': [
    {
      when: 'it is rated between the limits',
      subject: subject({ assessment: rated('medium') }),
      step: { kind: 'escalate', to: 'owner development-lead', finding: expect.stringContaining('rated medium') },
    },
    {
      when: 'facts gave the risk: they are named',
      subject: subject({ accessContext: { reach: 'site' } }),
      step: { to: 'owner development-lead', finding: expect.stringContaining('it would harm a whole site') },
    },
  ],
  'class-mode': [
    {
      when: 'its class is recommended, and nothing else stands in the way',
      subject: subject({ accessContext: { mode: { mode: 'recommend', class: 'test' } } }),
      step: { kind: 'escalate', finding: 'it would be approved, and the class `test` has `mode: recommend`' },
    },
    {
      when: 'its class is observed',
      subject: subject({ accessContext: { mode: { mode: 'observe', class: 'test' } } }),
      step: { kind: 'escalate', finding: 'the class `test` has `mode: observe`' },
    },
  ],
  control: [
    {
      when: 'it is one of the sample that is left to people',
      subject: subject({ accessContext: { mode: { mode: 'enforce', class: 'test', control: true } } }),
      step: { kind: 'escalate', to: 'owner development-lead', finding: expect.stringContaining('of the class `test`') },
    },
  ],
  declined: [
    {
      when: 'a person said no at the terminal',
      subject: subject({ history: { declined: { approve: { by: 'mia', at: NOON } } } }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('mia said no to it at the terminal') },
    },
  ],
  'switched-off': [
    {
      when: 'nothing may be approved',
      subject: subject(),
      policy: { autoApprove: false },
      step: {
        kind: 'escalate',
        finding: 'the policies permit it (rated low), but AUTO_APPROVE_LOW_RISK is off',
      },
    },
  ],
  injection_suspected: [
    ...(['low', 'high'] as const).map((risk) => ({
      when: `the model suspects steering and rates it ${risk}, whatever else it says`,
      subject: subject({
        assessment: rated(risk, { flags: ['weak_justification', 'injection_suspected'], confidence: 0.2 }),
        accessContext: { privileged: true },
      }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('wants to steer') } as const,
    })),
    {
      when: 'only the confirmation suspects it',
      subject: subject(),
      confirmed: confirmed(factsOnly('low', { flags: ['injection_suspected'] })),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('wants to steer') },
    },
  ],
  weak_justification: [
    {
      when: 'the model finds the reason weak, however it rates the request',
      subject: subject({ assessment: rated('low', { flags: ['weak_justification', 'urgency_pressure'] }) }),
      step: { kind: 'request_info', to: 'requestor', ask: expect.stringContaining('with test:operate, and for which') },
    },
    {
      when: 'the reason is weak and the model is not sure either',
      subject: subject({ assessment: rated('medium', { flags: ['weak_justification'], confidence: 0.4 }) }),
      step: { kind: 'request_info', to: 'requestor' },
    },
  ],
  justification_mismatch: [
    {
      when: 'the reason is about something else',
      subject: subject({ assessment: rated('low', { flags: ['justification_mismatch'] }) }),
      step: { kind: 'request_info', to: 'requestor', ask: expect.stringContaining('whether test:operate is what') },
    },
  ],
  low_confidence: [
    {
      when: 'the model was not sure',
      subject: subject({ assessment: rated('low', { confidence: 0.6 }) }),
      step: {
        kind: 'escalate',
        to: 'owner development-lead',
        finding: 'the model was not sure: 0.6 where 0.85 is needed',
      },
    },
    {
      when: 'only the confirmation was not sure: the lowest counts',
      subject: subject(),
      confirmed: confirmed(factsOnly('low', { confidence: 0.7 })),
      step: { to: 'owner development-lead', finding: 'the model was not sure: 0.7 where 0.85 is needed' },
    },
    {
      when: 'the model was not sure of what would be rejected',
      subject: subject({ assessment: rated('critical', { confidence: 0.6 }) }),
      step: { to: 'owner development-lead', finding: 'the model was not sure: 0.6 where 0.85 is needed' },
    },
    {
      when: 'the answer held no confidence',
      subject: subject({ assessment: rated('low', { confidence: null }) }),
      step: { kind: 'escalate', to: 'security', finding: expect.stringContaining('did not say how sure') },
    },
  ],
  ...byFlag({
    unexpected_automation: { kind: 'escalate', to: 'security' },
    sensitive_asset: { kind: 'escalate', to: 'owner development-lead', finding: expect.stringContaining('medium') },
    urgency_pressure: { kind: 'request_info', to: 'requestor', ask: expect.stringContaining('break-glass procedure') },
    frequent_requestor: { kind: 'escalate', to: 'manager boss' },
    off_hours: { kind: 'escalate', to: 'manager boss' },
    stale_request: { kind: 'request_info', to: 'requestor' },
    no_human_approval: { kind: 'escalate', to: 'owner development-lead' },
    other: { kind: 'escalate', to: 'owner development-lead', finding: expect.stringContaining('summary') },
  }),
  long_window: [
    {
      when: 'the model finds the window long, and no class limits it',
      subject: subject({
        assessment: rated('medium', { flags: ['long_window'] }),
        accessContext: { maxHours: null },
        facts: { requestedHours: 100 },
      }),
      step: { kind: 'request_info', to: 'requestor', finding: '100 hours are long for the work described' },
    },
    {
      when: 'no end is given, and no class limits it',
      subject: subject({
        assessment: rated('medium', { flags: ['long_window'] }),
        accessContext: { maxHours: null },
        facts: { requestedHours: null },
      }),
      step: { kind: 'request_info', finding: 'no end of the access is given' },
    },
  ],
};

test('A window that its class allows is not what a request is asked about, whatever the model makes of it', () => {
  const about = subject({ assessment: rated('medium', { flags: ['long_window'] }), facts: { requestedHours: 72 } });
  const { next } = decide(about, null, { policy: ALL_ON, engine, acted: actedOf() });
  expect(next).toMatchObject({ kind: 'escalate', to: 'owner development-lead' });
});

test('Pressing for speed makes nothing easier', () => {
  const how = { policy: ALL_ON, engine, acted: actedOf() };
  for (const risk of ['medium', 'high'] as const) {
    const pressing = subject({ assessment: rated(risk, { flags: ['urgency_pressure'] }) });
    expect(decide(pressing, confirmed(factsOnly('low')), how)).toMatchObject({ verdict: 'hold', risk });
  }
});

test('Every row of the table has its cases here', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(NEXT_STEPS).sort());
});

for (const [row, cases] of Object.entries(CASES) as [Row, readonly Case[]][]) {
  test.each(cases)(`${row}: $when`, ({ subject: about, policy, acted = [], confirmed: second, step, engine: own }) => {
    const how = { policy: { ...ALL_ON, ...policy }, engine: own ?? engine, acted: actedOf(...acted) };
    const { verdict, next } = decide(about, second ?? null, how);
    expect(verdict).toBe('hold');
    expect(next).toMatchObject(step);
    expect(next?.finding).not.toMatch(/undefined|null|NaN|\(\)|^\s*$/);
    if (next?.kind === 'request_info') expect(next.ask).not.toBeNull();
  });
}

test('An action has no next step', () => {
  const how = { policy: ALL_ON, engine, acted: actedOf() };
  for (const [about, verdict] of [
    [subject(), 'approve'],
    [subject({ assessment: rated('critical') }), 'reject'],
    [grantedSubject(), 'close'],
  ] as const) {
    expect(decide(about, null, how)).toMatchObject({ verdict, next: null, needsPerson: false });
  }
});

test('A held request always has one, also where every policy permits everything', () => {
  const how = { policy: { ...ALL_ON, autoReject: false }, engine: permitAll, acted: actedOf('approve', 'close') };
  for (const about of [subject(), grantedSubject(), subject({ request: { status: '' } })]) {
    expect(decide(about, null, how).next).toMatchObject({ finding: expect.any(String) });
  }
});

const ASKS: PolicyStep = { kind: 'request_info', to: 'requestor', ask: 'the number of the change' };
const HEAVIER: readonly [string, SubjectParts, string][] = [
  ['emergency access', { accessContext: { breakGlass: true } }, 'break-glass'],
  ["the agent's own request", { facts: { own: true } }, 'own request'],
  ['a requestor without an account', { request: { requestor: NOBODY } }, 'no account name'],
  ['duties in conflict', { accessContext: { sodConflicts: [conflict] } }, 'separation of duties'],
  ['a text that steers', { texts: { suspicious: true, flags: ['lexical'] } }, 'steer the review'],
  ['somebody who is not listed', { accessContext: { person: UNLISTED } }, 'not listed'],
];
test.each(HEAVIER)('%s outweighs what a policy says is next', (_what, parts, finding) => {
  const how = { policy: ALL_ON, engine: forbidding(ASKS), acted: actedOf() };
  expect(decide(subject(parts), null, how).next?.finding).toContain(finding);
});

test('a policy that keeps a request in sight outweighs nothing that somebody has to do', () => {
  const observing = forbidding({ kind: 'observe', to: 'Portcullis', ask: null });
  const { next } = decide(subject({ texts: { contentFree: true } }), null, {
    ...{ policy: ALL_ON, engine: observing, acted: actedOf() },
  });
  expect(next).toMatchObject({ kind: 'request_info', finding: 'the justification says nothing' });
});

test('of several policies a decision comes before a question, and both before one that says nothing', () => {
  const notes = [
    { advice: null, next: null },
    { advice: null, next: ASKS },
    { advice: null, next: { kind: 'escalate', to: 'security', ask: null } as const },
  ];
  const engineOf = (count: number): Pick<PolicyEngine, 'authorize'> => ({
    authorize: (action) =>
      action === 'reject'
        ? { allowed: false, basis: [], says: [], errors: [] }
        : { allowed: false, basis: ['a', 'b', 'c'], says: ['a', 'b', 'c'], notes: notes.slice(0, count), errors: [] },
  });
  const found = [1, 2, 3].map((count) => {
    return decide(subject(), null, { policy: ALL_ON, engine: engineOf(count), acted: actedOf() }).next?.finding;
  });
  expect(found).toEqual(['a', 'b', 'c']);
});

test('what keeps a request from a rejection is named only where its risk is one to reject', () => {
  const spares: Pick<PolicyEngine, 'authorize'> = {
    authorize: (action) =>
      action === 'reject'
        ? {
            ...{ allowed: false, basis: ['spared'], says: ['spared'], errors: [] },
            notes: [{ advice: null, next: { kind: 'escalate', to: 'manager', ask: null } }],
          }
        : { allowed: false, basis: [], says: [], errors: [] },
  };
  const found = (['medium', 'critical'] as const).map((risk) => {
    const about = subject({ assessment: rated(risk) });
    return decide(about, null, { policy: ALL_ON, engine: spares, acted: actedOf() }).next?.finding;
  });
  expect(found).toEqual([expect.not.stringContaining('spared'), 'spared']);
});
