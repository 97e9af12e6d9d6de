import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccessContext } from '../../../src/domain/access_context.ts';
import type { Approval } from '../../../src/domain/access_request.ts';
import { ACTION_NAMES, type Action } from '../../../src/domain/action.ts';
import type { Dossier } from '../../../src/domain/dossier.ts';
import type { PolicyCase } from '../../../src/domain/policy_case.ts';
import { loadPolicy, type Policy } from '../../../src/policy/load.ts';
import { granted, NOON, rated, UNSCORED } from '../../helpers/requests.ts';
import { type DossierPart, dossier, harmless, policyCase, policyWith, SHIPPED } from './cases.ts';

const accessContext = (part: Partial<AccessContext>) => policyCase({ accessContext: { ...harmless, ...part } });
const about = (part: DossierPart) => policyCase({ dossier: dossier(part) });
const text = (part: Partial<PolicyCase['text']>) => policyCase({ text: { ...policyCase().text, ...part } });
const settings = (part: Partial<PolicyCase['settings']>, rest: Partial<PolicyCase> = {}) =>
  policyCase({ ...rest, settings: { ...policyCase().settings, ...part } });
const approved = (days: number | null, hoursUntilStart = 0): Dossier => {
  const at = days === null ? null : NOON - days * 86_400_000;
  const requestedFrom = at === null ? NOON : at + hoursUntilStart * 3_600_000;
  return dossier({ request: { ...granted(), approved: at, requestedFrom }, facts: { daysSinceApproved: days } });
};
const open = (days: number, part: Partial<AccessContext> = {}, closeExpired = true, hoursUntilStart = 0) =>
  settings({ closeExpired }, { dossier: approved(days, hoursUntilStart), accessContext: { ...harmless, ...part } });
/** One of the text, which names the requestor, somebody else, or nobody knows whom. */
const ticket = (namesRequestor: boolean | null) => ({
  ...{ cited: ['INC0000001'], found: true, open: true, namesAsset: null, windowFits: null, unknown: [] },
  namesRequestor,
});
const nobody = { id: null, name: null, displayName: null };
const pair = { pair: 'a:b + c:d', asked: 'a:b', held: 'c:d', source: { kind: 'identity' } } as const;

