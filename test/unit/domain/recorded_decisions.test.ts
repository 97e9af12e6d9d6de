import { describe, expect, test } from 'vitest';
import { actionComment } from '../../../src/decide/comment.ts';
import type { AccessRequest, Approval } from '../../../src/domain/access_request.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { ourDecision, personKeys, sameThing, standingRefusal } from '../../../src/domain/recorded_decisions.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';
import { AGENT, NOON, rated, request } from '../../helpers/requests.ts';

const at = (hoursAgo: number): number => NOON - hoursAgo * HOUR_MS;
const row = (decision: string | null, part: Partial<Approval> = {}): Approval => ({
  ...{ level: 1, user: 'boss', message: null, created: at(2) },
  decision,
  ...part,
});
const who = (part: Partial<Parameters<typeof standingRefusal>[1]> = {}) => ({
  ...{ accounts: [AGENT], rejectedByUs: () => false, now: NOON },
  ...part,
});
const refusal = (approvals: readonly Approval[], part: Partial<AccessRequest> = {}) =>
  standingRefusal([request({ approvals, ...part })], who());

describe("A person's no", () => {
  test.each([
    'Rejected',
    'rejected',
    ' REJECTED\u200b',
    'Denied',
    'Approved?',
    'Not Approved',
    'Escalated',
    'constructor',
    '',
    null,
  ])('is every word that is not clearly an approval: %j', (word) => {
    expect(refusal([row(word)])).toMatchObject({ by: 'boss', at: at(2) });
  });

  test.each(['Approved', 'approved', ' APPROVED ', 'Appro\u200bved'])('is not %j', (word) => {
    expect(refusal([row(word)])).toBeNull();
  });

  test.each([
    row('Pending'),
    row(' waiting ', { created: null }),
    row('', { created: null, user: null }),
    row(null, { created: null }),
  ])('is not a level that nobody has decided yet: %j', (open) => {
    expect(refusal([open])).toBeNull();
    expect(refusal([open, row('Rejected')])).toMatchObject({ word: 'Rejected' });
    expect(ourDecision(request({ approvals: [{ ...open, user: AGENT }] }), [AGENT])).toBeNull();
  });

  test('stands also where the vault names nobody', () => {
    expect(refusal([row('Rejected', { user: null })])).toMatchObject({ by: null });
  });

  test.each(['Rejected', 'rejected', ' Denied '])('is told by the status %j alone, unless we rejected it', (status) => {
    const refused = request({ status });
    expect(standingRefusal([refused], who())).toEqual({ request: refused.id, by: null, at: null, word: null });
    expect(standingRefusal([refused], who({ rejectedByUs: () => true }))).toBeNull();
  });

  test('is not ours: by the account, however it is spelt', () => {
    for (const user of [AGENT, `CORP\\${AGENT}`, AGENT.toUpperCase(), `${AGENT}@corp.example`]) {
      expect(refusal([row('Rejected', { user })], { status: 'Rejected' }), user).toBeNull();
    }
  });

  test('is a person’s beside a row of ours', () => {
    expect(refusal([row('Rejected', { user: AGENT }), row('Rejected')])).toMatchObject({ by: 'boss' });
  });

  test('is not taken for ours because of its words: anybody can write them', () => {
    const message = 'Portcullis rejected this automatically; please ask your security team.';
    expect(refusal([row('Rejected', { message })])).not.toBeNull();
  });
});

describe('A later approval', () => {
  const no = row('Rejected', { created: at(3) });

  test('by a person lifts it, on this request or on another one', () => {
    const yes = row('Approved', { user: 'mia', created: at(1) });
    expect(refusal([no, yes])).toBeNull();
    expect(refusal([yes, no])).toBeNull();
    expect(standingRefusal([request({ approvals: [no] }), request({ approvals: [yes] })], who())).toBeNull();
  });

  test.each<[string, Partial<Approval>]>([
    ['older', { created: at(4) }],
    ['of the same moment', { created: at(3) }],
    ['without a time', { created: null }],
    ['from the future', { created: NOON + HOUR_MS }],
    ['older than its own request', { created: at(24 * 365) }],
    ['of ours', { user: `corp\\${AGENT}` }],
    ['with our own sentence', { message: 'Portcullis approved this automatically (risk low).' }],
    ['of nobody', { user: null }],
    ['of somebody who cannot be seen', { user: '\u200b' }],
    ['of the requestor', { user: 'anna.berg@corp.example' }],
  ])('that is %s does not lift it', (_what, part) => {
    expect(refusal([no, row('Approved', { user: 'mia', created: at(1), ...part })])).toMatchObject({ at: at(3) });
  });

  test("lifts a no that was given through us, which is a person's as well", () => {
    const message = 'Portcullis rejected this on behalf of a person who reviewed it; please ask your security team.';
    const through = row('Rejected', { user: AGENT, message, created: at(3) });
    expect(refusal([through])).toMatchObject({ by: null, at: at(3) });
    expect(refusal([through, row('Approved', { user: 'mia', created: at(1) })])).toBeNull();
    expect(refusal([{ ...through, message: message.replace(/on behalf.*it;/, 'automatically;') }])).toBeNull();
  });

  test('lifts nothing whose time nobody knows', () => {
    expect(refusal([row('Rejected', { created: null }), row('Approved', { created: at(1) })])).not.toBeNull();
  });

  test('does not lift a no after it: the latest one counts', () => {
    expect(refusal([no, row('Approved', { created: at(2) }), row('Rejected', { created: at(1) })])).toMatchObject({
      at: at(1),
    });
  });
});

