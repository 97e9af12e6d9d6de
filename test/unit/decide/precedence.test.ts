import { describe, expect, test } from 'vitest';
import { type ActionPolicy, ASKED, type Confirmed, decide, PRECEDENCE } from '../../../src/decide/decide.ts';
import { GATES } from '../../../src/decide/gates.ts';
import type { Action } from '../../../src/domain/action.ts';
import { CONFIRMED_BY } from '../../../src/domain/confirmation.ts';
import type { Decision, GateName } from '../../../src/domain/decision.ts';
import { granted, NOON, rated, request, UNSCORED } from '../../helpers/requests.ts';
import { approvalsPerRun, told } from '../../helpers/traces.ts';
import {
  ALL_ON,
  actedOf,
  confirmed,
  factsOnly,
  grantedSubject,
  never,
  permitAll,
  permitting,
  type SubjectParts,
  single,
  subject,
} from './subjects.ts';

const SAID_NO = { by: 'mia', at: NOON };
const TIMES = {
  ...{ fault: null, beginsInHours: 1, contiguousHours: 4 },
  ...{ askedOffHours: false, windowOffHours: false },
} as const;
const firstRule = (decision: Decision): string => told(decision)[0]?.rule ?? '';
const AGREED: Record<Action, Confirmed> = {
  approve: confirmed(factsOnly('low')),
  reject: confirmed(single('critical')),
  close: confirmed(undefined),
};
const aboutTo = (action: Action, part: SubjectParts = {}) =>
  action === 'close' ? grantedSubject(part) : subject(part);
/** Only the switch of this action is on. */
const only = (action: Action): ActionPolicy => ({
  ...ALL_ON,
  autoApprove: action === 'approve',
  autoReject: action === 'reject',
  autoCloseStale: action === 'close',
  autoCloseExpired: false,
});
const ACTIONS_ASKED = Object.keys(ASKED) as Action[];

describe('The order of asking', () => {
  test('is reject, approve, close', () => {
    expect(ACTIONS_ASKED).toEqual(['reject', 'approve', 'close']);
  });

  test('makes what both may be a rejection', () => {
    const decision = decide(subject(), AGREED.reject, { policy: ALL_ON, engine: permitAll, acted: never });
    expect(decision).toMatchObject({ verdict: 'reject', basis: ['may-reject'] });
  });

  test.each<[string, SubjectParts, Confirmed, Partial<ActionPolicy>]>([
    ['a switch', {}, AGREED.approve, { autoReject: false }],
    ['a gate', { assessment: rated('low', { normalised: true }) }, AGREED.reject, {}],
    ['the confirmation', {}, AGREED.approve, {}],
    ['a cap', {}, confirmed(single('critical'), approvalsPerRun(0)), {}],
  ])('never turns a rejection that %s holds back into an approval', (_what, part, second, off) => {
    const asked: Action[] = [];
    const engine = {
      authorize: (...given: Parameters<typeof permitAll.authorize>) => {
        asked.push(given[0]);
        return permitAll.authorize(...given);
      },
    };
    const decision = decide(subject(part), second, { policy: { ...ALL_ON, ...off }, engine, acted: never });
    expect(decision.verdict).toBe('hold');
    expect(asked).toEqual(['reject']);
  });

  test('goes on past a rejection that no policy permits, or that a policy forbids', () => {
    const nothing = { allowed: false, basis: [], says: [], errors: [] };
    const silent: typeof permitAll = {
      authorize: (action, facts) => (action === 'reject' ? nothing : permitAll.authorize(action, facts)),
    };
    for (const engine of [silent, permitting('approve')]) {
      const decision = decide(subject(), AGREED.approve, { policy: ALL_ON, engine, acted: never });
      expect(decision).toMatchObject({ verdict: 'approve', basis: ['may-approve'] });
    }
  });

  test('asks the policies only about what the status can come to', () => {
    const asked = (about: ReturnType<typeof subject>) => {
      const actions: Action[] = [];
      const engine = {
        authorize: (action: Action) => {
          actions.push(action);
          return { allowed: false, basis: [], says: [], errors: [] };
        },
      };
      decide(about, null, { policy: ALL_ON, engine, acted: never });
      return actions;
    };
    expect(asked(subject())).toEqual(['reject', 'approve']);
    expect(asked(grantedSubject())).toEqual(['close']);
    expect(asked(subject({ request: { status: 'Completed' } }))).toEqual([]);
    expect(asked(subject({ request: { status: 'active' } }))).toEqual([]);
  });
});

