import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Caps } from '../../../src/decide/caps.ts';
import { type ActionPolicy, decide, type Subject } from '../../../src/decide/decide.ts';
import { conclude, type Limits, prepare } from '../../../src/decide/decide_all.ts';
import { ANOMALY_FLAG_NAMES, type Assessment } from '../../../src/domain/assessment.ts';
import { CONFIRMED_BY, type Confirmation } from '../../../src/domain/confirmation.ts';
import { RISKS } from '../../../src/domain/risk.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { parseAnswer } from '../../../src/score/answer.ts';
import { NOON, rated } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';
import { facts } from './arbitraries.ts';
import { OPEN } from './open_caps.ts';
import { ALL_ON, confirmed, never, SHIPPED, subject } from './subjects.ts';

/**
 * Everything that the schema of the answer allows, through the real parser and the real policies, for the rating and for
 * both confirmations: a model that works against us, or that a text has taken over.
 */
const engine = await loadPolicy(SHIPPED);
const BOLD: ActionPolicy = { ...ALL_ON, approveUpTo: 'medium' };
const HOW = { policy: BOLD, engine, acted: never };

/** Low is what a model would say that wants something approved. */
const entry = fc.record({
  summary: fc.string({ unit: 'binary', maxLength: 12 }),
  anomaly_flags: fc.oneof(fc.constant([]), fc.array(fc.constantFrom(...ANOMALY_FLAG_NAMES), { maxLength: 4 })),
  risk: fc.oneof({ weight: 3, arbitrary: fc.constant('low') }, { weight: 2, arbitrary: fc.constantFrom(...RISKS) }),
  confidence: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0.95) },
    fc.constantFrom<unknown>(undefined, null, 0.4, 1, 95, '0.95', -1, true),
  ),
  comment: fc.string({ unit: 'binary', maxLength: 12 }),
});
/** What the run makes of one answer; what the answer does not hold is unscored. */
function read(slots: readonly string[], answer: Record<string, unknown>): Map<string, Assessment> {
  const { assessments } = parseAnswer(JSON.stringify(answer), slots);
  return new Map(slots.map((slot) => [slot, assessments.get(slot) ?? { kind: 'unscored', why: 'left out' }]));
}

/** A crowd of every kind, from harmless to hopeless, that no draw changes. */
const CROWD: readonly Omit<Subject, 'assessment'>[] = [
  ...fc.sample(facts, { numRuns: 30, seed: 12 }),
  ...Array.from({ length: 30 }, () => subject()),
].map(({ dossier, accessContext }, n) => {
  const who =
    dossier.request.requestor.id === null
      ? dossier.request.requestor
      : { id: `u-${n % 5}`, name: `user-${n % 5}`, displayName: null };
  const about = {
    ...dossier.request,
    id: `req-${n}`,
    created: NOON - n,
    requestor: who,
    asset: { id: `asset-${n % 7}`, name: 'srv' },
  };
  return { dossier: { ...dossier, request: about }, accessContext };
});
const idOf = ({ dossier }: Pick<Subject, 'dossier'>) => dossier.request.id;

/** What floor and policies allow at most: the decisions if the model could not be happier with everything. */
const allowed = new Set<string>();
beforeAll(() => {
  for (const about of CROWD) {
    const favourable = { ...about, assessment: rated('low') };
    const { verdict } = decide(favourable, confirmed({ kind: 'facts-only', assessment: rated('low') }), HOW);
    if (verdict === 'approve') allowed.add(idOf(about));
  }
});

test('Of the crowd some may be approved, and many may not', () => {
  expect(allowed.size).toBeGreaterThan(25);
  expect(allowed.size).toBeLessThan(CROWD.length - 10);
});

test('random answers approve nothing that floor and policies do not allow', () => {
  let approved = 0;
  fc.assert(
    fc.property(fc.nat(CROWD.length - 1), entry, entry, (n, first, second) => {
      const about = CROWD[n] as Omit<Subject, 'assessment'>;
      const assessment = read(['r1'], { r1: first }).get('r1') as Assessment;
      const again = read(['r1'], { r1: second }).get('r1') as Assessment;
      const { verdict } = decide({ ...about, assessment }, confirmed({ kind: 'facts-only', assessment: again }), HOW);
      if (verdict !== 'approve') return;
      approved++;
      expect(allowed).toContain(idOf(about));
    }),
    { numRuns: examples(2_000) },
  );
  expect(approved, 'the draws do approve something').toBeGreaterThan(100);
});

describe('Random answers about a whole run', () => {
  const limits = (caps: Partial<Caps>): Limits => ({
    caps: { ...OPEN, ...caps },
    today: { approvals: 0, byRequestor: () => 0, byAsset: () => 0 },
    usual: { approve: [], reject: [], persons: [] },
  });
  const slots = CROWD.map(idOf);
  /** Entries may be missing, as when a model leaves one out. */
  const answer = fc
    .array(fc.option(entry, { freq: 8 }), { minLength: slots.length, maxLength: slots.length })
    .map((entries) =>
      Object.fromEntries(slots.flatMap((slot, i) => (entries[i] ? [[slot, entries[i]] as const] : []))),
    );
  const approvedOf = (
    first: Record<string, unknown>,
    second: Record<string, unknown>,
    caps: Partial<Caps>,
  ): string[] => {
    const ratings = read(slots, first);
    const again = read(slots, second);
    const subjects = CROWD.map((about) => ({ ...about, assessment: ratings.get(idOf(about)) as Assessment }));
    const confirmations = new Map<string, Confirmation>();
    prepare(subjects, HOW).forEach(({ verdict }, i) => {
      const id = slots[i] as string;
      if (verdict !== 'approve' && verdict !== 'reject') return;
      confirmations.set(id, { kind: CONFIRMED_BY[verdict], assessment: again.get(id) as Assessment });
    });
    return conclude(subjects, confirmations, HOW, limits(caps)).flatMap(({ verdict }, i) =>
      verdict === 'approve' ? [slots[i] as string] : [],
    );
  };

  test('never bring more approvals than a model to which everything is low', () => {
    const low = { summary: '', anomaly_flags: [], risk: 'low', confidence: 0.9, comment: '' };
    const everything = Object.fromEntries(slots.map((slot) => [slot, low]));
    const most = approvedOf(everything, everything, {});
    expect(new Set(most)).toEqual(allowed);
    fc.assert(
      fc.property(answer, answer, (first, second) => {
        const approved = approvedOf(first, second, {});
        expect(approved.length).toBeLessThanOrEqual(most.length);
        for (const id of approved) expect(allowed).toContain(id);
      }),
      { numRuns: examples(15) },
    );
  });

  test('never bring more approvals than the caps let through', () => {
    const cap = fc.integer({ min: 0, max: 8 });
    fc.assert(
      fc.property(answer, answer, cap, cap, cap, (first, second, run, requestor, asset) => {
        const approved = approvedOf(first, second, {
          approvalsPerRun: run,
          approvalsPerRequestorPerDay: requestor,
          approvalsPerAssetPerDay: asset,
        });
        expect(approved.length).toBeLessThanOrEqual(Math.min(run, 5 * requestor, 7 * asset));
        for (const id of approved) expect(allowed).toContain(id);
      }),
      { numRuns: examples(15) },
    );
  });
});
