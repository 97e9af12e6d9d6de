import { FLOOR_RULES } from '../src/decide/floor.ts';
import type { Hindrance } from '../src/decide/next_step.ts';
import { SAMPLE_TIME, sampleCase, sampleRating } from '../src/policy/samples.ts';

/** A request in which every finding occurs, so that each next step can be shown with its own words. */
export const SAMPLE_CASE = sampleCase({
  request: {
    asset: null,
    operation: null,
    justification: '',
    requestor: { id: null, name: 'anna', displayName: null },
  },
  facts: { requestedHours: 72 },
  asset: null,
  history: { firstForAsset: true, refusal: { request: 'made-up', by: 'boss', at: SAMPLE_TIME, word: 'Rejected' } },
  gaps: [{ what: 'times', why: 'it was approved before it was asked for' }],
  texts: { flags: ['markup'], suspicious: true, contentFree: true },
  accessContext: {
    ...{ entitlement: 'payment:approve', classes: ['finance'], privileged: true, inRole: false, owner: null },
    ambiguous: ['payment:approve', 'test:read'],
    person: { known: true, roles: ['clerk'], department: null, manager: null },
    sodConflicts: [
      {
        ...{ pair: 'vendor:create + payment:approve', asked: 'payment:approve', held: 'vendor:create' },
        source: { kind: 'identity' },
      },
    ],
    approvals: { required: ['manager'], missing: ['manager'], onlySelf: false },
  },
  assessment: sampleRating({ risk: 'medium' }),
  floor: 'medium',
  risk: 'medium',
});

export const SAMPLE_HINDRANCE: Hindrance = {
  own: true,
  actedBefore: true,
  steering: true,
  doubt: { confidence: 0.6, needed: 0.85 },
  switchedOff: ['AUTO_APPROVE_LOW_RISK'],
  floor: [FLOOR_RULES['floor-burst'].about],
  risk: 'medium',
  disagreement: { kind: 'confirmation', action: 'approve', reason: 'risk', risk: 'high', limit: 'low' },
  cap: { cap: 'CAP_APPROVALS_PER_RUN', limit: 50 },
  policy: {
    ...{ action: 'approve', says: 'nothing is changed during the freeze', advice: 'wait until the freeze is over' },
    step: { kind: 'escalate', to: 'team change-board', ask: null },
  },
  window: 'over',
  recommended: { action: 'approve', mode: 'recommend', class: 'test' },
  control: { class: 'test' },
};

/** The same, of a person whom the circuit breaker isolates. */
export const SAMPLE_ISOLATION: Hindrance = {
  ...SAMPLE_HINDRANCE,
  cap: { cap: 'isolated', texts: 4, persons: null },
};