describe('The order of precedence', () => {
  type Stage = keyof typeof PRECEDENCE;
  type World = { engine: typeof permitAll; policy: ActionPolicy; part: SubjectParts; second: Confirmed };

  /** What holds an approval back at each stage, and how its trace says so. */
  const OBSTACLES: Record<Stage, { raise: (world: World) => World; says: (decision: Decision) => boolean }> = {
    policy: {
      raise: (world) => ({ ...world, engine: permitting() }),
      says: ({ rules }) => rules.some((trace) => trace.kind === 'policy' && trace.rule === 'not-approve'),
    },
    switch: {
      raise: (world) => ({ ...world, policy: { ...world.policy, autoApprove: false } }),
      says: (decision) => told(decision).some(({ says }) => says.endsWith('AUTO_APPROVE_LOW_RISK is off')),
    },
    gate: {
      raise: (world) => ({ ...world, part: { facts: { own: true } } }),
      says: ({ rules }) => rules.some(({ kind }) => kind === 'gate'),
    },
    confirm: {
      raise: (world) => ({ ...world, second: { ...world.second, confirmation: factsOnly('critical') } }),
      says: ({ rules }) => rules.some(({ kind }) => kind === 'confirmation'),
    },
    cap: {
      raise: (world) => ({ ...world, second: { ...world.second, heldBack: approvalsPerRun(0) } }),
      says: ({ rules }) => rules.some(({ kind }) => kind === 'cap'),
    },
  };
  const open: World = { engine: permitting('approve'), policy: only('approve'), part: {}, second: AGREED.approve };
  const decided = ({ engine, policy, part, second }: World) =>
    decide(subject(part), second, { policy, engine, acted: never });
  const stages = Object.keys(PRECEDENCE) as Stage[];

  test('is the one of the table: of several obstacles the first one speaks, and those after it are not asked', () => {
    expect(stages).toEqual(Object.keys(OBSTACLES));
    expect(decided(open).verdict).toBe('approve');
    stages.forEach((stage, i) => {
      const world = stages.slice(i).reduce((before, name) => OBSTACLES[name].raise(before), open);
      const decision = decided(world);
      expect(decision.verdict).toBe('hold');
      expect(
        stages.filter((name) => OBSTACLES[name].says(decision)),
        `everything from ${stage} on holds back`,
      ).toEqual([stage]);
    });
  });

  test('leaves no way around a stage: each one alone holds back', () => {
    for (const stage of stages) {
      const decision = decided(OBSTACLES[stage].raise(open));
      expect(decision.verdict, stage).toBe('hold');
      expect(OBSTACLES[stage].says(decision), stage).toBe(true);
    }
  });
});

