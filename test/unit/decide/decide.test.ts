import { describe, expect, test } from 'vitest';
import { type ActionPolicy, decide } from '../../../src/decide/decide.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Dossier } from '../../../src/domain/dossier.ts';
import type { PolicyAnswer } from '../../../src/domain/policy_case.ts';
import { RISKS, type Risk } from '../../../src/domain/risk.ts';
import { ruleName } from '../../../src/phrases/rule_words.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { DAY_MS, HOUR_MS } from '../../../src/util/durations.ts';
import { NOON, rated, UNSCORED } from '../../helpers/requests.ts';
import { approvalsPerRun, permitted, told } from '../../helpers/traces.ts';
import {
  ALL_OFF,
  ALL_ON,
  actedOf,
  confirmed,
  factsOnly,
  grantedSubject,
  never,
  permitting,
  SHIPPED,
  type SubjectParts,
  single,
  subject,
} from './subjects.ts';

const engine = await loadPolicy(SHIPPED);
const decided = (about: ReturnType<typeof subject>, policy: Partial<ActionPolicy> = {}, acted = never) =>
  decide(about, null, { policy: { ...ALL_ON, ...policy }, engine, acted });
const TIMES = {
  ...{ fault: null, beginsInHours: 0, contiguousHours: 4 },
  ...{ askedOffHours: false, windowOffHours: false },
} as const;
const verdictOf = (risk: Risk, policy: Partial<ActionPolicy>) =>
  decided(subject({ assessment: rated(risk) }), policy).verdict;

describe('An Active request under the shipped policies', () => {
  /** What happens at low, medium, high and critical, in this order. A: approved, R: rejected, -: left to a person. */
  const TABLE: readonly [Partial<ActionPolicy>, string][] = [
    [{}, 'A--R'],
    [{ autoApprove: false }, '---R'],
    [{ autoReject: false }, 'A---'],
    [{ autoApprove: false, autoReject: false }, '----'],
    [{ approveUpTo: 'medium' }, 'AA-R'],
    [{ approveUpTo: 'high', rejectFrom: 'high' }, 'AARR'],
    [{ approveUpTo: 'low', rejectFrom: 'low' }, 'RRRR'],
    [{ approveUpTo: 'critical', rejectFrom: 'critical' }, 'AAAR'],
    [{ rejectFrom: 'medium' }, 'ARRR'],
    // What should be rejected is not approved because rejecting is switched off.
    [{ approveUpTo: 'high', rejectFrom: 'medium', autoReject: false }, 'A---'],
    [{ approveUpTo: 'critical', rejectFrom: 'low', autoReject: false }, '----'],
    [{ approveUpTo: 'medium', autoCloseStale: false, autoCloseExpired: false }, 'AA-R'],
  ];
  test.each(TABLE)('with %j goes %s from low to critical', (policy, expected) => {
    const letters = { approve: 'A', reject: 'R', hold: '-', close: 'C' };
    expect(RISKS.map((risk) => letters[verdictOf(risk, policy)]).join('')).toBe(expected);
  });

  test('is approved with the policy as its basis', () => {
    const decision = decided(subject());
    expect(told(decision)).toEqual([
      { rule: 'approve-low-risk', says: 'its risk is at or below the limit for approving' },
    ]);
    expect(decision).toEqual({
      verdict: 'approve',
      floor: 'low',
      risk: 'low',
      rules: [permitted('approve-low-risk', 'its risk is at or below the limit for approving')],
      basis: ['approve-low-risk'],
      next: null,
      needsPerson: false,
    });
  });

  test('is rejected rather than approved where both thresholds meet', () => {
    const decision = decided(subject({ assessment: rated('high') }), { approveUpTo: 'high', rejectFrom: 'high' });
    expect(decision).toMatchObject({ verdict: 'reject', basis: ['reject-high-risk'] });
  });

  test('is never closed, however old it is', () => {
    const old = subject({
      request: { created: NOON - 300 * DAY_MS },
      facts: { daysSinceApproved: 300 },
      assessment: rated('medium'),
    });
    expect(decided(old).verdict).toBe('hold');
  });

  test('that the facts rate higher than the model is decided by the facts', () => {
    const burst = decided(subject({ history: { requestsInHour: 40 } }));
    expect(burst).toMatchObject({ verdict: 'hold', floor: 'medium', risk: 'medium', needsPerson: true });
    expect(told(burst)).toEqual([
      {
        rule: 'hold',
        says: 'a person decides: risk is medium; approving is for low and below, rejecting for critical and above',
      },
      { rule: 'floor-burst', says: '20 or more requests of this person within an hour: at least medium' },
    ]);
  });

  test.each(RISKS)('that the facts rate lower than the model has the risk of the model (%s)', (risk) => {
    expect(decided(subject({ assessment: rated(risk) }))).toMatchObject({ floor: 'low', risk });
  });

  test('without an assessment waits for a person, says so first, and keeps its floor', () => {
    const decision = decided(subject({ assessment: UNSCORED, history: { requestsInHour: 20 } }));
    expect(decision).toMatchObject({ verdict: 'hold', floor: 'medium', risk: null, needsPerson: true });
    expect(told(decision)[0]).toEqual({
      rule: 'hold',
      says: 'a person decides: it is unscored (the model did not answer)',
    });
  });

  test.each<[string, SubjectParts, string]>([
    ['a privileged entitlement', { accessContext: { privileged: true } }, 'no-approval-privileged'],
    ['a class that people decide on', { accessContext: { neverAuto: ['production'] } }, 'no-approval-never-auto'],
    ['an asset of which nothing is known', { accessContext: { assetKnown: false } }, 'no-approval-unknown-asset'],
    ['something that no row names', { accessContext: { entitlement: null } }, 'no-approval-unknown-entitlement'],
    ['too long a window', { facts: { requestedHours: 73 } }, 'no-approval-window-too-long'],
    ['somebody outside the role', { accessContext: { inRole: false } }, 'no-approval-out-of-role'],
    [
      'an approval that is missing',
      { accessContext: { approvals: { required: ['owner'], missing: ['owner'], onlySelf: false } } },
      'no-approval-missing-approval',
    ],
    [
      'an approval of oneself alone',
      { accessContext: { approvals: { required: [], missing: [], onlySelf: true } } },
      'no-approval-only-self',
    ],
    ['a suspicious text', { texts: { suspicious: true, flags: ['markup'] } }, 'no-approval-suspicious-text'],
    ['no reason', { texts: { contentFree: true } }, 'no-approval-without-reason'],
    ['emergency access', { accessContext: { breakGlass: true } }, 'break-glass-is-for-people'],
    ['a guessed rating', { assessment: rated('low', { normalised: true }) }, 'no-approval-guessed-risk'],
  ])('with %s is held whatever the threshold, and the policy is named', (_what, part, policy) => {
    const decision = decided(subject(part), { approveUpTo: 'critical' });
    expect(decision).toMatchObject({ verdict: 'hold', needsPerson: true });
    expect(decision.basis).toContain(policy);
    expect(told(decision).find(({ rule }) => rule === policy)?.says).toMatch(/^no (approve|reject): /);
    expect(decision.next).not.toBeNull();
  });
});

