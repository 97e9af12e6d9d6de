import type { Hindrance } from '../src/decide/next_step.ts';
import type { PolicyCase } from '../src/domain/policy_case.ts';

/** A request in which every finding occurs, so that each next step can be shown with its own words. */
export const SAMPLE_CASE: PolicyCase = {
  dossier: {
    request: {
      ...{ id: 'req-1', status: 'Active', created: 0, approved: null, completed: null, justification: '' },
      ...{ requestedFrom: null, requestedTo: null, exclusive: null, operation: null, entityType: null },
      ...{ asset: null, requestor: { id: null, name: 'anna', displayName: null }, form: null, level: 1, levels: 1 },
      approvals: [],
    },
    facts: {
      ...{ own: false, requestorFrequency: 1, offHours: false, requestedHours: 72 },
      ...{ daysSinceCreated: 0, daysSinceApproved: null },
    },
    asset: null,
    history: { firstForAsset: true, requestsInHour: 1 },
    texts: {
      ...{ flags: ['markup'], evidence: [], suspicious: true, contentFree: true, scoring: '' },
      names: { requestor: null, asset: null, form: null },
    },
    gaps: [],
  },
  accessContext: {
    entitlement: 'payment:approve',
    classes: ['finance'],
    neverAuto: [],
    privileged: true,
    assetKnown: true,
    person: { known: true, roles: ['clerk'], department: null, manager: null },
    rolesDefined: true,
    inRole: false,
    sodConflicts: [
      {
        ...{ pair: 'vendor:create + payment:approve', asked: 'payment:approve', held: 'vendor:create' },
        source: { kind: 'identity' },
      },
    ],
    maxHours: 24,
    owner: null,
    approvals: { required: ['manager'], missing: ['manager'], onlySelf: false },
    breakGlass: false,
  },
  assessment: {
    ...{ kind: 'scored', risk: 'medium', normalised: false, flags: [], summary: '', comment: '' },
  },
  floor: 'medium',
  risk: 'medium',
  history: { firstForAsset: true, requestsInHour: 1 },
  text: { flags: ['markup'], suspicious: true, contentFree: true },
  settings: { approveUpTo: 'low', rejectFrom: 'critical', staleDays: 7, closeExpired: false },
};

export const SAMPLE_HINDRANCE: Hindrance = {
  own: true,
  actedBefore: true,
  disagreement: 'the blind vote is high, approving is for low and below',
  cap: '50 approvals in one run (CAP_APPROVALS_PER_RUN)',
};