/** For each shipped policy: cases in which it is part of the answer, and the nearest ones in which it is not. */
const CASES: Readonly<Record<string, { action: Action; decides: PolicyCase[]; silent: PolicyCase[] }>> = {
  'approve-low-risk': {
    action: 'approve',
    decides: [policyCase(), settings({ approveUpTo: 'medium' }, { risk: 'medium' })],
    silent: [policyCase({ risk: 'medium' }), policyCase({ risk: null })],
  },
  'no-approval-unscored': {
    action: 'approve',
    decides: [policyCase({ assessment: UNSCORED, risk: null }), policyCase({ assessment: UNSCORED })],
    silent: [policyCase()],
  },
  'no-approval-guessed-risk': {
    action: 'approve',
    decides: [policyCase({ assessment: rated('low', { normalised: true }) })],
    silent: [policyCase(), policyCase({ assessment: UNSCORED, risk: null })],
  },
  'no-approval-suspicious-text': {
    action: 'approve',
    decides: [text({ suspicious: true })],
    silent: [text({ flags: ['x'] })],
  },
  'no-approval-without-reason': {
    action: 'approve',
    decides: [
      text({ contentFree: true }),
      about({ request: { justification: '' } }),
      about({ request: { justification: ' ./-\u2060' } }),
    ],
    silent: [about({ request: { justification: '7' } })],
  },
  'no-approval-unknown-asset': {
    action: 'approve',
    decides: [accessContext({ assetKnown: false })],
    silent: [policyCase()],
  },
  'no-approval-unknown-entitlement': {
    action: 'approve',
    decides: [accessContext({ entitlement: null })],
    silent: [policyCase()],
  },
  'no-approval-privileged': {
    action: 'approve',
    decides: [accessContext({ privileged: true })],
    silent: [policyCase()],
  },
  'no-approval-never-auto': {
    action: 'approve',
    decides: [accessContext({ classes: ['production'], neverAuto: ['production'] })],
    silent: [accessContext({ classes: ['production'] })],
  },
  'no-approval-window-too-long': {
    action: 'approve',
    decides: [about({ facts: { requestedHours: 24.1 } }), about({ facts: { requestedHours: null } })],
    silent: [
      about({ facts: { requestedHours: 24 } }),
      policyCase({ ...about({ facts: { requestedHours: null } }), accessContext: { ...harmless, maxHours: null } }),
    ],
  },
  'no-approval-unknown-requestor': {
    action: 'approve',
    decides: [about({ request: { requestor: nobody } }), about({ gaps: [{ what: 'requestor', why: 'x' }] })],
    silent: [policyCase()],
  },
  'no-approval-out-of-role': {
    action: 'approve',
    decides: [accessContext({ rolesDefined: true })],
    silent: [
      accessContext({ rolesDefined: true, inRole: true }),
      accessContext({}),
      // Whoever is not known is left to a person for that, and is not out of role.
      policyCase({ ...about({ request: { requestor: nobody } }), accessContext: { ...harmless, rolesDefined: true } }),
    ],
  },
  'no-approval-duties-in-conflict': {
    action: 'approve',
    decides: [accessContext({ sodConflicts: [pair] })],
    silent: [policyCase()],
  },
  'no-approval-missing-approval': {
    action: 'approve',
    decides: [accessContext({ approvals: { required: ['owner'], missing: ['owner'], onlySelf: false } })],
    silent: [accessContext({ approvals: { required: ['owner'], missing: [], onlySelf: false } })],
  },
  'no-approval-only-self': {
    action: 'approve',
    decides: [accessContext({ approvals: { required: [], missing: [], onlySelf: true } })],
    silent: [policyCase()],
  },
  'no-approval-foreign-ticket': {
    action: 'approve',
    decides: [policyCase({ dossier: { ...dossier(), tickets: ticket(false) } })],
    silent: [
      policyCase({ dossier: { ...dossier(), tickets: ticket(true) } }),
      policyCase({ dossier: { ...dossier(), tickets: ticket(null) } }),
      policyCase(),
    ],
  },
  'reject-high-risk': {
    action: 'reject',
    decides: [policyCase({ risk: 'critical' }), settings({ rejectFrom: 'high' }, { risk: 'high' })],
    silent: [policyCase({ risk: 'high' }), policyCase({ risk: null })],
  },
  'no-rejection-unrated': {
    action: 'reject',
    decides: [
      policyCase({ assessment: UNSCORED, risk: 'critical' }),
      policyCase({ assessment: rated('critical', { normalised: true }), risk: 'critical' }),
    ],
    silent: [policyCase({ risk: 'critical' })],
  },
  'close-stale': {
    action: 'close',
    decides: [
      policyCase({ dossier: approved(7) }),
      policyCase({ dossier: approved(30), assessment: UNSCORED, risk: null }),
    ],
    silent: [policyCase({ dossier: approved(6) }), policyCase({ dossier: approved(null) })],
  },
  'close-past-maximum': {
    action: 'close',
    decides: [open(2), open(1, { maxHours: 8 })],
    silent: [
      open(1),
      open(2, {}, false),
      open(2, { maxHours: null }),
      // Approved two days ago for a window that began an hour ago: there is nothing to take back yet.
      open(2, {}, true, 47),
    ],
  },
  'break-glass-is-for-people': {
    action: 'reject',
    decides: [policyCase({ accessContext: { ...harmless, breakGlass: true }, risk: 'critical' })],
    silent: [policyCase({ risk: 'critical' })],
  },
};

let shipped: Policy;
beforeAll(async () => {
  shipped = await loadPolicy(SHIPPED);
});

describe('each shipped policy, and no other, is why', () => {
  test('every policy has its cases, and every case its policy', () => {
    expect(Object.keys(CASES).sort()).toEqual(shipped.policies.map(({ id }) => id).sort());
  });

  test.each(Object.entries(CASES))('%s', (id, { action, decides, silent }) => {
    const own = shipped.policies.find((policy) => policy.id === id);
    for (const facts of decides) {
      const answer = shipped.authorize(action, facts);
      expect(answer.basis).toContain(id);
      expect(answer.says[answer.basis.indexOf(id)]).toBe(own?.says);
      expect(answer.allowed).toBe(own?.effect === 'permit');
      expect(answer.errors).toEqual([]);
    }
    for (const facts of silent) {
      const answer = shipped.authorize(action, facts);
      expect(answer.basis).not.toContain(id);
      expect(answer.errors).toEqual([]);
    }
  });

  test('break-glass is left alone by all three actions', () => {
    const facts = open(30, { breakGlass: true });
    for (const action of ACTION_NAMES) {
      for (const risk of ['low', 'critical'] as const) {
        expect(shipped.authorize(action, { ...facts, risk })).toMatchObject({
          allowed: false,
          basis: ['break-glass-is-for-people'],
        });
      }
    }
  });

  test('what no policy permits is not allowed, and there is nobody to name for it', () => {
    expect(shipped.authorize('approve', policyCase({ risk: 'medium' }))).toEqual({
      allowed: false,
      basis: [],
      says: [],
      errors: [],
    });
  });

  test('all that apply are listed, the permit beside the forbids that outweigh it', () => {
    const { policies } = shipped.matching('approve', accessContext({ privileged: true, entitlement: null }));
    expect(policies.map(({ id, effect }) => [id, effect])).toEqual([
      ['approve-low-risk', 'permit'],
      ['no-approval-privileged', 'forbid'],
      ['no-approval-unknown-entitlement', 'forbid'],
    ]);
  });
});

