import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agrees, disagreement } from '../../../src/decide/confirm.ts';
import type { Assessment } from '../../../src/domain/assessment.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import { atLeast, atMost, RISKS, type Risk } from '../../../src/domain/risk.ts';
import { disagreementWords } from '../../../src/phrases/rule_words.ts';
import { rated, UNSCORED } from '../../helpers/requests.ts';

const LIMITS = { approveUpTo: 'low', rejectFrom: 'critical', confidenceNeeded: 0.85 } as const;
const factsOnly = (assessment: Assessment): Confirmation => ({ kind: 'facts-only', assessment });
const single = (assessment: Assessment): Confirmation => ({ kind: 'single', assessment });

describe('a confirmation', () => {
  test('agrees to an approval at or below the limit, and to a rejection at or above it', () => {
    expect(agrees(factsOnly(rated('low')), 'approve', LIMITS)).toBe(true);
    expect(agrees(single(rated('critical')), 'reject', LIMITS)).toBe(true);
    expect(agrees(factsOnly(rated('medium')), 'approve', { ...LIMITS, approveUpTo: 'medium' })).toBe(true);
  });

  test.each([
    ['is missing', undefined, 'approve', /no facts-only reading/],
    ['is missing', undefined, 'reject', /no single reading/],
    ['is of the other kind', single(rated('low')), 'approve', /no facts-only reading/],
    ['is of the other kind', factsOnly(rated('critical')), 'reject', /no single reading/],
    ['failed', factsOnly(UNSCORED), 'approve', /failed: the model did not answer/],
    ['failed', single(UNSCORED), 'reject', /failed/],
    ['was not one of our words', factsOnly(rated('low', { normalised: true })), 'approve', /no risk that we know/],
    ['was not one of our words', single(rated('critical', { normalised: true })), 'reject', /no risk that we know/],
    ['suspects steering', factsOnly(rated('low', { flags: ['injection_suspected'] })), 'approve', /steer/],
    ['is not sure', factsOnly(rated('low', { confidence: 0.5 })), 'approve', /not sure: 0.5 where 0.85/],
    ['is not sure', single(rated('critical', { confidence: 0.5 })), 'reject', /not sure: 0.5 where 0.85/],
    ['says nothing of that', factsOnly(rated('low', { confidence: null })), 'approve', /did not say how sure/],
    ['says nothing of that', single(rated('critical', { confidence: null })), 'reject', /did not say how sure/],
    ['sees more', factsOnly(rated('medium')), 'approve', /medium.*low and below/],
    ['sees less', single(rated('high')), 'reject', /high.*critical and above/],
  ] as const)('that %s stops the action', (_what, confirmation, action, says) => {
    expect(agrees(confirmation, action, LIMITS)).toBe(false);
    const why = disagreement(confirmation, action, LIMITS);
    expect(why && disagreementWords(why, action)).toMatch(says);
  });

  test('needs no confidence while none is asked for', () => {
    const off = { ...LIMITS, confidenceNeeded: 0 };
    expect(agrees(factsOnly(rated('low', { confidence: null })), 'approve', off)).toBe(true);
    expect(agrees(single(rated('critical', { confidence: 0 })), 'reject', off)).toBe(true);
  });

  test('for a rejection may suspect steering: that is no reason to spare a request', () => {
    expect(agrees(single(rated('critical', { flags: ['injection_suspected'] })), 'reject', LIMITS)).toBe(true);
  });

  test('never agrees beyond the limits, whatever they are', () => {
    const risk = fc.constantFrom<Risk>(...RISKS);
    fc.assert(
      fc.property(risk, risk, risk, fc.boolean(), (seen, approveUpTo, rejectFrom, normalised) => {
        const limits = { approveUpTo, rejectFrom, confidenceNeeded: 0.85 };
        const assessment = rated(seen, { normalised });
        expect(agrees(factsOnly(assessment), 'approve', limits)).toBe(!normalised && atMost(seen, approveUpTo));
        expect(agrees(single(assessment), 'reject', limits)).toBe(!normalised && atLeast(seen, rejectFrom));
      }),
    );
  });
});
