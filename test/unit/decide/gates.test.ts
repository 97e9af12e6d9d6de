import { describe, expect, test } from 'vitest';
import { GATES, type GateFacts, gateFacts, shutGates } from '../../../src/decide/gates.ts';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import { CLOCK_SKEW_MS } from '../../../src/domain/access_times.ts';
import { ACTION_NAMES, type Action } from '../../../src/domain/action.ts';
import type { GateName } from '../../../src/domain/decision.ts';
import { declinedWords, gateWords, statusWords, WINDOW_WORDS } from '../../../src/phrases/rule_words.ts';
import { sampleRating } from '../../../src/policy/samples.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';
import { dossierOf, granted, NOON, rated, request, UNSCORED } from '../../helpers/requests.ts';

/** Facts under which everything is allowed: what a case changes is what shuts a gate. */
const open = (action: Action, part: Partial<GateFacts> = {}): GateFacts => ({
  request: action === 'close' ? granted() : request(),
  own: false,
  mayBeOwn: false,
  operationKnown: true,
  ambiguous: [],
  assessment: rated('low'),
  acted: () => false,
  ownDecision: null,
  refusal: null,
  declined: {},
  confidenceNeeded: 0.85,
  approver: null,
  byPerson: false,
  mode: null,
  window: null,
  gaps: [],
  ...part,
});

const { confidence: _, ...withoutConfidence } = sampleRating();
const NOBODY = { id: null, name: null, displayName: null };
const NAMELESS = {
  approve: 'the vault gives no account name',
  reject: 'the vault gives no account name',
  close: 'the vault gives no account name',
};

/** One list of cases per gate: the facts, and what the gate says to each action that it guards. */
const CASES: Record<
  GateName,
  readonly { when: string; facts: Partial<GateFacts>; shuts: Partial<Record<Action, string>> }[]
