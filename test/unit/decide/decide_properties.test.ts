import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actionComment } from '../../../src/decide/comment.ts';
import { type ActionPolicy, decide, type Subject } from '../../../src/decide/decide.ts';
import { riskFloor } from '../../../src/decide/floor.ts';
import type { Action } from '../../../src/domain/action.ts';
import { ANOMALY_FLAG_NAMES, type Assessment } from '../../../src/domain/assessment.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { atLeast, atMost, type Risk } from '../../../src/domain/risk.ts';
import { hoursGranted } from '../../../src/phrases/hours_granted.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { rated, UNSCORED } from '../../helpers/requests.ts';
import { told } from '../../helpers/traces.ts';
import { examples } from '../../suite/property_runs.ts';
import { actedBefore, assessment, confirmation, facts, policy, risk } from './arbitraries.ts';
import { actedOf, confirmed, permitAll, permitting, SHIPPED } from './subjects.ts';

const shipped = await loadPolicy(SHIPPED);

type Drawn = {
  subject: Subject;
  confirmation: Confirmation | undefined;
  policy: ActionPolicy;
  before: Action[];
};
const drawn: fc.Arbitrary<Drawn> = fc
  .record({ facts, assessment, confirmation, policy, before: actedBefore })
  .map(({ facts: about, assessment: a, ...rest }) => ({ subject: { ...about, assessment: a }, ...rest }));
const decided = (
  { subject, confirmation: v, policy: p, before }: Drawn,
  engine: typeof permitAll = shipped,
): Decision => decide(subject, confirmed(v), { policy: p, engine, acted: actedOf(...before) });

/** Counted over the file: a property about approvals proves nothing when nothing is approved. */
const seen = { approve: 0, reject: 0, close: 0, hold: 0 };

/** Checks something for every kind of request, access context, rating, confirmation, setting and history, under the shipped policies. */
const always = (check: (given: Drawn, decision: Decision) => void, numRuns = 400) =>
  fc.assert(
    fc.property(drawn, (given) => {
      const decision = decided(given);
      seen[decision.verdict]++;
      check(given, decision);
    }),
    { numRuns: examples(numRuns) },
  );

/** Flags of the first reading that an approval never has. */
const BARRING = ['injection_suspected', 'weak_justification', 'justification_mismatch'] as const;
const sureEnough = (reading: Assessment, { confidenceNeeded }: ActionPolicy): boolean =>
  confidenceNeeded === 0 || (reading.kind === 'scored' && (reading.confidence ?? -1) >= confidenceNeeded);

