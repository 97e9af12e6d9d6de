import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/decide/decide.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { DAY_MS } from '../../../src/util/durations.ts';
import { NOON, rated } from '../../helpers/requests.ts';
import { ALL_OFF, ALL_ON, grantedSubject, never, SHIPPED, subject } from './subjects.ts';

const engine = await loadPolicy(SHIPPED);
const grantedFor = (days: number) => ({ request: { approved: NOON - days * DAY_MS } });
const approvedByRun = () => '20261130T090000000Z';
const decided = (about: ReturnType<typeof subject>, more: Partial<Parameters<typeof decide>[2]> = {}) =>
  decide(about, null, { policy: ALL_OFF, engine, acted: never, byPerson: true, reverting: approvedByRun, ...more });

describe('while approvals are taken back', () => {
  test('what we approved is closed with every switch off, and says which run approved it', () => {
    const decision = decided(grantedSubject(grantedFor(1)));
    expect([decision.verdict, decision.basis]).toEqual(['close', ['revert-approval']]);
    expect(decision.rules[0]).toMatchObject({ says: expect.stringContaining('20261130T090000000Z') });
  });

  // INVARIANT: a person stands behind it, always.
  test('without a person nothing is closed, neither for that reason nor for another', () => {
    for (const about of [grantedSubject(grantedFor(1)), grantedSubject(grantedFor(30))]) {
      expect(decided(about, { byPerson: false, policy: ALL_ON }).verdict).toBe('hold');
    }
  });

  test('nothing else is done: no approval, no rejection, and no closing of what is not to be taken back', () => {
    for (const risk of ['low', 'critical'] as const) {
      expect(decided(subject({ assessment: rated(risk) }), { policy: ALL_ON }).verdict).toBe('hold');
    }
    const notOurs = { policy: ALL_ON, reverting: () => null };
    expect(decided(grantedSubject(grantedFor(30)), notOurs).verdict).toBe('hold');
  });

  test('gates hold it as any closing', () => {
    const about = grantedSubject(grantedFor(1));
    expect(decided(about, { acted: (_id, action) => action === 'close' }).verdict).toBe('hold');
    const { dossier } = about;
    const own = { ...about, dossier: { ...dossier, facts: { ...dossier.facts, own: true } } };
    expect(decided(own).verdict).toBe('hold');
  });

  test('what a policy forbids, or fails on, stays as it is', () => {
    const about = grantedSubject(grantedFor(1));
    const forbidding = { allowed: false, basis: ['no-closing'], says: ['never'], errors: [] };
    const failing = { allowed: false, basis: [], says: [], errors: ['it cannot be asked'] };
    for (const answer of [forbidding, failing]) {
      expect(decided(about, { engine: { authorize: () => answer } }).verdict).toBe('hold');
    }
  });
});