> = {
  status: [
    { when: 'Active', facts: { request: request() }, shuts: { close: 'status is Active (waiting for an authorizer)' } },
    {
      when: 'Approved',
      facts: { request: granted() },
      shuts: { approve: 'status is Approved (granted)', reject: 'status is Approved (granted)' },
    },
    ...[
      'Rejected',
      'Completed',
      'active',
      'ACTIVE',
      ' Active',
      'Archived',
      '',
      'constructor',
      '__proto__',
      'toString',
    ].map((status) => {
      const says = `status is ${statusWords(status)}`;
      return {
        when: `\`${status}\``,
        facts: { request: request({ status }) },
        shuts: { approve: says, reject: says, close: says },
      };
    }),
  ],
  'own-request': [
    {
      when: "the request is the agent's own",
      facts: { own: true },
      shuts: {
        approve: "it is the agent's own request",
        reject: "it is the agent's own request",
        close: "it is the agent's own request",
      },
    },
  ],
  'own-doubtful': [
    {
      when: "the requestor could be the agent's account under another spelling",
      facts: { mayBeOwn: true },
      shuts: {
        approve: "it may be the agent's own account, under another spelling",
        reject: "it may be the agent's own account, under another spelling",
        close: "it may be the agent's own account, under another spelling",
      },
    },
  ],
  'approver-apart': [
    { when: 'the policy is the approver', facts: { approver: null }, shuts: {} },
    { when: 'another person approved the plan', facts: { approver: 'jdoe' }, shuts: {} },
    ...[
      'anna.berg',
      'ANNA.Berg',
      'CORP\\anna.berg',
      'anna.berg@corp.example',
      ' anna.berg ',
      'corp/anna.berg',
      'uid=anna.berg,ou=it',
      'аnna‑berg',
    ].map((approver) => ({
      when: `the requestor approved the plan as ${JSON.stringify(approver)}`,
      facts: { approver },
      shuts: { approve: `\`${approver}\` asked for it: asking and approving are two people's work` },
    })),
  ],
  'requestor-known': [
    {
      when: 'the vault names nobody',
      facts: { request: request({ requestor: NOBODY }) },
      shuts: NAMELESS,
    },
    {
      when: 'only an id and a name to show are known',
      facts: { request: request({ requestor: { id: 'u-1', name: null, displayName: 'A' } }) },
      shuts: NAMELESS,
    },
    {
      when: 'the account name cannot be seen',
      facts: { request: request({ requestor: { id: 'u-1', name: ' \u200b\u2060', displayName: null } }) },
      shuts: NAMELESS,
    },
    {
      when: 'only the account is known',
      facts: { request: request({ requestor: { ...NOBODY, name: 'a' } }) },
      shuts: {},
    },
  ],
  'refused-by-person': [
    {
      when: 'an authorizer refused it',
      facts: { refusal: { request: 'req-1', by: 'boss', at: NOON, word: 'Rejected' } },
      shuts: { approve: 'refused by `boss` on 2026-11-20 12:00 UTC (request `req-1`)' },
    },
    {
      when: 'nobody knows who refused it, and when',
      facts: { refusal: { request: 'req-0', by: null, at: null, word: null } },
      shuts: { approve: 'refused by a person whom the vault does not name at an unknown time (request `req-0`)' },
    },
    {
      when: 'the word for the decision is not known',
      facts: { refusal: { request: 'req-1', by: 'boss', at: NOON, word: 'Deferred' } },
      shuts: {
        approve:
          'refused by `boss` on 2026-11-20 12:00 UTC (request `req-1`), in a word that Portcullis does not know: `Deferred`',
      },
    },
  ],
  scored: [
    {
      when: 'the model gave no assessment',
      facts: { assessment: UNSCORED },
      shuts: {
        approve: 'it is unscored: the model did not answer',
        reject: 'it is unscored: the model did not answer',
      },
    },
  ],
  'risk-understood': [
    {
      when: 'the risk was guessed from an unknown word',
      facts: { assessment: rated('medium', { normalised: true }) },
      shuts: {
        approve: "the model's word for the risk was not understood",
        reject: "the model's word for the risk was not understood",
      },
    },
  ],
  'not-steering': [
    {
      when: 'the model suspects steering, however it rated the request',
      facts: { assessment: rated('low', { flags: ['off_hours', 'injection_suspected'] }) },
      shuts: { approve: 'the model suspects an attempt to steer the review' },
    },
    { when: 'the model noticed something else', facts: { assessment: rated('low', { flags: ['other'] }) }, shuts: {} },
  ],
  'reason-fits': [
    {
      when: 'the model finds the justification weak',
      facts: { assessment: rated('low', { flags: ['weak_justification'] }) },
      shuts: { approve: 'the model says of the justification: justification missing or says little' },
    },
    {
      when: 'it finds that the justification is about something else, and weak',
      facts: { assessment: rated('low', { flags: ['justification_mismatch', 'weak_justification'] }) },
      shuts: {
        approve:
          'the model says of the justification: justification missing or says little; justification does not fit what is asked',
      },
    },
    {
      when: 'somebody presses for speed, which is no answer either way',
      facts: { assessment: rated('low', { flags: ['urgency_pressure'] }) },
      shuts: {},
    },
  ],
  confident: [
    ...[
      { confidence: 0.6, says: 'the model was not sure: 0.6 where 0.85 is needed' },
      { confidence: 0.849_999, says: 'the model was not sure: 0.849999 where 0.85 is needed' },
      { confidence: 0, says: 'the model was not sure: 0 where 0.85 is needed' },
      { confidence: null, says: 'the model did not say how sure it is, where 0.85 is needed' },
    ].map(({ confidence, says }) => ({
      when: `the model says ${confidence}`,
      facts: { assessment: rated('low', { confidence }) },
      shuts: { approve: says, reject: says },
    })),
    {
      when: 'the reading is from a run that asked for none',
      facts: { assessment: withoutConfidence },
      shuts: {
        approve: 'the model did not say how sure it is, where 0.85 is needed',
        reject: 'the model did not say how sure it is, where 0.85 is needed',
      },
    },
    { when: 'it is just as sure as needed', facts: { assessment: rated('low', { confidence: 0.85 }) }, shuts: {} },
    {
      when: 'nothing is needed',
      facts: { confidenceNeeded: 0, assessment: rated('low', { confidence: null }) },
      shuts: {},
    },
  ],
  'operation-known': [
    {
      when: 'the mapping names no such operation',
      facts: { operationKnown: false, request: request({ operation: 'AssetWipe' }) },
      shuts: { approve: 'no row of the mapping names the operation `AssetWipe`' },
    },
    {
      when: 'the vault names none',
      facts: { operationKnown: false, request: request({ operation: null }) },
      shuts: { approve: 'the vault names no operation' },
    },
  ],
  unambiguous: [
    {
      when: 'rows of the mapping contradict each other',
      facts: { ambiguous: ['test:read', 'web:read'] },
      shuts: { approve: 'it is ambiguous: rows of the mapping give test:read and web:read, and none is meant to win' },
    },
  ],
  window: (['over', 'empty', 'too-far-ahead'] as const).map((window) => ({
    when: `the window is ${window}`,
    facts: { window },
    shuts: { approve: WINDOW_WORDS[window] },
  })),
  times: [
    {
      when: 'a time of the record cannot be',
      facts: { gaps: [{ what: 'times', why: 'it was approved before it was asked for' }] },
      shuts: {
        approve: 'it was approved before it was asked for',
        close: 'it was approved before it was asked for',
      },
    },
    {
      when: 'the window cannot be',
      facts: { gaps: [{ what: 'window', why: 'its window lies beyond any calendar' }] },
      shuts: { approve: 'its window lies beyond any calendar' },
    },
    {
      when: 'the clocks are apart',
      facts: { gaps: [{ what: 'clock', why: 'the clocks are 3 hours apart' }] },
      shuts: { approve: 'the clocks are 3 hours apart', close: 'the clocks are 3 hours apart' },
    },
    {
      when: 'something else could not be found out',
      facts: { gaps: [{ what: 'container', why: '403' }] },
      shuts: {},
    },
  ],
  legible: [
    {
      when: 'the vault wrote what nobody can read',
      facts: { gaps: [{ what: 'record', why: '`approvals` is an object with level' }] },
      shuts: {
        approve: 'the vault wrote something that could not be read: `approvals` is an object with level',
        reject: 'the vault wrote something that could not be read: `approvals` is an object with level',
      },
    },
  ],
  control: [
    {
      when: 'it was drawn for people',
      facts: { mode: { mode: 'enforce', class: 'test', control: true } },
      shuts: { approve: 'it is one of the sample of the class `test` that is left to people (CONTROL_SHARE)' },
    },
    {
      when: 'it was drawn, and a person says yes',
      facts: { mode: { mode: 'enforce', class: 'test', control: true }, byPerson: true },
      shuts: {},
    },
  ],
  declined: [
    {
      when: 'a person said no to approving it',
      facts: { declined: { approve: { by: 'mia', at: NOON } } },
      shuts: { approve: declinedWords({ by: 'mia', at: NOON }) },
    },
    {
      when: 'somebody said no to closing it',
      facts: { declined: { close: { by: null, at: NOON } } },
      shuts: { close: declinedWords({ by: null, at: NOON }) },
    },
  ],
  'class-mode': [
    {
      when: 'its class was demoted',
      facts: { mode: { mode: 'recommend', class: 'test', demoted: true } },
      shuts: {
        approve: 'the class `test` counts as `mode: recommend`, because people took back what it let through',
        reject: 'the class `test` counts as `mode: recommend`, because people took back what it let through',
      },
    },
    { when: 'its class is enforced', facts: { mode: { mode: 'enforce', class: 'test' } }, shuts: {} },
    {
      when: 'its class is recommended',
      facts: { mode: { mode: 'recommend', class: 'test' } },
      shuts: {
        approve: 'the class `test` has `mode: recommend`',
        reject: 'the class `test` has `mode: recommend`',
      },
    },
    {
      when: 'its class is recommended, and a person says yes',
      facts: { mode: { mode: 'recommend', class: 'test' }, byPerson: true },
      shuts: {},
    },
    {
      when: 'its class is observed, whoever says yes',
      facts: { mode: { mode: 'observe', class: 'test' }, byPerson: true },
      shuts: {
        approve: 'the class `test` has `mode: observe`',
        reject: 'the class `test` has `mode: observe`',
      },
    },
    {
      when: 'no class fits it, in a folder with modes',
      facts: { mode: { mode: 'recommend', class: null } },
      shuts: {
        approve: 'no class fits it, and then `mode: recommend` counts',
        reject: 'no class fits it, and then `mode: recommend` counts',
      },
    },
  ],
  once: [
    {
      when: 'the agent approved it before',
      facts: { acted: (action) => action === 'approve' },
      shuts: { approve: 'the agent approved it before', reject: 'the agent approved it before' },
    },
    {
      when: 'the agent rejected it before',
      facts: { acted: (action) => action === 'reject' },
      shuts: { approve: 'the agent rejected it before', reject: 'the agent rejected it before' },
    },
    ...(['approve', 'reject'] as const).map((ownDecision) => {
      const says = `the vault's record says that the agent ${ownDecision === 'approve' ? 'approved' : 'rejected'} it before`;
      return {
        when: `the vault's rows name us: ${ownDecision}`,
        facts: { ownDecision },
        shuts: { approve: says, reject: says },
      };
    }),
    {
      when: 'the agent closed it before',
      facts: { acted: (action) => action === 'close' },
      shuts: { close: 'the agent closed it before' },
    },
  ],
};

