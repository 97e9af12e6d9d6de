import { ACTION_NAMES } from '../domain/action.ts';
import type { PolicyCase } from '../domain/policy_case.ts';
import type { Judge } from './authorize.ts';
import { type Finding, topOf } from './place.ts';

/**
 * Asks the policies about two made-up cases before the first real one: one with every fact and one with as few as there
 * can be. A schema that was edited away from what the code hands over would otherwise refuse every request of every run.
 */
export function rehearsal(judge: Judge, schemaFile: string): Finding[] {
  const errors = [FULL, BARE].flatMap((facts) =>
    ACTION_NAMES.flatMap((action) => judge.authorize(action, facts).errors),
  );
  return [...new Set(errors)].map((error) => {
    return { place: topOf(schemaFile), message: `a made-up request cannot be decided: ${error.replaceAll('\n', ' ')}` };
  });
}

const HISTORY = { firstForAsset: false, requestsInHour: 1 };
const NO_NAMES = { requestor: null, asset: null, form: null };
const TEXTS = { flags: [], evidence: [], suspicious: false, contentFree: false, scoring: '', names: NO_NAMES };

const FULL: PolicyCase = {
  dossier: {
    request: {
      ...{
        id: 'made-up',
        status: 'Active',
        created: 0,
        approved: 0,
        completed: null,
        requestedFrom: 0,
        requestedTo: 1,
      },
      ...{ justification: 'x', exclusive: false, operation: 'x', entityType: 'x', level: 1, levels: 1, approvals: [] },
      asset: { id: 'x', name: 'x' },
      requestor: { id: 'x', name: 'x', displayName: 'x' },
      form: { id: 'x', name: 'x', type: 'x' },
    },
    facts: {
      ...{ own: false, requestorFrequency: 1, offHours: false },
      ...{ daysSinceCreated: 0, daysSinceApproved: 0, requestedHours: 1 },
    },
    asset: { id: 'x', name: 'x', type: 'x', containerPath: '/x', tags: ['x'] },
    history: HISTORY,
    texts: TEXTS,
    gaps: [],
  },
  accessContext: {
    ...{ entitlement: 'x:x', classes: ['x'], neverAuto: [], privileged: false, assetKnown: true, rolesDefined: true },
    person: { known: true, roles: ['x'], department: 'x', manager: 'x' },
    ...{ inRole: true, sodConflicts: [], maxHours: 1, owner: 'x', breakGlass: false },
    approvals: { required: [], missing: [], onlySelf: false },
  },
  assessment: { kind: 'scored', risk: 'low', normalised: false, flags: [], summary: '', comment: '' },
  ...{ floor: 'low', risk: 'low', history: HISTORY },
  text: TEXTS,
  settings: { approveUpTo: 'low', rejectFrom: 'critical', staleDays: 7, closeExpired: true },
};

const BARE: PolicyCase = {
  ...FULL,
  dossier: {
    request: {
      ...FULL.dossier.request,
      ...{
        approved: null,
        requestedFrom: null,
        requestedTo: null,
        justification: '',
        exclusive: null,
        operation: null,
      },
      ...{ entityType: null, asset: null, form: null, requestor: { id: null, name: null, displayName: null } },
    },
    facts: { ...FULL.dossier.facts, daysSinceApproved: null, requestedHours: null },
    asset: null,
    history: HISTORY,
    texts: TEXTS,
    gaps: [{ what: 'requestor', why: 'made up' }],
  },
  accessContext: {
    ...FULL.accessContext,
    ...{ entitlement: null, classes: [], assetKnown: false, rolesDefined: false, maxHours: null, owner: null },
    person: { known: false, roles: [], department: null, manager: null },
  },
  assessment: { kind: 'unscored', why: 'made up' },
  risk: null,
};