describe('Whatever the request, its access context, the ratings, the settings and the action history', () => {
  test('only what is harmless in every respect is approved', { timeout: 240_000 }, () => {
    seen.approve = 0;
    always(
      (
        { subject: { dossier, accessContext, assessment: a }, confirmation: v, policy: p, before },
        { verdict, risk: final },
      ) => {
        if (verdict !== 'approve') return;
        expect(dossier.request.status).toBe('Active');
        expect(dossier.facts.own).toBe(false);
        expect(dossier.request.requestor.name).not.toBeNull();
        expect(dossier.texts).toMatchObject({ suspicious: false, contentFree: false });
        expect(dossier.request.justification).toMatch(/\w/);
        for (const gap of ['requestor', 'times', 'window'] as const)
          expect(dossier.gaps.map(({ what }) => what)).not.toContain(gap);
        expect(dossier.facts.times?.fault ?? null).toBeNull();
        const { times, requestedHours } = dossier.facts;
        const counted = times === undefined ? requestedHours : times.contiguousHours;
        if (accessContext.maxHours !== null) expect(counted ?? Infinity).toBeLessThanOrEqual(accessContext.maxHours);
        expect(accessContext).toMatchObject({
          privileged: false,
          neverAuto: [],
          sodConflicts: [],
          breakGlass: false,
          assetKnown: true,
          approvals: { missing: [], onlySelf: false },
        });
        expect(accessContext.entitlement).not.toBeNull();
        expect(accessContext.inRole || !accessContext.rolesDefined).toBe(true);
        expect(a).toMatchObject({ kind: 'scored', normalised: false });
        if (a.kind === 'scored') for (const flag of BARRING) expect(a.flags).not.toContain(flag);
        expect(sureEnough(a, p) && v !== undefined && sureEnough(v.assessment, p)).toBe(true);
        expect(v?.assessment.kind === 'scored' && v.assessment.flags).not.toContain('injection_suspected');
        expect(v).toMatchObject({ kind: 'facts-only', assessment: { kind: 'scored', normalised: false } });
        expect(v?.assessment.kind === 'scored' && atMost(v.assessment.risk, p.approveUpTo)).toBe(true);
        expect(final !== null && atMost(final, p.approveUpTo)).toBe(true);
        expect(p.autoApprove).toBe(true);
        expect(before).not.toContain('approve');
        expect(before).not.toContain('reject');
      },
      1_600,
    );
    expect(seen.approve, 'something was approved at all').toBeGreaterThan(20);
  });

  test('only what was rated and confirmed high enough, and is no emergency, is rejected', { timeout: 240_000 }, () => {
    seen.reject = 0;
    always(
      (
        { subject: { dossier, accessContext, assessment: a }, confirmation: v, policy: p, before },
        { verdict, risk: final },
      ) => {
        if (verdict !== 'reject') return;
        expect(dossier.request.status).toBe('Active');
        expect(dossier.facts.own || accessContext.breakGlass).toBe(false);
        expect(a).toMatchObject({ kind: 'scored', normalised: false });
        expect(final !== null && atLeast(final, p.rejectFrom)).toBe(true);
        expect(v?.kind).toBe('single');
        expect(sureEnough(a, p) && v !== undefined && sureEnough(v.assessment, p)).toBe(true);
        expect(v?.assessment.kind === 'scored' && atLeast(v.assessment.risk, p.rejectFrom)).toBe(true);
        expect(p.autoReject).toBe(true);
        expect(before).not.toContain('approve');
        expect(before).not.toContain('reject');
      },
      600,
    );
    expect(seen.reject, 'something was rejected at all').toBeGreaterThan(10);
  });

  test("only Approved access that is stale or past its maximum is closed, once, and never the agent's own", () => {
    seen.close = 0;
    always(({ subject: { dossier, accessContext }, policy: p, before }, { verdict, basis }) => {
      if (verdict !== 'close') return;
      expect(dossier.request.status).toBe('Approved');
      expect(dossier.facts.own || accessContext.breakGlass).toBe(false);
      expect(before).not.toContain('close');
      expect(dossier.gaps.map(({ what }) => what)).not.toContain('times');
      const hours = hoursGranted(dossier) ?? -1;
      const within = accessContext.maxHours !== null && hours <= accessContext.maxHours;
      const over = dossier.facts.times?.fault === 'over';
      const stale = p.autoCloseStale && hours >= p.staleDays * 24 && (over || !within);
      expect(stale || (p.autoCloseExpired && basis.includes('close-past-maximum'))).toBe(true);
    });
    expect(seen.close, 'something was closed at all').toBeGreaterThan(10);
  });

  test("the final risk is never below the facts' floor and never below the model's view", () => {
    always(({ subject, confirmation }, decision) => {
      const { assessment: a } = subject;
      expect(decision.floor).toBe(riskFloor({ ...subject, confirming: confirmation?.assessment }).risk);
      if (a.kind === 'unscored') expect(decision.risk).toBeNull();
      else {
        expect(atLeast(decision.risk as Risk, decision.floor)).toBe(true);
        expect(atLeast(decision.risk as Risk, a.risk)).toBe(true);
      }
    });
  });

  test('there is a reason for a person to read, and whom it waits for', { timeout: 240_000 }, () => {
    always(({ subject: { dossier, accessContext } }, { verdict, rules, needsPerson, risk: final, next, basis }) => {
      expect(rules.length).toBeGreaterThan(0);
      const said = told({ rules });
      expect(rules[0]?.kind, 'the floor alone is no reason').not.toBe('risk-floor');
      for (const { rule, says } of said) {
        expect(rule).not.toBe('');
        expect(says).not.toMatch(/undefined|null|NaN|^\s*$/);
      }
      expect(new Set(basis).size).toBe(basis.length);
      if (verdict !== 'hold') {
        expect(basis.length).toBeGreaterThan(0);
        expect(basis).toContain(said[0]?.rule);
      }
      const { status } = dossier.request;
      const impossible = !dossier.facts.own && dossier.gaps.some(({ what }) => what === 'times');
      const waits =
        status === 'Active' ||
        (status === 'Approved' && (final === 'critical' || accessContext.breakGlass || impossible));
      expect(needsPerson).toBe(verdict === 'hold' && waits);
      expect(next === null).toBe(verdict !== 'hold');
      expect(JSON.stringify(next)).not.toMatch(/undefined|NaN/);
      if (needsPerson && next?.kind === 'observe') expect(rules[0]?.kind).toBe('cap');
    });
  });

  test('deciding changes nothing that it is given and gives the same answer twice', () => {
    always((given, decision) => {
      deepFreeze(given);
      expect(decided(structuredClone(given))).toEqual(decision);
      expect(decided(given)).toEqual(decision);
    }, 150);
  });

  test('a comment is one line, never empty, and begins with our own sentence', () => {
    always(({ subject }, decision) => {
      if (decision.verdict === 'hold') return;
      const comment = actionComment(decision.verdict, decision, subject.assessment);
      expect(comment).toMatch(/^Portcullis (approved|rejected|closed) this automatically/);
      expect(comment).not.toMatch(/[\r\n]|undefined|null/);
    });
  });
});