describe('from a request to the answer', () => {
  const edited = (from: string, to: string) => (access: string) => {
    expect(access).toContain(`\n${from}\n`);
    return access.replace(`\n${from}\n`, `\n${to}\n`);
  };
  let policy: Policy;
  // Loaded once for all tests of this group, in the first of them: its folder goes when that test is over.
  beforeEach(async () => {
    policy ??= await policyWith({ 'access.yml': accessWithPeople() });
  });
  const accessWithPeople = () =>
    [
      edited(
        'roles: {}',
        'roles: { helpdesk: { standard: ["workstation:read"] }, buyer: { standard: ["payment:*", "vendor:*"] } }',
      ),
      edited(
        'identities: {}',
        'identities: { people: [{ user: anna.berg, roles: [helpdesk, buyer], manager: boss }] }',
      ),
      edited('  finance: [owner]', '  finance: [owner]\n  workstation: [manager]'),
    ].reduce((text, edit) => edit(text), readFileSync(join(SHIPPED, 'access.yml'), 'utf8'));

  const signed = (user: string): Approval[] => [{ level: 1, user, decision: 'Approved', message: null, created: NOON }];
  const decided = (one: Dossier, others: readonly Dossier[] = []) => {
    const found = policy.classify([one, ...others], NOON).get(one.request.id);
    if (found === undefined) throw new Error('the request has no access context');
    return policy.authorize('approve', policyCase({ dossier: one, accessContext: found }));
  };
  const view = (part: DossierPart['request'] = {}) =>
    dossier({ request: { operation: 'AssetView', approvals: signed('boss'), ...part } });

  test('standard read access with the approval on record may be approved', () => {
    expect(decided(view())).toMatchObject({ allowed: true, basis: ['approve-low-risk'] });
    expect(decided(view({ approvals: [] })).basis).toEqual(['no-approval-missing-approval']);
    expect(decided(view({ approvals: signed('anna.berg') })).basis).toEqual([
      'no-approval-missing-approval',
      'no-approval-only-self',
    ]);
    expect(decided(view({ operation: 'AssetUnlock' })).basis).toEqual(['no-approval-out-of-role']);
    expect(decided(view({ requestor: { id: 'x', name: 'eve', displayName: null } })).basis).toEqual([
      'no-approval-missing-approval',
      'no-approval-unknown-requestor',
    ]);
  });

  test('production administration is not', () => {
    const admin = dossier({
      asset: { containerPath: '/Production/Servers', type: 'Linux Server', tags: [] },
      request: { operation: 'AssetEdit', approvals: signed('boss') },
    });
    expect(decided(admin)).toMatchObject({
      allowed: false,
      basis: ['no-approval-never-auto', 'no-approval-out-of-role', 'no-approval-privileged'],
    });
  });

  test('approving payments on top of creating vendors is not, and the pair is named', () => {
    const duty = (id: string, tag: string, part: DossierPart['request'] = {}) =>
      dossier({
        asset: { id, containerPath: '/Apps', tags: [`Duty :: ${tag}`] },
        request: { id, approvals: signed('finance-controller'), ...part },
      });
    const asks = duty('asked', 'Payment Approval');
    const holds = duty('held', 'Vendor Master', { ...granted(), id: 'held', requestedTo: NOON + 1 });
    expect(decided(asks)).toMatchObject({ allowed: true });
    expect(decided(asks, [holds])).toMatchObject({ allowed: false, basis: ['no-approval-duties-in-conflict'] });
    expect(policy.classify([asks, holds], NOON).get('asked')?.sodConflicts).toMatchObject([
      { pair: 'vendor:create + payment:approve', held: 'vendor:create', source: { kind: 'request', id: 'held' } },
    ]);
  });

  test.each([
    ['/Tier 0/Domain Controllers', [], ['domain-controllers']],
    ['/Tier 0/PKI', [], ['domain-controllers', 'security-tooling']],
    ['Root Container / Tier 0 / PKI', [], ['domain-controllers', 'security-tooling']],
    // The example of the vendor's guide.
    ['Root Container / Servers / Domain Controllers', ['Component :: Server :: Windows'], ['domain-controllers']],
    ['/Domain Controllers', ['Component :: Server :: Windows'], ['domain-controllers']],
    ['/EU/domaincontrollers (old)/Berlin', [], ['domain-controllers']],
    ['/Automation', [], ['vault-and-agent']],
    ['/Production/Databases', [], ['production', 'sensitive-data']],
    ['/Production/Network', [], ['production']],
    ['/Test', ['Environment :: Production'], ['production']],
    ['/Workstations', ['Component :: Firewall :: Edge'], ['security-tooling']],
    ['/Workstations', ['Classification :: Personal Data'], ['sensitive-data']],
  ])('%s with tags %j is never automatic', (containerPath, tags, neverAuto) => {
    const one = dossier({ asset: { containerPath, tags } });
    expect(policy.classify([one], NOON).get('req-1')?.neverAuto).toEqual(neverAuto);
    expect(decided(one).basis).toContain('no-approval-never-auto');
  });
});
