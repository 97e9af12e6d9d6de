import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Before, type Reconciled, reconcile } from '../../../src/act/reconcile.ts';
import type { AccessRequest, Approval } from '../../../src/domain/access_request.ts';
import { ACTION_NAMES, type Action } from '../../../src/domain/action.ts';
import { AGENT, NOON, request } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';

const MINUTE = 60_000;
const BEFORE: Before = { agentUsers: [AGENT], level: 1, intendedAt: NOON };
const entry = (user: string | null, decision: string | null, created: number | null = NOON + 1): Approval => ({
  level: 1,
  user,
  decision,
  message: null,
  created,
});
const live = (status: string, approvals: Approval[] = [], part: Partial<AccessRequest> = {}) =>
  request({ status, approvals, ...part });

const TABLE: readonly [string, Action, AccessRequest | null, Reconciled['found']][] = [
  ['the request is gone', 'approve', null, 'unclear'],
  ['it is as it was', 'approve', live('Active'), 'not done'],
  ['it is as it was', 'reject', live('Active'), 'not done'],
  ['it is as it was', 'close', live('Approved'), 'not done'],

  ['it is where the action leads', 'approve', live('Approved'), 'done'],
  ['it is where the action leads', 'reject', live('Rejected'), 'done'],
  ['it is where the action leads', 'close', live('Completed'), 'done'],

  ['the list of approvals names us', 'approve', live('Approved', [entry(AGENT, 'Approved')]), 'done'],
  [
    'the list of approvals names us with a domain',
    'approve',
    live('Approved', [entry(`CORP\\${AGENT}`, 'APPROVED')]),
    'done',
  ],
  [
    'the list of approvals names us on one of two levels',
    'approve',
    live('Active', [entry(AGENT, 'Approved')], { level: 2 }),
    'done',
  ],
  ['we approved and it ended since', 'approve', live('Completed', [entry(AGENT, 'Approved')]), 'done'],
  ['we approved and another rejected the next level', 'approve', live('Rejected', [entry(AGENT, 'Approved')]), 'done'],
  [
    'we and another approved',
    'approve',
    live('Approved', [entry(AGENT, 'Approved'), entry('boss', 'Approved')]),
    'done',
  ],
  ['our entry has no time', 'approve', live('Active', [entry(AGENT, 'Approved', null)]), 'done'],
  [
    'the clock of the vault is four minutes behind',
    'approve',
    live('Active', [entry(AGENT, 'Approved', NOON - 4 * MINUTE)]),
    'done',
  ],

  [
    'our entry is from long before',
    'approve',
    live('Active', [{ ...entry(AGENT, 'Approved', NOON - 60 * MINUTE), level: 0 }]),
    'not done',
  ],
  [
    'the list of approvals names us on that level, at a time that is long ago by our clock',
    'approve',
    live('Rejected', [entry(AGENT, 'Approved', NOON - 60 * MINUTE)]),
    'done',
  ],
  [
    'the list of approvals names us on a level before, long ago',
    'approve',
    live('Active', [{ ...entry(AGENT, 'Approved', NOON - 60 * MINUTE), level: 0 }]),
    'not done',
  ],
  ['our entry is the other decision', 'approve', live('Active', [entry(AGENT, 'Rejected')]), 'not done'],
  ['our entry has no decision', 'approve', live('Active', [entry(AGENT, null)]), 'not done'],

  ['the list of approvals names somebody else', 'approve', live('Approved', [entry('boss', 'Approved')]), 'not done'],
  ['the list of approvals names somebody else', 'reject', live('Rejected', [entry('boss', 'Rejected')]), 'not done'],
  ['the list of approvals names nobody', 'approve', live('Approved', [entry(null, 'Approved')]), 'done'],
  [
    'another approved the level before, long ago',
    'approve',
    live('Approved', [entry('boss', 'Approved', NOON - 60 * MINUTE)]),
    'done',
  ],

  ['a level was approved and nobody is named', 'approve', live('Active', [], { level: 2 }), 'unclear'],
  [
    'a level was approved, and the list spells the approver otherwise than us',
    'approve',
    live('Active', [entry('boss', 'Approved')], { level: 2 }),
    'unclear',
  ],
  ['it is Completed and nobody says whether it was granted', 'approve', live('Completed'), 'unclear'],
  ['it was withdrawn', 'reject', live('Completed'), 'not done'],
  ['it was rejected', 'approve', live('Rejected'), 'not done'],
  ['it was approved', 'reject', live('Approved'), 'not done'],
  ['its status is foreign', 'approve', live('Frozen'), 'not done'],
];

describe.each(ACTION_NAMES)('Whether our lost call to %s took effect', (action) => {
  test.each(TABLE.filter((row) => row[1] === action))('when %s', (_when, _action, seen, found) => {
    const judgement = reconcile(action, seen, BEFORE);
    expect(judgement.found).toBe(found);
    expect(judgement.says).toMatch(/^\S.*\S$/);
  });
});

test('Without any level told, an Active request is as it was', () => {
  expect(
    reconcile('approve', live('Active', [], { level: null, levels: null }), { ...BEFORE, level: null }).found,
  ).toBe('not done');
  expect(reconcile('approve', live('Active', [], { level: 3 }), { ...BEFORE, level: null }).found).toBe('not done');
});

test('Whose work it was is certain only where the list of approvals names us', () => {
  expect(reconcile('approve', live('Approved', [entry(AGENT, 'Approved')]), BEFORE).namesUs).toBe(true);
  expect(reconcile('approve', live('Approved'), BEFORE).namesUs).toBeUndefined();
  expect(
    reconcile('approve', live('Approved', [entry(AGENT, 'Approved')]), { ...BEFORE, agentUsers: ['other'] }).namesUs,
  ).toBeUndefined();
});

test('A list of approvals that names us never gives "not done", and nothing throws', () => {
  const approval: fc.Arbitrary<Approval> = fc.record({
    level: fc.option(fc.integer()),
    user: fc.option(fc.oneof(fc.constantFrom(AGENT, 'boss', ''), fc.string({ unit: 'binary' }))),
    decision: fc.option(fc.oneof(fc.constantFrom('Approved', 'Rejected', 'approved'), fc.string({ unit: 'binary' }))),
    message: fc.option(fc.string()),
    created: fc.option(fc.integer({ min: NOON - 1e7, max: NOON + 1e7 })),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...ACTION_NAMES),
      fc.constantFrom('Active', 'Approved', 'Rejected', 'Completed', '__proto__'),
      fc.array(approval, { maxLength: 4 }),
      fc.option(fc.integer({ min: 0, max: 3 })),
      (action, status, approvals, level) => {
        const { found, namesUs } = reconcile(action, live(status, approvals, { level }), BEFORE);
        if (namesUs) expect(found).toBe('done');
        const word = { approve: 'approved', reject: 'rejected', close: null }[action];
        const ours = approvals.some(
          (a) => a.user === AGENT && a.decision?.toLowerCase() === word && (a.created === null || a.created >= NOON),
        );
        if (ours) expect(found).toBe('done');
      },
    ),
    { numRuns: examples(500) },
  );
});