test('Every gate of the table has its cases here', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(GATES).sort());
  for (const [gate, cases] of Object.entries(CASES)) {
    expect(
      cases.some(({ shuts }) => Object.keys(shuts).length > 0),
      `gate ${gate} is never seen shut`,
    ).toBe(true);
  }
});

test('With nothing in the way, every gate is open', () => {
  for (const action of ACTION_NAMES) expect(shutGates(open(action), action)).toEqual([]);
});

describe.each(Object.keys(GATES) as GateName[])('Gate %s', (gate) => {
  for (const { when, facts, shuts } of CASES[gate]) {
    const to = Object.keys(shuts).join(', ') || 'nothing';
    test(`When ${when}: shut to ${to}, open to everything else`, () => {
      for (const action of ACTION_NAMES) {
        const found = shutGates(open(action, facts), action).find((shut) => shut.gate === gate);
        expect(found && gateWords(found), action).toBe(shuts[action]);
      }
    });
  }
});

test('A request that was approved by the agent can be closed later', () => {
  expect(shutGates(open('close', { acted: (action) => action === 'approve' }), 'close')).toEqual([]);
});

test('The action history is asked about this very request', () => {
  const asked: string[] = [];
  const acted = (id: string, action: Action) => {
    asked.push(`${action} ${id}`);
    return action === 'reject';
  };
  const facts = gateFacts(dossierOf(request({ id: 'constructor' })), {}, rated('low'), acted, 0.85);
  expect(shutGates(facts, 'approve').map(({ gate }) => gate)).toEqual(['once']);
  expect(asked).toEqual(['approve constructor', 'reject constructor']);
});