describe('Where the policies permit an action whatever the facts', () => {
  const NOBODY = { id: null, name: null, displayName: null };
  /** For each gate something that shuts it, and the actions that it then keeps from happening. */
  type Shut = { part: SubjectParts; acted?: Partial<Record<Action, Action>>; approver?: string };
  const SHUT: Record<GateName, Shut> = {
    status: { part: { request: { status: 'Pending' } } },
    'own-request': { part: { facts: { own: true } } },
    'own-doubtful': { part: { facts: { mayBeOwn: true } } },
    'approver-apart': { part: {}, approver: 'anna.berg' },
    'requestor-known': { part: { request: { requestor: NOBODY } } },
    'refused-by-person': {
      part: { history: { refusal: { request: 'req-0', by: 'boss', at: null, word: 'Rejected' } } },
    },
    scored: { part: { assessment: UNSCORED } },
    'operation-known': { part: { accessContext: { operationKnown: false } } },
    unambiguous: { part: { accessContext: { ambiguous: ['a:b', 'c:d'] } } },
    'risk-understood': { part: { assessment: rated('low', { normalised: true }) } },
    'not-steering': { part: { assessment: rated('low', { flags: ['injection_suspected'] }) } },
    'reason-fits': { part: { assessment: rated('low', { flags: ['justification_mismatch'] }) } },
    confident: { part: { assessment: rated('low', { confidence: 0.84 }) } },
    window: { part: { facts: { times: { ...TIMES, fault: 'over' } } } },
    times: { part: { gaps: [{ what: 'times', why: 'it was approved before it was asked for' }] } },
    legible: { part: { gaps: [{ what: 'record', why: '`approvals` is an object with level' }] } },
    'class-mode': { part: { accessContext: { mode: { mode: 'recommend', class: 'test' } } } },
    control: { part: { accessContext: { mode: { mode: 'enforce', class: 'test', control: true } } } },
    declined: { part: { history: { declined: { approve: SAID_NO, reject: SAID_NO, close: SAID_NO } } } },
    once: { part: {}, acted: { approve: 'reject', reject: 'approve', close: 'close' } },
  };

  test('every gate is tried here', () => {
    expect(Object.keys(SHUT).sort()).toEqual(Object.keys(GATES).sort());
  });

  for (const [gate, { part, acted, approver }] of Object.entries(SHUT) as [GateName, (typeof SHUT)[GateName]][]) {
    test.each([...GATES[gate].guards])(`gate ${gate} still keeps %s from happening`, (action) => {
      const before = acted?.[action];
      const how = {
        policy: only(action),
        engine: permitting(action),
        acted: actedOf(...(before === undefined ? [] : [before])),
        approver,
      };
      expect(
        decide(aboutTo(action), AGREED[action], { ...how, acted: never, approver: null }).verdict,
        'without the fact',
      ).toBe(action);
      const decision = decide(aboutTo(action, part), AGREED[action], how);
      expect(decision.verdict).toBe('hold');
      expect(decision.basis).not.toContain(`may-${action}`);
      if (gate !== 'status' && gate !== 'scored') expect(firstRule(decision)).toBe(`gate ${gate}`);
      expect(decision.next).not.toBeNull();
    });
  }

  test('no action happens from a status that it does not belong to', () => {
    for (const status of ['Rejected', 'Completed', 'Pending', 'active', '', 'constructor', '__proto__']) {
      const about = subject({ request: { status } });
      for (const second of Object.values(AGREED)) {
        const decision = decide(about, second, { policy: ALL_ON, engine: permitAll, acted: never });
        expect(decision).toMatchObject({ verdict: 'hold', basis: [], needsPerson: false });
        expect(told(decision)[0]?.says).toMatch(/^nothing to do at status /);
      }
    }
    const mixed = subject({ request: granted({ status: 'Approved' }) });
    expect(decide(mixed, AGREED.close, { policy: ALL_ON, engine: permitAll, acted: never }).verdict).toBe('close');
    const waiting = { ...grantedSubject(), dossier: { ...grantedSubject().dossier, request: request() } };
    expect(decide(waiting, AGREED.reject, { policy: ALL_ON, engine: permitAll, acted: never }).verdict).toBe('reject');
  });
});

describe('The confirmation', () => {
  const decided = (action: 'approve' | 'reject', confirmation: Confirmed['confirmation']) =>
    decide(subject(), confirmed(confirmation), { policy: only(action), engine: permitting(action), acted: never });

  test.each([
    ['none', undefined],
    ['one of the other kind', single('low')],
    ['one that failed', { kind: 'facts-only' as const, assessment: UNSCORED }],
    ['one whose word had to be guessed', factsOnly('low', { normalised: true })],
    ['one that suspects steering', factsOnly('low', { flags: ['injection_suspected'] })],
    ['one that is not sure', factsOnly('low', { confidence: 0.8 })],
    ['one without a confidence', factsOnly('low', { confidence: null })],
    ['a higher one', factsOnly('medium')],
  ])('for an approval: %s takes it away', (_what, confirmation) => {
    const decision = decided('approve', confirmation);
    expect(decision).toMatchObject({ verdict: 'hold', needsPerson: true, next: { kind: 'escalate' } });
    expect(firstRule(decision)).toBe('confirm');
  });

  test.each([
    ['none', undefined],
    ['one of the other kind', factsOnly('critical')],
    ['one that failed', { kind: 'single' as const, assessment: UNSCORED }],
    ['one that is not sure', single('critical', { confidence: 0.8 })],
    ['a lower one', single('high')],
  ])('for a rejection: %s takes it away', (_what, confirmation) => {
    const decision = decided('reject', confirmation);
    expect(decision).toMatchObject({ verdict: 'hold', needsPerson: true });
    expect(firstRule(decision)).toBe('confirm');
  });

  test('is not needed for a closing, and is not asked for while candidates are looked for', () => {
    expect(Object.keys(CONFIRMED_BY).sort()).toEqual(['approve', 'reject']);
    expect(
      decide(grantedSubject(), confirmed(undefined), { policy: ALL_ON, engine: permitAll, acted: never }).verdict,
    ).toBe('close');
    expect(decide(subject(), null, { policy: ALL_ON, engine: permitting('approve'), acted: never }).verdict).toBe(
      'approve',
    );
  });
});
