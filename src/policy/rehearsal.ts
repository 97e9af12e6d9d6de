import { ACTION_NAMES } from '../domain/action.ts';
import type { Authorization } from './authorize.ts';
import { type Finding, topOf } from './place.ts';
import { sampleCase } from './samples.ts';

/**
 * Asks the policies about two made-up cases before the first real one: one with every fact and one with as few as there
 * can be. A schema that was edited away from what the code hands over would otherwise refuse every request of every run.
 */
export function rehearsal(authorization: Authorization, schemaFile: string): Finding[] {
  const errors = [FULL, BARE].flatMap((facts) =>
    ACTION_NAMES.flatMap((action) => authorization.authorize(action, facts).errors),
  );
  return [...new Set(errors)].map((error) => {
    return { place: topOf(schemaFile), message: `a made-up request cannot be decided: ${error.replaceAll('\n', ' ')}` };
  });
}

const FULL = sampleCase({
  request: { approved: 0, form: { id: 'x', name: 'x', type: 'x' } },
  facts: { daysSinceApproved: 0 },
  asset: { id: 'x', name: 'x', type: 'x', containerPath: '/x', tags: ['x'] },
  accessContext: { classes: ['x'], person: { known: true, roles: ['x'], department: 'x', manager: 'x' } },
});

const BARE = sampleCase({
  request: {
    ...{ requestedFrom: null, requestedTo: null, justification: '', exclusive: null, operation: null },
    ...{ entityType: null, asset: null, requestor: { id: null, name: null, displayName: null } },
  },
  facts: { requestedHours: null },
  asset: null,
  gaps: [{ what: 'requestor', why: 'made up' }],
  accessContext: {
    ...{ entitlement: null, assetKnown: false, rolesDefined: false, maxHours: null, owner: null },
    person: { known: false, roles: [], department: null, manager: null },
  },
  assessment: { kind: 'unscored', why: 'made up' },
  risk: null,
});
