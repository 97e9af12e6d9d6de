import { describe, expect, test } from 'vitest';
import { type ActionPolicy, decide, RULES } from '../../src/decide/decide.ts';
import { DAY_MS } from '../../src/kit/durations.ts';
import { RISKS, type Risk } from '../../src/request/risk.ts';
import { dossierOf, granted, NOON, rated, request, UNSCORED } from '../helpers/requests.ts';

const ALL_ON: ActionPolicy = {
  autoApprove: true,
  autoReject: true,
  autoCloseStale: true,
  approveUpTo: 'low',
  rejectFrom: 'critical',
  staleDays: 7,
};
const never = () => false;
const verdictOf = (risk: Risk, policy: Partial<ActionPolicy>, status = 'Active') =>
  decide(dossierOf(request({ status })), rated(risk), { ...ALL_ON, ...policy }, never).verdict;

describe('An Active request', () => {
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
    [{ approveUpTo: 'medium', autoCloseStale: false }, 'AA-R'],
  ];
  test.each(TABLE)('under %j goes %s from low to critical', (policy, expected) => {
    const letters = { approve: 'A', reject: 'R', hold: '-', close: 'C' };
    expect(RISKS.map((risk) => letters[verdictOf(risk, policy)]).join('')).toBe(expected);
  });

  test('is rejected rather than approved where both thresholds meet', () => {
    const decision = decide(
      dossierOf(request()),
      rated('high'),
      { ...ALL_ON, approveUpTo: 'high', rejectFrom: 'high' },
      never,
    );
    expect(decision.rules).toEqual([{ rule: 'reject-high-risk', says: 'risk high is at or above high' }]);
  });

  test('is never closed, however old it is', () => {
    const old = dossierOf(request({ created: NOON - 300 * DAY_MS }), { facts: { daysSinceApproved: 300 } });
    expect(decide(old, rated('medium'), ALL_ON, never).verdict).toBe('hold');
  });

  test('that the facts rate higher than the model is decided by the facts', () => {
    const silent = decide(dossierOf(request({ justification: '' })), rated('low'), ALL_ON, never);
    expect(silent).toMatchObject({ verdict: 'hold', risk: 'medium', needsPerson: true });
    expect(silent.rules).toEqual([
      { rule: 'floor-no-justification', says: 'no justification: at least medium' },
      {
        rule: 'hold',
        says: 'a person decides: risk is medium; approving is for low and below, rejecting for critical and above',
      },
    ]);
  });

  test('without an assessment waits for a person, and says so', () => {
    expect(decide(dossierOf(request()), UNSCORED, ALL_ON, never)).toEqual({
      verdict: 'hold',
      risk: null,
      rules: [{ rule: 'hold', says: 'a person decides: it is unscored (the model did not answer)' }],
      needsPerson: true,
    });
  });

  test('whose action is switched off says which switch', () => {
    const { rules } = decide(dossierOf(request()), rated('low'), { ...ALL_ON, autoApprove: false }, never);
    expect(rules).toEqual([
      { rule: 'approve-low-risk', says: 'risk low is at or below low, but AUTO_APPROVE_LOW_RISK is off' },
    ]);
  });

  test('that the agent approved before is held, and the gate is named', () => {
    const decision = decide(dossierOf(request()), rated('low'), ALL_ON, (_id, action) => action === 'approve');
    expect(decision).toMatchObject({ verdict: 'hold', needsPerson: true });
    expect(decision.rules).toEqual([{ rule: 'gate once', says: 'no approve: the agent approved it before' }]);
  });
});

describe('An Approved request', () => {
  test.each([
    [6, 'hold'],
    [7, 'close'],
    [8, 'close'],
    [null, 'hold'],
  ] as const)('that was approved %s days ago: %s', (daysSinceApproved, verdict) => {
    const dossier = dossierOf(granted(), { facts: { daysSinceApproved } });
    expect(decide(dossier, rated('low'), ALL_ON, never).verdict).toBe(verdict);
  });

  test('is closed when stale without any assessment: closing rests on facts alone', () => {
    const decision = decide(dossierOf(granted()), UNSCORED, ALL_ON, never);
    expect(decision).toEqual({
      verdict: 'close',
      risk: null,
      rules: [{ rule: 'close-stale', says: 'approved 12 days ago, the limit is 7' }],
      needsPerson: false,
    });
  });

  test('that the agent itself approved can be closed; one that it closed before cannot', () => {
    const stale = dossierOf(granted());
    expect(decide(stale, rated('low'), ALL_ON, (_id, action) => action === 'approve').verdict).toBe('close');
    expect(decide(stale, rated('low'), ALL_ON, (_id, action) => action === 'close').verdict).toBe('hold');
  });

  test('is neither approved nor rejected, whatever its risk', () => {
    for (const risk of RISKS) expect(verdictOf(risk, {}, 'Approved')).toBe('hold');
  });

  test('rated critical is shown to a person', () => {
    const decision = decide(dossierOf(granted({ approved: NOON })), rated('critical'), ALL_ON, never);
    expect(decision).toMatchObject({ verdict: 'hold', needsPerson: true });
    expect(decision.rules.at(-1)?.says).toBe('access is granted and rated critical: is it still wanted?');
  });
});

test.each(['Rejected', 'Completed', 'Expired', 'constructor', '', 'active'])(
  'At status `%s` nothing is done, nobody is needed, and the trace says why',
  (status) => {
    for (const risk of RISKS) {
      const decision = decide(dossierOf(request({ status })), rated(risk), ALL_ON, never);
      expect(decision).toMatchObject({ verdict: 'hold', needsPerson: false });
      expect(decision.rules.at(-1)?.says).toMatch(/^nothing to do at status /);
    }
  },
);

test("The agent's own request is left to people at every risk", () => {
  const own = dossierOf(request(), { facts: { own: true } });
  for (const risk of RISKS) {
    expect(decide(own, rated(risk), ALL_ON, never)).toMatchObject({ verdict: 'hold', needsPerson: true });
  }
});

test('Rejecting is asked before approving in the table itself', () => {
  const actions = Object.values(RULES).map(({ action }) => action);
  expect(actions.indexOf('reject')).toBeLessThan(actions.indexOf('approve'));
});
