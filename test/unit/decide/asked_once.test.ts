import { expect, test } from 'vitest';
import { askedOnce } from '../../../src/decide/asked_once.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { PolicyAnswer, PolicyCase } from '../../../src/domain/policy_case.ts';
import { policyCase } from '../policy/cases.ts';

/** An engine that counts how often it is asked. */
function counting() {
  const asked: Action[] = [];
  const answer: PolicyAnswer = { allowed: true, basis: ['x'], says: ['x'], errors: [] };
  const authorize = (action: Action): PolicyAnswer => {
    asked.push(action);
    return answer;
  };
  return { asked, engine: askedOnce({ authorize }) };
}

test('The same facts are asked about once for each action', () => {
  const { asked, engine } = counting();
  const facts = policyCase();
  for (let i = 0; i < 3; i++) {
    engine.authorize('approve', { ...facts });
    engine.authorize('reject', facts);
  }
  expect(asked).toEqual(['approve', 'reject']);
});

test('What was forgotten is asked about again', () => {
  const { asked, engine } = counting();
  const facts = policyCase();
  engine.authorize('approve', facts);
  engine.forget();
  engine.authorize('approve', facts);
  expect(asked).toEqual(['approve', 'approve']);
});

test.each<[string, (facts: PolicyCase) => PolicyCase]>([
  ['another dossier, such as the live request', (facts) => ({ ...facts, dossier: { ...facts.dossier } })],
  ['another access context', (facts) => ({ ...facts, accessContext: { ...facts.accessContext } })],
  ['another rating', (facts) => ({ ...facts, assessment: { ...facts.assessment } })],
  ['another risk', (facts) => ({ ...facts, risk: 'critical' })],
  ['another floor', (facts) => ({ ...facts, floor: 'critical' })],
  ['other settings', (facts) => ({ ...facts, settings: { ...facts.settings, staleDays: 99 } })],
])('With %s the policies are asked again', (_what, change) => {
  const { asked, engine } = counting();
  const facts = policyCase();
  engine.authorize('approve', facts);
  engine.authorize('approve', change(facts));
  expect(asked).toEqual(['approve', 'approve']);
});
