import { expect, test } from 'vitest';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import { decidedContent, decidedContentOf01 } from '../../../src/domain/decided_content.ts';
import { request } from '../../helpers/requests.ts';

/** One change for every field of a request: a new field without a decision here does not compile. */
const CHANGES: Record<keyof AccessRequest, { to: Partial<AccessRequest>; counts: boolean }> = {
  id: { to: { id: 'req-2' }, counts: false },
  status: { to: { status: 'Approved' }, counts: true },
  created: { to: { created: 1 }, counts: true },
  approved: { to: { approved: 1 }, counts: true },
  completed: { to: { completed: 1 }, counts: false },
  requestedFrom: { to: { requestedFrom: null }, counts: true },
  requestedTo: { to: { requestedTo: 1 }, counts: true },
  justification: { to: { justification: '' }, counts: true },
  exclusive: { to: { exclusive: true }, counts: true },
  operation: { to: { operation: null }, counts: true },
  entityType: { to: { entityType: 'Space' }, counts: true },
  asset: { to: { asset: { id: 'asset-7', name: 'dc01' } }, counts: true },
  requestor: { to: { requestor: { id: 'u-17', name: 'CORP\\anna.berg', displayName: 'Boss' } }, counts: true },
  form: { to: { form: { id: 'f-1', name: 'Server access', type: 'Automatic' } }, counts: true },
  level: { to: { level: 2 }, counts: true },
  levels: { to: { levels: null }, counts: true },
  approvals: {
    to: { approvals: [{ level: 1, user: 'boss', decision: 'Approved', message: null, created: 1 }] },
    counts: true,
  },
  // A gap of the request, which is told right before a write too.
  unread: { to: { unread: [{ field: 'approvals', shape: 'a list of 1 list' }] }, counts: false },
};

test.each(Object.entries(CHANGES))('A change of %s', (_field, { to, counts }) => {
  expect(decidedContent(request(to)) !== decidedContent(request())).toBe(counts);
});

test('Two readings of an unchanged request are the same, whatever the order of their fields', () => {
  const reading = request();
  const reversed = Object.fromEntries(Object.entries(reading).reverse()) as AccessRequest;
  expect(decidedContent(reversed)).toBe(decidedContent(reading));
});

const ROW = { level: 1, user: 'boss', decision: 'Approved', message: 'ok', created: 1 };
const SECOND = { ...ROW, level: 2, user: 'mia' };

test('The rows of the vault count each, and their order does not', () => {
  const two = decidedContent(request({ approvals: [ROW, SECOND] }));
  expect(decidedContent(request({ approvals: [SECOND, ROW] }))).toBe(two);
  const others = [[ROW], [ROW, ROW], [ROW, { ...SECOND, decision: 'Rejected' }], [ROW, { ...SECOND, message: null }]];
  for (const approvals of others) expect(decidedContent(request({ approvals }))).not.toBe(two);
});

test('What version 0.1 wrote knows no rows', () => {
  expect(decidedContentOf01(request({ approvals: [ROW] }))).toBe(decidedContentOf01(request()));
});
