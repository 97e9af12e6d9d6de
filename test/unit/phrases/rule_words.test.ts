import { expect, test } from 'vitest';
import type { RuleTrace } from '../../../src/domain/decision.ts';
import { basisOf, confirmationAgreed, confirmationWords, floorWords } from '../../../src/phrases/gate_words.ts';
import { heldBackOf } from '../../../src/phrases/held_back.ts';
import { firstReason, ruleName, ruleWords } from '../../../src/phrases/rule_words.ts';
import { aReviewed } from '../../helpers/records.ts';
import { approvalsPerRun, capped, floorTrace, forbidden, permitted } from '../../helpers/traces.ts';

const gate = (shut: object): RuleTrace => ({ kind: 'gate', action: 'reject', ...shut }) as RuleTrace;
const against = (why: object, action = 'approve'): RuleTrace => ({ kind: 'confirmation', action, ...why }) as RuleTrace;
const cap = (name: string): RuleTrace => ({ ...capped(), cap: name, limit: 10 }) as RuleTrace;
const breaker = (of: string, wanted = 7): RuleTrace =>
  ({ kind: 'cap', action: 'approve', cap: 'BREAKER_FACTOR', of, wanted, usual: 2 }) as RuleTrace;

/** Every kind of trace with the name and the sentence that ledger, report and mail have had for it since 0.1. */
test.each<[RuleTrace, string, string]>([
  [permitted('approve-low-risk', 'its risk is low'), 'approve-low-risk', 'its risk is low'],
  [forbidden('no-approval-x', 'it is x'), 'no-approval-x', 'no approve: it is x'],
  [{ kind: 'policy-error', action: 'close', error: 'policy `x` failed' }, 'policy', 'no close: policy `x` failed'],
  [
    { kind: 'switch-off', action: 'close', rule: 'close-stale', says: 'it is stale', switches: ['A', 'B'] },
    'close-stale',
    'it is stale, but A and B is off',
  ],
  [gate({ gate: 'status', status: 'Approved' }), 'gate status', 'no reject: status is Approved (granted)'],
  [gate({ gate: 'own-request' }), 'gate own-request', "no reject: it is the agent's own request"],
  [gate({ gate: 'requestor-known' }), 'gate requestor-known', 'no reject: the vault gives no account name'],
  [gate({ gate: 'scored', why: 'no answer' }), 'gate scored', 'no reject: it is unscored: no answer'],
  [
    gate({ gate: 'risk-understood' }),
    'gate risk-understood',
    "no reject: the model's word for the risk was not understood",
  ],
  [gate({ gate: 'once', done: 'approve' }), 'gate once', 'no reject: the agent approved it before'],
  [against({ reason: 'missing' }), 'confirm', 'no approve: there is no facts-only reading'],
  [against({ reason: 'missing' }, 'reject'), 'confirm', 'no reject: there is no single reading'],
  [against({ reason: 'failed', why: 'no model' }), 'confirm', 'no approve: the facts-only reading failed: no model'],
  [against({ reason: 'not-understood' }), 'confirm', 'no approve: the facts-only reading gave no risk that we know'],
  [
    against({ reason: 'steering-suspected' }),
    'confirm',
    'no approve: the facts-only reading suspects an attempt to steer it',
  ],
  [
    against({ reason: 'risk', risk: 'high', limit: 'low' }),
    'confirm',
    'no approve: the facts-only reading is high, approving is for low and below',
  ],
  [
    against({ reason: 'risk', risk: 'high', limit: 'critical' }, 'reject'),
    'confirm',
    'no reject: the single reading is high, rejecting is for critical and above',
  ],
  [cap('CAP_APPROVALS_PER_RUN'), 'cap', 'no approve: 10 approvals in one run (CAP_APPROVALS_PER_RUN)'],
  [cap('CAP_APPROVALS_PER_DAY'), 'cap', 'no approve: 10 approvals in 24 hours (CAP_APPROVALS_PER_DAY)'],
  [
    cap('CAP_APPROVALS_PER_REQUESTOR_PER_DAY'),
    'cap',
    'no approve: 10 approvals for one requestor in 24 hours (CAP_APPROVALS_PER_REQUESTOR_PER_DAY)',
  ],
  [
    cap('CAP_APPROVALS_PER_ASSET_PER_DAY'),
    'cap',
    'no approve: 10 approvals for one asset in 24 hours (CAP_APPROVALS_PER_ASSET_PER_DAY)',
  ],
  [cap('CAP_REJECTIONS_PER_RUN'), 'cap', 'no approve: 10 rejections in one run (CAP_REJECTIONS_PER_RUN)'],
  [capped(approvalsPerRun(1)), 'cap', 'no approve: 1 approval in one run (CAP_APPROVALS_PER_RUN)'],
  [breaker('approve'), 'cap', 'no approve: the circuit breaker: 7 approvals in one run, usually 2 (BREAKER_FACTOR)'],
  [breaker('reject'), 'cap', 'no approve: the circuit breaker: 7 rejections in one run, usually 2 (BREAKER_FACTOR)'],
  [
    breaker('suspicious'),
    'cap',
    'no approve: the circuit breaker: 7 suspicious texts in one run, usually 2 (BREAKER_FACTOR)',
  ],
  [
    { kind: 'hold', reason: 'granted-and-critical' },
    'hold',
    'access is granted and rated critical: is it still wanted?',
  ],
  [{ kind: 'hold', reason: 'status', status: 'Approved' }, 'hold', 'nothing to do at status Approved (granted)'],
  [{ kind: 'hold', reason: 'unscored', why: 'no answer' }, 'hold', 'a person decides: it is unscored (no answer)'],
  [
    { kind: 'hold', reason: 'between-the-limits', risk: 'medium', limits: { approve: 'low', reject: 'critical' } },
    'hold',
    'a person decides: risk is medium; approving is for low and below, rejecting for critical and above',
  ],
  [floorTrace('floor-burst', 'a burst', 'high'), 'floor-burst', 'a burst: at least high'],
])('%o is called `%s` and says: %s', (trace, name, says) => {
  expect(ruleName(trace)).toBe(name);
  expect(ruleWords(trace)).toBe(says);
});

test('The first rule of a trace is the reason, and a decision without one has the words that it is given', () => {
  expect(firstReason({ rules: [forbidden('a', 'b'), forbidden('c', 'd')] }, 'none')).toBe('no approve: b');
  expect(firstReason({ rules: [] }, 'none')).toBe('none');
});

test('A policy that is called like a rule of ours, and speaks like one, is taken for none of them', () => {
  const says = 'no approve: 50 approvals in one run (CAP_APPROVALS_PER_RUN)';
  const reviewed = aReviewed({
    confirmation: { kind: 'facts-only', assessment: aReviewed({ risk: 'low' }).assessment },
    basis: ['cap'],
    rules: ['cap', 'confirm', 'gate once', 'floor-burst'].map((id) => forbidden(id, says)),
  });
  expect(heldBackOf([reviewed])).toEqual([]);
  expect(confirmationAgreed(reviewed)).toBeNull();
  expect(confirmationWords(reviewed, String)).toBe('facts-only reading low');
  expect(floorWords(reviewed.decision)).toEqual([]);
});

test('The basis has the sentence of the policy, not that of a rule of ours with the same name', () => {
  const { decision } = aReviewed({ basis: ['cap', 'gone'], rules: [capped(), forbidden('cap', 'mine')] });
  expect(basisOf(decision)).toEqual([
    { id: 'cap', says: 'no approve: mine' },
    { id: 'gone', says: null },
  ]);
});
