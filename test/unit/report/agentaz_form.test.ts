import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reviewed } from '../../../src/domain/run_record.ts';
import { AGENTAZ_DECISIONS, AgentazForm, agentazForm } from '../../../src/report/agentaz_form.ts';
import { plainLine } from '../../../src/text/plain_text.ts';
import { hostileText } from '../../helpers/hostile_texts.ts';
import { aReviewed, NOW, type Story } from '../../helpers/records.ts';

const SETTLED_STEP = {
  kind: 'observe',
  to: 'Portcullis',
  finding: 'it waits for nobody',
  ask: null,
  alternative: null,
} as const;
const done = (statusAfter: string): Reviewed['outcome'] => ({ kind: 'done', statusAfter, note: '' });
const form = (story: Story): AgentazForm => AgentazForm.parse(agentazForm(aReviewed(story)));

describe('what was decided, in the words of the blueprint', () => {
  test('an approval that was carried out is a grant with its end', () => {
    const story: Story = { verdict: 'approve', risk: 'low', outcome: done('Approved'), requestedTo: NOW + 3_600_000 };
    expect(form(story)).toMatchObject({
      ...{ decision: 'AUTO_PROVISION', risk: 'low', requested_access: 'test:operate', requester_role: 'developer' },
      grant: { access: 'test:operate', time_bound: new Date(NOW + 3_600_000).toISOString(), applied: true },
      escalation: { needed: false, to: null, reason: null },
      actions: ['approve: done'],
    });
  });

  test('where further levels have to be approved nothing is applied yet', () => {
    const one = form({ verdict: 'approve', risk: 'low', outcome: done('Active'), levels: 2 });
    expect([one.decision, one.grant.applied]).toEqual(['AUTO_PROVISION', false]);
  });

  test.each([
    ['approve', { kind: 'skipped', reason: 'observing', why: 'only observing' }],
    ['approve', { kind: 'unknown', why: 'no answer' }],
    ['reject', { kind: 'failed', why: 'the vault answered 500' }],
    ['close', { kind: 'skipped', reason: 'changed', why: 'it is Completed by now' }],
  ] as const)('%s that was not carried out (%o) is a person’s to decide', (verdict, outcome) => {
    expect(form({ verdict, outcome })).toMatchObject({
      decision: 'ESCALATE',
      grant: { access: null, time_bound: null, applied: false },
      escalation: { needed: true, reason: expect.stringContaining(`the policies say ${verdict}`) },
    });
  });

  test('a question for the requestor is asked, and says nothing else', () => {
    const next = {
      kind: 'request_info',
      to: 'requestor',
      finding: 'says nothing',
      ask: 'which ticket?',
      alternative: null,
    } as const;
    expect(form({ next })).toMatchObject({ decision: 'REQUEST_INFO', requester_note: 'which ticket?' });
  });

  test('a rejection is REJECT, which is ours', () => {
    expect(form({ verdict: 'reject', risk: 'critical' })).toMatchObject({ decision: 'REJECT', risk: 'high' });
    expect(AGENTAZ_DECISIONS.REJECT.ours).toBe(true);
  });

  test.each<[string, Story, string, boolean]>([
    ['granted by others', { status: 'Approved' }, 'SETTLED', false],
    [
      'granted by us in an earlier run',
      { status: 'Approved', facts: { ownDecision: 'approve' } },
      'AUTO_PROVISION',
      true,
    ],
    ['rejected by us in an earlier run', { status: 'Rejected', facts: { ownDecision: 'reject' } }, 'REJECT', false],
    ['approved by us, and over', { status: 'Completed', facts: { ownDecision: 'approve' } }, 'SETTLED', false],
    [
      'closed by us',
      { status: 'Approved', verdict: 'close', outcome: done('Completed'), next: null },
      'SETTLED',
      false,
    ],
  ])('%s', (_name, story, decision, applied) => {
    const one = form({ next: SETTLED_STEP, ...story });
    expect([one.decision, one.grant.applied]).toEqual([decision, applied]);
  });

  test.each([
    ['low', 'low'],
    ['medium', 'moderate'],
    ['high', 'high'],
    ['critical', 'high'],
    [null, 'high'],
  ] as const)('the risk %s is %s', (risk, word) => {
    expect(form({ risk }).risk).toBe(word);
  });

  test('what waits for a cap escalates to nobody', () => {
    const next = { ...SETTLED_STEP, finding: 'held back by a cap' };
    expect(form({ next, needsPerson: false }).escalation).toEqual({
      ...{ needed: false, to: 'Portcullis', reason: 'held back by a cap' },
    });
  });

  test('a lesser entitlement of the person is offered to them', () => {
    const { requester_note } = form({ accessContext: { lesser: { entitlement: 'staging:read', role: 'engineer' } } });
    expect(requester_note).toBe(
      'A person decides about this request. staging:read comes with the role engineer already.',
    );
  });
});

describe('what it never says', () => {
  test('the requestor is told nothing of what screening and model found', () => {
    const found = 'its text looks as if it wanted to steer the review (role tokens)';
    const next = {
      kind: 'escalate',
      to: 'security',
      finding: found,
      ask: null,
      alternative: 'ask the person',
    } as const;
    const one = form({ next, texts: { suspicious: true, flags: ['role-tokens'] } });
    expect(one.escalation).toEqual({ needed: true, to: 'security', reason: `${found}; ask the person` });
    expect(one.requester_note).toBe('A person decides about this request.');
  });

  test('a text of others stays one plain line', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const approvals = [{ level: 1, user: text, decision: text, message: text, created: null }];
        const person = { known: true, roles: [text], department: null, manager: null };
        const one = form({ approvals, accessContext: { entitlement: text, person }, next: null });
        const texts = [
          one.requester_role,
          one.requested_access,
          ...one.approvals.flatMap(({ by, decision }) => [by, decision]),
        ];
        for (const told of texts) expect(told).toBe(plainLine(told ?? '', 4000));
      }),
    );
  });
});
