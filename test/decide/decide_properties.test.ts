import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actionComment } from '../../src/decide/comment.ts';
import { type ActionPolicy, decide } from '../../src/decide/decide.ts';
import { riskFloor } from '../../src/decide/floor.ts';
import type { Action } from '../../src/request/action.ts';
import type { Assessment } from '../../src/request/assessment.ts';
import type { Dossier, Gap } from '../../src/request/dossier.ts';
import { atLeast, RISKS, type Risk } from '../../src/request/risk.ts';
import { dossierOf, rated, request } from '../helpers/requests.ts';

const risk = fc.constantFrom(...RISKS);
const status = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('Active', 'Approved') },
  fc.constantFrom('Rejected', 'Completed', 'Pending', 'ACTIVE', '__proto__', 'constructor'),
);
const gap: fc.Arbitrary<Gap> = fc.record({
  what: fc.constantFrom('requestor', 'asset', 'container', 'approval time'),
  why: fc.constant('403'),
});
const dossier: fc.Arbitrary<Dossier> = fc
  .record({
    status,
    justification: fc.constantFrom('', ' ', 'CHG0041877: patches', '\u200b'),
    id: fc.constantFrom('req-1', '__proto__', 'constructor', 'hasOwnProperty'),
    own: fc.boolean(),
    known: fc.boolean(),
    days: fc.option(fc.integer({ min: -1, max: 40 })),
    gaps: fc.array(gap, { maxLength: 2 }),
  })
  .map(({ own, days, gaps, known, ...part }) =>
    dossierOf(request({ ...part, ...(known ? {} : { requestor: { id: null, name: null, displayName: null } }) }), {
      facts: { own, daysSinceApproved: days },
      gaps,
    }),
  );
const assessment: fc.Arbitrary<Assessment> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(risk, fc.boolean()).map(([r, normalised]) => rated(r, { normalised })) },
  fc.constant<Assessment>({ kind: 'unscored', why: 'the model did not answer' }),
);
/** Also the pairs of thresholds that the configuration would refuse: deciding must not depend on that check. */
const policy: fc.Arbitrary<ActionPolicy> = fc.record({
  autoApprove: fc.boolean(),
  autoReject: fc.boolean(),
  autoCloseStale: fc.boolean(),
  approveUpTo: risk,
  rejectFrom: risk,
  staleDays: fc.integer({ min: 1, max: 30 }),
});
const past = fc.uniqueArray(fc.constantFrom<Action>('approve', 'reject', 'close'));
const actedOf = (actions: readonly Action[]) => (_id: string, action: Action) => actions.includes(action);

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

/** Checks something for every kind of request, rating, policy and past. */
const always = (check: (d: Dossier, a: Assessment, p: ActionPolicy, before: Action[]) => void) =>
  fc.assert(fc.property(dossier, assessment, policy, past, check), { numRuns: 1000 });

describe('Whatever the request, the rating, the settings and the past', () => {
  test('only a scored, understood, foreign, Active request that was never acted on is approved or rejected', () => {
    always((d, a, p, before) => {
      const { verdict } = decide(d, a, p, actedOf(before));
      if (verdict !== 'approve' && verdict !== 'reject') return;
      expect(d.request.status).toBe('Active');
      expect(d.facts.own).toBe(false);
      expect(a).toMatchObject({ kind: 'scored', normalised: false });
      expect(before).not.toContain('approve');
      expect(before).not.toContain('reject');
      expect(d.request.requestor.name).not.toBeNull();
      expect(verdict === 'approve' ? p.autoApprove : p.autoReject).toBe(true);
    });
  });

  test("only Approved and stale access is closed, once, and never the agent's own", () => {
    always((d, a, p, before) => {
      if (decide(d, a, p, actedOf(before)).verdict !== 'close') return;
      expect(d.request.status).toBe('Approved');
      expect(d.facts.daysSinceApproved).toBeGreaterThanOrEqual(p.staleDays);
      expect(d.facts.own).toBe(false);
      expect(before).not.toContain('close');
      expect(p.autoCloseStale).toBe(true);
    });
  });

  test("the final risk is never below the facts' floor and never below the model's view", () => {
    always((d, a, p, before) => {
      const decision = decide(d, a, p, actedOf(before));
      if (a.kind === 'unscored') expect(decision.risk).toBeNull();
      else {
        expect(decision.risk).not.toBeNull();
        expect(atLeast(decision.risk as Risk, riskFloor(d).risk)).toBe(true);
        expect(atLeast(decision.risk as Risk, a.risk)).toBe(true);
      }
    });
  });

  test('a higher rating never turns anything into an approval, and never takes back a rejection', () => {
    fc.assert(
      fc.property(dossier, risk, risk, policy, past, (d, one, other, p, before) => {
        const [low, high] = atLeast(one, other) ? [other, one] : [one, other];
        const [at, above] = [low, high].map((r) => decide(d, rated(r), p, actedOf(before)).verdict);
        if (above === 'approve') expect(at).toBe('approve');
        if (at === 'reject') expect(above).toBe('reject');
      }),
      { numRuns: 1000 },
    );
  });

  test('there is a reason for a person to read, and a person is asked exactly when something is left open', () => {
    always((d, a, p, before) => {
      const { verdict, rules, needsPerson, risk: final } = decide(d, a, p, actedOf(before));
      expect(rules.length).toBeGreaterThan(0);
      for (const { rule, says } of rules) {
        expect(rule).not.toBe('');
        expect(says).not.toMatch(/undefined|null|NaN|^\s*$/);
      }
      if (verdict === 'hold') expect(rules.some(({ rule }) => !rule.startsWith('floor-'))).toBe(true);
      const waits = d.request.status === 'Active' || (d.request.status === 'Approved' && final === 'critical');
      expect(needsPerson).toBe(verdict === 'hold' && waits);
    });
  });

  test('deciding changes nothing that it is given and gives the same answer twice', () => {
    always((d, a, p, before) => {
      for (const value of [d, a, p]) deepFreeze(value);
      const acted = actedOf(before);
      expect(decide(d, a, p, acted)).toEqual(decide(structuredClone(d), structuredClone(a), { ...p }, acted));
    });
  });

  test('a comment is one line, never empty, and begins with our own sentence', () => {
    always((d, a, p, before) => {
      const decision = decide(d, a, p, actedOf(before));
      if (decision.verdict === 'hold') return;
      const comment = actionComment(decision.verdict, decision, a);
      expect(comment).toMatch(/^Portcullis (approved|rejected|closed) this /);
      expect(comment).not.toMatch(/[\r\n]|undefined|null/);
    });
  });
});

test('The order of the requests does not matter: each is decided on its own', () => {
  const entry = fc.tuple(dossier, assessment);
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 2, maxLength: 8 }),
      policy,
      fc.infiniteStream(fc.nat()),
      (entries, p, dice) => {
        const verdicts = (list: typeof entries) => new Map(list.map((e) => [e, decide(e[0], e[1], p, () => false)]));
        const shuffled = entries
          .map((e) => ({ e, key: dice.next().value }))
          .sort((x, y) => x.key - y.key)
          .map(({ e }) => e);
        const [straight, mixed] = [verdicts(entries), verdicts(shuffled)];
        for (const e of entries) expect(mixed.get(e)).toEqual(straight.get(e));
      },
    ),
  );
});