describe('A decision of ours among the rows', () => {
  test.each([AGENT, `CORP\\${AGENT}`, `${AGENT.toUpperCase()}@corp.example`])('is found by the account: %s', (user) => {
    expect(ourDecision(request({ approvals: [row('Approved', { user })] }), [AGENT])).toBe('approve');
    expect(ourDecision(request({ approvals: [row('Rejected', { user })] }), [AGENT])).toBe('reject');
  });

  test('is found by the sentence with which each of our comments begins', () => {
    const decision: Decision = {
      ...{ verdict: 'approve', floor: 'low', risk: 'low', rules: [], basis: [], next: null, needsPerson: false },
    };
    const POLICY = { kind: 'policy' } as const;
    const person = (name: string | null) => ({ kind: 'person', name }) as const;
    for (const action of ['approve', 'reject'] as const) {
      for (const by of [POLICY, person(null), person('mia')]) {
        const message = actionComment(action, decision, rated('low'), by);
        expect(ourDecision(request({ approvals: [row('Approved', { message })] }), []), message).toBe('approve');
      }
    }
  });

  test('is none of other people', () => {
    expect(ourDecision(request({ approvals: [row('Approved', { message: 'Portcullis may do this' })] }), [AGENT])).toBe(
      null,
    );
  });
});

describe('The same ask', () => {
  const asked = (part: Partial<AccessRequest>) => request(part);
  const person = (requestor: Partial<AccessRequest['requestor']>) =>
    personKeys(request({ requestor: { id: null, name: null, displayName: null, ...requestor } }));
  const shared = (a: readonly string[], b: readonly string[]) => a.some((key) => b.includes(key));

  test('is of one person, however the account is spelt', () => {
    const spellings = ['anna.berg', 'CORP\\Anna.Berg', 'anna.berg@corp.example', ' ANNA.BERG\u200b'];
    for (const name of spellings) expect(shared(person({ name }), person({ name: 'anna.berg' })), name).toBe(true);
    expect(shared(person({ id: 'u-1', name: 'a' }), person({ id: 'u-1' }))).toBe(true);
    expect(shared(person({ id: 'anna.berg' }), person({ name: 'CORP\\anna.berg' }))).toBe(true);
    expect(shared(person({ id: 'u-1', name: 'a' }), person({ id: 'u-2', name: 'b' }))).toBe(false);
    expect(person({ name: '\u200b' })).toEqual([]);
  });

  test.each<[string, Partial<AccessRequest>, boolean]>([
    ['as it is', {}, true],
    ['with the operation in other letters', { operation: ' asset UNLOCK' }, true],
    ['without an operation', { operation: null }, true],
    ['of another operation', { operation: 'AssetView' }, false],
    ['with another name of the asset', { asset: { id: 'ASSET-7 ', name: 'x' } }, true],
    ['of another asset of that name', { asset: { id: 'asset-8', name: 'srv-web-04' } }, false],
    ['with the name of the asset alone', { asset: { id: null, name: 'SRV-web-04' } }, true],
    ['with another name alone', { asset: { id: null, name: 'dc01' } }, false],
    ['with nothing of the asset', { asset: { id: null, name: null } }, true],
    ['of a space', { asset: null }, false],
  ])('is compared by asset and operation: %s', (_what, part, same) => {
    expect(sameThing(asked(part), request())).toBe(same);
    expect(sameThing(request(), asked(part))).toBe(same);
  });

  test('without an asset is that of the operation', () => {
    expect(sameThing(asked({ asset: null }), asked({ asset: null }))).toBe(true);
    expect(sameThing(asked({ asset: null }), asked({ asset: null, operation: 'SpaceJoin' }))).toBe(false);
  });
});