describe('The trace', () => {
  test('begins with what led to the verdict, and ends with the floor', () => {
    const decision = decided(subject({ history: { requestsInHour: 20 }, accessContext: { sodConflicts: [] } }), {
      approveUpTo: 'medium',
    });
    expect(decision.rules.map(ruleName)).toEqual(['approve-low-risk', 'floor-burst']);
  });

  test('names the switch that is off', () => {
    expect(told(decided(subject(), { autoApprove: false }))[0]).toEqual({
      rule: 'approve-low-risk',
      says: 'its risk is at or below the limit for approving, but AUTO_APPROVE_LOW_RISK is off',
    });
    expect(told(decided(grantedSubject(), ALL_OFF))[0]?.says).toMatch(
      /, but AUTO_CLOSE_STALE and AUTO_CLOSE_EXPIRED is off$/,
    );
  });

  test('of a rejection that is switched off says so, and ends there', () => {
    const decision = decide(subject(), null, {
      policy: { ...ALL_ON, autoReject: false },
      engine: permitting('approve', 'reject'),
      acted: never,
    });
    expect(decision).toMatchObject({ verdict: 'hold', needsPerson: true });
    expect(told(decision)).toEqual([{ rule: 'may-reject', says: 'one may reject, but AUTO_REJECT_HIGH_RISK is off' }]);
    expect(decision.basis).toEqual(['may-reject']);
  });

  test('names every gate that is shut', () => {
    const own = subject({ facts: { own: true } });
    expect(decided(own, {}, actedOf('approve')).rules.map(ruleName)).toEqual(['gate own-request', 'gate once']);
  });

  test('names a policy that fails, and no action follows', () => {
    const broken = (action: Action): PolicyAnswer => ({
      allowed: false,
      basis: action === 'reject' ? [] : ['not-this'],
      says: action === 'reject' ? [] : ['not this'],
      errors: [`policy \`x\` failed on ${action}`],
    });
    const decision = decide(subject(), null, { policy: ALL_ON, engine: { authorize: broken }, acted: never });
    expect(decision.verdict).toBe('hold');
    expect(told(decision)).toEqual([
      { rule: 'policy', says: 'no reject: policy `x` failed on reject' },
      { rule: 'not-this', says: 'no approve: not this' },
      { rule: 'policy', says: 'no approve: policy `x` failed on approve' },
    ]);
    expect(decision.basis).toEqual(['not-this']);
  });
});

