import { expect, test } from 'vitest';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import { changeSince } from '../../../src/plan/approve.ts';
import { aPlannedRun } from './plans.ts';

const then = aPlannedRun().reviewed[0]?.dossier.request as AccessRequest;
const NEW_ROW = { level: 1, user: 'boss', decision: 'Rejected', message: 'no', created: then.created + 1 };

const changes: readonly [string, AccessRequest | undefined, RegExp | null][] = [
  ['as it was', { ...then }, null],
  ['gone', undefined, /no longer in the list/],
  ['approved by somebody', { ...then, status: 'Approved', approved: 1 }, /from Active to Approved/],
  ['withdrawn', { ...then, status: 'Completed' }, /from Active to Completed/],
  ['with another justification', { ...then, justification: 'something else' }, /was changed/],
  ['for another asset', { ...then, asset: { id: 'dc01', name: then.asset?.name ?? null } }, /was changed/],
  ['for longer', { ...then, requestedTo: (then.requestedTo ?? 0) + 1 }, /was changed/],
  ['on another level', { ...then, level: 2 }, /was changed/],
  ['with an approval that is recorded now', { ...then, approvals: [...then.approvals, NEW_ROW] }, /was changed/],
];
test.each(changes)('A planned request that is %s', (_what, live, says) => {
  const change = changeSince(then, live);
  if (says === null) expect(change).toBeNull();
  else expect(change).toMatch(says);
});
