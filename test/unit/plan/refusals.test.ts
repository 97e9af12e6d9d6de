import { describe, expect, test } from 'vitest';
import { capKeys } from '../../../src/decide/decide_all.ts';
import { type Plan, type PlanEntry, planDigest } from '../../../src/plan/plan.ts';
import { PlanError } from '../../../src/plan/plan_error.ts';
import { type Here, refuseUnfit, refuseUnrecorded } from '../../../src/plan/refusals.ts';
import { NOW } from '../../helpers/records.ts';
import { aPlan, aPlannedRun, HERE, HOUR, sha } from './plans.ts';

const later = (iso: string, ms: number): string => new Date(Date.parse(iso) + ms).toISOString();
const first = (plan: Plan, part: Partial<PlanEntry>): Plan => ({
  ...plan,
  entries: plan.entries.map((entry, i) => (i === 0 ? { ...entry, ...part } : entry)),
});

/** One change of every field there is. */
const CHANGES: Readonly<Record<string, (plan: Plan) => Plan>> = {
  plan_id: (plan) => ({ ...plan, plan_id: 'plan-another' }),
  run_id: (plan) => ({ ...plan, run_id: 'another' }),
  created: (plan) => ({ ...plan, created: later(plan.created, 1) }),
  expires: (plan) => ({ ...plan, expires: later(plan.expires, 24 * HOUR) }),
  policy_digest: (plan) => ({ ...plan, policy_digest: sha('other') }),
  prompt_digest: (plan) => ({ ...plan, prompt_digest: sha('other') }),
  vault_url: (plan) => ({ ...plan, vault_url: 'https://other.example' }),
  'entries: one more': (plan) => ({ ...plan, entries: [...plan.entries, ...plan.entries.slice(0, 1)] }),
  'entries: one less': (plan) => ({ ...plan, entries: plan.entries.slice(1) }),
  'entries: another order': (plan) => ({ ...plan, entries: [...plan.entries].reverse() }),
  request_id: (plan) => first(plan, { request_id: 'req-2' }),
  action: (plan) => first(plan, { action: 'reject' }),
  comment: (plan) => first(plan, { comment: 'The board said so.' }),
  'created of an entry': (plan) => first(plan, { created: null }),
  content_digest: (plan) => first(plan, { content_digest: sha('other') }),
  risk: (plan) => first(plan, { risk: 'medium' }),
  basis: (plan) => first(plan, { basis: ['another-policy'] }),
  confirmations: (plan) => first(plan, { confirmations: [{ kind: 'facts-only', risk: 'low' }] }),
  cap_keys: (plan) => first(plan, { cap_keys: { requestor: 'somebody', asset: 'something' } }),
};

function refusalOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return error.refusal;
  }
}

describe('A plan that was touched', () => {
  test.each(Object.keys(CHANGES))('is refused when %s was changed', (name) => {
    const altered = CHANGES[name]?.(aPlan()) as Plan;
    expect(refusalOf(() => refuseUnfit(altered, HERE))).toBe('altered');
  });

  test('every field of the plan and of an entry is in that list', () => {
    const plan = aPlan();
    const fields = [...Object.keys(plan), ...Object.keys(plan.entries[0] ?? {})];
    const missing = fields.filter(
      (field) => !['schema_version', 'entries', 'digest'].includes(field) && !CHANGES[field],
    );
    expect(missing).toEqual([]);
  });

  // These three only ever shorten a plan, lead to another record, or are compared with the place.
  const elsewhere = ['expires', 'created', 'run_id'];
  test.each(Object.keys(CHANGES).filter((name) => !elsewhere.includes(name)))(
    'is refused when %s was changed and the digest was made to fit: the record of the run says otherwise',
    (name) => {
      const altered = CHANGES[name]?.(aPlan()) as Plan;
      const forged = { ...altered, digest: planDigest(altered) };
      const check = () => {
        refuseUnfit(forged, HERE);
        refuseUnrecorded(forged, aPlannedRun(), capKeys);
      };
      expect(refusalOf(check)).not.toBeNull();
    },
  );

  test('a forged end lasts no longer than the settings say', () => {
    const plan = CHANGES.expires?.(aPlan()) as Plan;
    const forged = { ...plan, digest: planDigest(plan) };
    expect(refusalOf(() => refuseUnfit(forged, { ...HERE, now: NOW + 1000 + HOUR }))).toBe('expired');
  });
});

describe('A plan of another place or time', () => {
  const cases: readonly [string, Partial<Here>, string | null][] = [
    ['here and now', {}, null],
    ['at another vault', { vaultUrl: 'https://other.example' }, 'vault'],
    ['under another policy', { policyDigest: sha('edited') }, 'policy'],
    ['with other prompts', { promptDigest: sha('edited') }, 'prompts'],
    ['one millisecond before it expires', { now: NOW + 1000 + HOUR - 1 }, null],
    ['when it expires', { now: NOW + 1000 + HOUR }, 'expired'],
    ['earlier, because the setting was shortened', { now: NOW + 1000 + HOUR / 2, expiryMs: HOUR / 2 }, 'expired'],
    ['before it was made', { now: NOW - HOUR }, 'expired'],
    ['a little before it was made, by another clock', { now: NOW - 60_000 }, null],
  ];
  test.each(cases)('%s', (_what, here, refusal) => {
    expect(refusalOf(() => refuseUnfit(aPlan(), { ...HERE, ...here }))).toBe(refusal);
  });
});

describe('A plan and the record of its run', () => {
  const against = (record: Parameters<typeof refuseUnrecorded>[1]) =>
    refusalOf(() => refuseUnrecorded(aPlan(), record, capKeys));

  test('fit together', () => {
    expect(against(aPlannedRun())).toBeNull();
    expect(against(JSON.parse(JSON.stringify(aPlannedRun())))).toBeNull();
  });

  test('without the record it is refused, and the run is named', () => {
    expect(against(null)).toBe('record');
    expect(() => refuseUnrecorded(aPlan(), null, capKeys)).toThrow('20261120T054012000Z');
  });

  test('the record of an ordinary run, or of one that carried a plan out, is no record of a plan', () => {
    expect(against(aPlannedRun({ planId: null }))).toBe('altered');
    expect(against(aPlannedRun({ approvedBy: 'mia' }))).toBe('altered');
  });

  test('a plan that claims to be older than its run is refused', () => {
    expect(against(aPlannedRun({ startedAt: NOW + HOUR }))).toBe('altered');
  });
});