describe('The policy basis', () => {
  test('holds every policy once, also when it forbids two actions', () => {
    const { basis } = decided(subject({ accessContext: { breakGlass: true }, assessment: rated('critical') }));
    expect(basis.filter((id) => id === 'break-glass-is-for-people')).toHaveLength(1);
  });

  test.each(['floor-plan', 'hold', 'policy', 'cap', 'confirm', 'gate keeper'])(
    'holds policies whatever they are called: `%s`',
    (id) => {
      const refusing = { authorize: () => ({ allowed: false, basis: [id], says: ['no'], errors: [] }) };
      const { basis } = decide(subject(), null, { policy: ALL_ON, engine: refusing, acted: never });
      expect(basis).toEqual([id]);
    },
  );

  test('of an action is what permitted this very action', () => {
    const stale = decided(grantedSubject({ request: { requestedFrom: null }, accessContext: { maxHours: 8 } }));
    expect(stale).toMatchObject({ verdict: 'close', basis: ['close-past-maximum', 'close-stale'] });
  });

  test('is empty where nothing but gates held back', () => {
    expect(decided(subject({ facts: { own: true } }), { autoReject: false }).basis).toEqual([]);
  });
});

describe('An Approved request', () => {
  test.each([
    [6, 'hold'],
    [7, 'close'],
    [8, 'close'],
    [null, 'hold'],
  ] as const)('that was approved %s days ago: %s', (daysSinceApproved, verdict) => {
    expect(decided(grantedSubject({ facts: { daysSinceApproved } }), { autoCloseExpired: false }).verdict).toBe(
      verdict,
    );
  });

  test.each([
    // approved and begun so many days ago, the limit of its class in hours, by the days
    ['is stale by its days, without a limit', 8, 8, null, 'close'],
    ['is not stale before its window begins', 8, -1, null, 'hold'],
    ['is as new as its window', 8, 6, null, 'hold'],
    ['is stale when its window began long ago', 8, 7, null, 'close'],
    ['is not stale as long as its class allows it', 8, 8, 336, 'hold'],
    ['is not stale in the last hour that its class allows', 14, 14, 336, 'hold'],
    ['is stale when its class allows it no longer', 15, 15, 336, 'close'],
    ['is stale by its days where its class allows less', 8, 8, 72, 'close'],
  ] as const)('%s', (_what, approved, begun, maxHours, verdict) => {
    const request = {
      approved: NOON - approved * DAY_MS,
      requestedFrom: NOON - begun * DAY_MS,
      requestedTo: NOON + 30 * DAY_MS,
    };
    const facts = { daysSinceApproved: approved, hoursGranted: Math.max(0, Math.min(approved, begun) * 24) };
    const decision = decided(grantedSubject({ request, facts, accessContext: { maxHours } }), {
      autoCloseExpired: false,
    });
    expect(decision.verdict).toBe(verdict);
    if (verdict === 'close') expect(decision.basis).toEqual(['close-stale']);
  });

  test('whose window is over is within nothing any more, however much its class allows', () => {
    const over = { ...TIMES, fault: 'over' } as const;
    const about = (times: Dossier['facts']['times']) =>
      grantedSubject({ facts: { hoursGranted: 8 * 24, ...(times && { times }) }, accessContext: { maxHours: 336 } });
    expect(decided(about(TIMES)).verdict).toBe('hold');
    expect(decided(about(over)).verdict).toBe('close');
  });

  test('tells when it ends, and so does what is approved, once the moment of deciding is known', () => {
    const at = (about: ReturnType<typeof subject>) =>
      decide(about, null, { policy: ALL_ON, engine, acted: never, now: NOON });
    const ends = { request: { requestedTo: NOON + 5 * HOUR_MS } };
    expect(at(subject(ends))).toMatchObject({ verdict: 'approve', expires: NOON + 5 * HOUR_MS });
    expect(at(subject({ ...ends, assessment: rated('medium') }))).not.toHaveProperty('expires');
    expect(at(grantedSubject(ends))).toMatchObject({ verdict: 'close', expires: NOON + 5 * HOUR_MS });
    expect(at(grantedSubject({ ...ends, accessContext: { maxHours: 24 } })).expires).toBe(NOON - 11 * DAY_MS);
    expect(decided(subject(ends))).not.toHaveProperty('expires');
  });

  test('past the maximum of its class is closed only where that switch is on, stale or not', () => {
    const past = grantedSubject({
      facts: { daysSinceApproved: 4 },
      request: { requestedFrom: null },
      accessContext: { maxHours: 72 },
    });
    const verdicts = (policy: Partial<ActionPolicy>) => decided(past, policy).verdict;
    expect(verdicts({ autoCloseExpired: true })).toBe('close');
    expect(verdicts({ autoCloseExpired: true, autoCloseStale: false })).toBe('close');
    expect(verdicts({ autoCloseExpired: false })).toBe('hold');
    const stale = grantedSubject({ accessContext: { maxHours: null } });
    expect(decided(stale, { autoCloseStale: false }).verdict, 'the other switch does not close what is stale').toBe(
      'hold',
    );
    expect(decided(stale, { autoCloseStale: true, autoCloseExpired: false }).verdict).toBe('close');
  });

  test('is closed when stale without any assessment: closing rests on facts alone', () => {
    expect(decided(grantedSubject({ assessment: UNSCORED, accessContext: { maxHours: null } }))).toEqual({
      verdict: 'close',
      floor: 'low',
      risk: null,
      rules: [permitted('close-stale', 'it was granted so many days ago that it counts as stale', 'close')],
      basis: ['close-stale'],
      next: null,
      needsPerson: false,
    });
  });

  test('that the agent itself approved can be closed; one that it closed before cannot', () => {
    expect(decided(grantedSubject(), {}, actedOf('approve')).verdict).toBe('close');
    expect(decided(grantedSubject(), {}, actedOf('close')).verdict).toBe('hold');
  });

  test('is neither approved nor rejected, whatever its risk', () => {
    for (const risk of RISKS) {
      const fresh = grantedSubject({ facts: { daysSinceApproved: 0 }, assessment: rated(risk) });
      expect(decided(fresh).verdict).toBe('hold');
    }
  });

  test('rated critical is shown to a person', () => {
    const decision = decided(grantedSubject({ facts: { daysSinceApproved: 0 }, assessment: rated('critical') }));
    expect(decision).toMatchObject({ verdict: 'hold', needsPerson: true });
    expect(told(decision)[0]?.says).toBe('access is granted and rated critical: is it still wanted?');
  });

  test('in an emergency stays open and is shown to a person, however stale', () => {
    expect(decided(grantedSubject({ accessContext: { breakGlass: true } }))).toMatchObject({
      verdict: 'hold',
      needsPerson: true,
      basis: ['break-glass-is-for-people'],
    });
  });
});

describe('What the confirmation and the caps take away', () => {
  const how = { policy: ALL_ON, engine, acted: never };

  test('is held, needs a person, and says who disagreed', () => {
    const disagreed = decide(subject(), confirmed(factsOnly('medium')), how);
    expect(disagreed).toMatchObject({ verdict: 'hold', needsPerson: true, risk: 'low' });
    expect(told(disagreed)[0]).toEqual({
      rule: 'confirm',
      says: 'no approve: the facts-only reading is medium, approving is for low and below',
    });
    const capped = decide(subject(), confirmed(factsOnly('low'), approvalsPerRun(5)), how);
    expect(told(capped)[0]).toEqual({
      rule: 'cap',
      says: 'no approve: 5 approvals in one run (CAP_APPROVALS_PER_RUN)',
    });
  });

  test('never changes what the facts and the model made of the risk', () => {
    for (const confirmation of [factsOnly('critical'), single('low'), undefined]) {
      expect(decide(subject({ assessment: rated('high') }), confirmed(confirmation), how)).toMatchObject({
        floor: 'low',
        risk: 'high',
      });
    }
  });
});