describe('Also where the policies permit whatever is asked', () => {
  test('nothing is approved or rejected that a gate, the confirmation or the action history speaks against', () => {
    fc.assert(
      fc.property(drawn, fc.boolean(), (given, approves) => {
        const { verdict } = decided(given, approves ? permitting('approve') : permitAll);
        if (verdict !== 'approve' && verdict !== 'reject') return;
        const { subject, confirmation: v, before } = given;
        expect(subject.dossier.request.status).toBe('Active');
        expect(subject.dossier.facts.own).toBe(false);
        expect(subject.assessment).toMatchObject({ kind: 'scored', normalised: false });
        expect(v).toMatchObject({ kind: verdict === 'approve' ? 'facts-only' : 'single' });
        expect(
          sureEnough(subject.assessment, given.policy) && sureEnough(v?.assessment ?? UNSCORED, given.policy),
        ).toBe(true);
        if (verdict === 'approve' && subject.assessment.kind === 'scored') {
          for (const flag of BARRING) expect(subject.assessment.flags).not.toContain(flag);
        }
        expect(before.filter((action) => action !== 'close')).toEqual([]);
      }),
      { numRuns: examples(800) },
    );
  });
});

describe('A model can only tighten', () => {
  const worse = (a: Assessment, by: Risk, flag: (typeof ANOMALY_FLAG_NAMES)[number]): Assessment =>
    a.kind === 'unscored'
      ? a
      : { ...a, risk: atLeast(by, a.risk) ? by : a.risk, flags: [...new Set([...a.flags, flag])] };

  test('a higher rating or one more flag, in the rating or the confirmation, never makes an approval', {
    timeout: 240_000,
  }, () => {
    fc.assert(
      fc.property(
        drawn,
        risk,
        fc.constantFrom(...ANOMALY_FLAG_NAMES),
        fc.boolean(),
        fc.boolean(),
        (given, by, flag, first, second) => {
          const { subject, confirmation: v } = given;
          const worsened: Drawn = {
            ...given,
            subject: first ? { ...subject, assessment: worse(subject.assessment, by, flag) } : subject,
            confirmation: second && v !== undefined ? { ...v, assessment: worse(v.assessment, by, flag) } : v,
          };
          if (decided(worsened).verdict === 'approve') expect(decided(given).verdict).toBe('approve');
        },
      ),
      { numRuns: examples(400) },
    );
  });

  test('no rating at all, a guessed one, or no confirmation never makes an approval or a rejection', {
    timeout: 240_000,
  }, () => {
    fc.assert(
      fc.property(drawn, fc.constantFrom('rating', 'guess', 'confirmation'), (given, lost) => {
        const { assessment: a } = given.subject;
        const guessed = a.kind === 'scored' ? { ...a, normalised: true } : a;
        const without: Record<typeof lost, Drawn> = {
          rating: { ...given, subject: { ...given.subject, assessment: { kind: 'unscored', why: 'x' } } },
          guess: { ...given, subject: { ...given.subject, assessment: guessed } },
          confirmation: { ...given, confirmation: undefined },
        };
        if (lost === 'guess' && a.kind === 'unscored') return;
        expect(['hold', 'close']).toContain(decided(without[lost]).verdict);
      }),
      { numRuns: examples(300) },
    );
  });

  test('a rating that says it in other words decides the same: text and comment have no say', () => {
    fc.assert(
      fc.property(drawn, fc.string({ unit: 'binary', maxLength: 60 }), (given, text) => {
        const { assessment: a } = given.subject;
        if (a.kind === 'unscored') return;
        const told = { ...given, subject: { ...given.subject, assessment: { ...a, summary: text, comment: text } } };
        expect(decided(told)).toEqual(decided(given));
      }),
      { numRuns: examples(300) },
    );
  });

  test('the most favourable rating decides the most: nothing else approves what it does not', () => {
    fc.assert(
      fc.property(drawn, (given) => {
        if (decided(given).verdict !== 'approve') return;
        const best: Drawn = {
          ...given,
          subject: { ...given.subject, assessment: rated('low') },
          confirmation: { kind: 'facts-only', assessment: rated('low') },
        };
        expect(decided(best).verdict).toBe('approve');
      }),
      { numRuns: examples(400) },
    );
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