test('A status that Portcullis does not know is named as such, also when an object has a property of that name', () => {
  expect(statusWords('Approved')).toBe('Approved (granted)');
  expect(statusWords('toString')).toBe('toString (a status that Portcullis does not know)');
});

describe('The times of a request at the moment of the gate', () => {
  const shutAt = (about: Partial<AccessRequest>, now: number, action: Action = 'approve') =>
    shutGates(
      gateFacts(dossierOf(request(about)), {}, rated('low'), () => false, 0, { now }),
      action,
    ).map(({ gate }) => gate);
  const window = { requestedFrom: NOON, requestedTo: NOON + HOUR_MS };

  test('are looked at again by the clock, whatever the facts of the run say', () => {
    expect(shutAt(window, NOON + HOUR_MS - 1)).toEqual([]);
    expect(shutAt(window, NOON + HOUR_MS)).toEqual(['window']);
    expect(shutAt({ ...window, created: NOON + CLOCK_SKEW_MS }, NOON)).toEqual([]);
    expect(shutAt({ ...window, created: NOON + CLOCK_SKEW_MS + 1 }, NOON)).toEqual(['times']);
  });

  test('keep a window that is over from being approved, not from being rejected', () => {
    expect(shutAt(window, NOON + 2 * HOUR_MS, 'reject')).toEqual([]);
  });
});
