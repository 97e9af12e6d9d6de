import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Assessment } from '../../src/request/assessment.ts';
import { atLeast, atMost, RISKS, type Risk } from '../../src/request/risk.ts';
import { agrees, disagreement, type Vote } from '../../src/request/vote.ts';
import { rated, UNSCORED } from '../helpers/requests.ts';

const LIMITS = { approveUpTo: 'low', rejectFrom: 'critical' } as const;
const blind = (assessment: Assessment): Vote => ({ kind: 'blind', assessment });
const solo = (assessment: Assessment): Vote => ({ kind: 'solo', assessment });

describe('a vote', () => {
  test('agrees to an approval at or below the limit, and to a rejection at or above it', () => {
    expect(agrees(blind(rated('low')), 'approve', LIMITS)).toBe(true);
    expect(agrees(solo(rated('critical')), 'reject', LIMITS)).toBe(true);
    expect(agrees(blind(rated('medium')), 'approve', { ...LIMITS, approveUpTo: 'medium' })).toBe(true);
  });

  test.each([
    ['is missing', undefined, 'approve', /no blind vote/],
    ['is missing', undefined, 'reject', /no solo vote/],
    ['is of the other kind', solo(rated('low')), 'approve', /no blind vote/],
    ['is of the other kind', blind(rated('critical')), 'reject', /no solo vote/],
    ['failed', blind(UNSCORED), 'approve', /failed: the model did not answer/],
    ['failed', solo(UNSCORED), 'reject', /failed/],
    ['was not one of our words', blind(rated('low', { normalised: true })), 'approve', /no risk that we know/],
    ['was not one of our words', solo(rated('critical', { normalised: true })), 'reject', /no risk that we know/],
    ['suspects steering', blind(rated('low', { flags: ['injection_suspected'] })), 'approve', /steer/],
    ['sees more', blind(rated('medium')), 'approve', /medium.*low and below/],
    ['sees less', solo(rated('high')), 'reject', /high.*critical and above/],
  ] as const)('that %s stops the action', (_what, vote, action, says) => {
    expect(agrees(vote, action, LIMITS)).toBe(false);
    expect(disagreement(vote, action, LIMITS)).toMatch(says);
  });

  test('for a rejection may suspect steering: that is no reason to spare a request', () => {
    expect(agrees(solo(rated('critical', { flags: ['injection_suspected'] })), 'reject', LIMITS)).toBe(true);
  });

  test('never agrees beyond the limits, whatever they are', () => {
    const risk = fc.constantFrom<Risk>(...RISKS);
    fc.assert(
      fc.property(risk, risk, risk, fc.boolean(), (seen, approveUpTo, rejectFrom, normalised) => {
        const limits = { approveUpTo, rejectFrom };
        const assessment = rated(seen, { normalised });
        expect(agrees(blind(assessment), 'approve', limits)).toBe(!normalised && atMost(seen, approveUpTo));
        expect(agrees(solo(assessment), 'reject', limits)).toBe(!normalised && atLeast(seen, rejectFrom));
      }),
    );
  });
});
