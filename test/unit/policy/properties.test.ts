import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PolicyCase } from '../../../src/domain/policy_case.ts';
import { compareRisk, higher, RISKS } from '../../../src/domain/risk.ts';
import { readAccess } from '../../../src/policy/access_file.ts';
import { loadPolicy, type Policy } from '../../../src/policy/load.ts';
import { NOON } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';
import { dossier, harmless, PERMIT_ALL, policyCase, policyWith, SHIPPED } from './cases.ts';

/** Long enough to be read aloud by nobody: what people, vaults and attackers put into names. */
const odd = fc.string({
  unit: fc.constantFrom('a', 'b', '*', '{', '}', '\n', '"', '\\', ':', '/', '\u202e', '\ud800', '\u0000', '_'),
});
const risk = fc.constantFrom(...RISKS);

/** Any case that could come along, sensible or not. Mostly harmless fields, so that permits do apply now and then. */
const cases: fc.Arbitrary<PolicyCase> = fc
  .record({
    ...{ model: risk, floor: risk, scored: fc.integer({ max: 9, min: 0 }), normalised: fc.integer({ max: 9, min: 0 }) },
    accessContext: fc.record({
      entitlement: fc.option(odd, { freq: 9 }),
      classes: fc.array(odd, { maxLength: 2 }),
      neverAuto: fc.oneof(
        { weight: 9, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(odd, { maxLength: 2 }) },
      ),
      privileged: rarely(),
      assetKnown: rarely().map((no) => !no),
      rolesDefined: fc.boolean(),
      identitiesDefined: rarely(),
      inRole: rarely().map((no) => !no),
      maxHours: fc.option(fc.integer({ min: 1, max: 48 })),
      owner: fc.option(odd),
      breakGlass: rarely(),
    }),
    conflicts: rarely(),
    missing: rarely(),
    onlySelf: rarely(),
    justification: fc.oneof({ weight: 1, arbitrary: odd }, { weight: 5, arbitrary: fc.constant('change 4711') }),
    suspicious: rarely(),
    contentFree: rarely(),
    hours: fc.option(fc.oneof(fc.integer({ min: 0, max: 72 }), fc.double({ noNaN: true, min: 0 }))),
    daysSinceApproved: fc.option(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.maxSafeInteger())),
    thresholds: fc.tuple(risk, risk).filter(([low, high]) => compareRisk(low, high) <= 0),
    closeExpired: fc.boolean(),
    names: fc.record({ id: fc.option(odd), name: fc.option(odd), displayName: fc.option(odd) }),
  })
  .map((drawn) => {
    const scored = drawn.scored > 0;
    return policyCase({
      dossier: dossier({
        request: {
          justification: drawn.justification,
          requestor: drawn.names,
          approved: drawn.daysSinceApproved === null ? null : NOON,
        },
        facts: { requestedHours: drawn.hours, daysSinceApproved: drawn.daysSinceApproved },
      }),
      accessContext: {
        ...harmless,
        ...drawn.accessContext,
        sodConflicts: drawn.conflicts ? [{ pair: 'a + b', asked: 'a', held: 'b', source: { kind: 'identity' } }] : [],
        approvals: { required: [], missing: drawn.missing ? ['owner'] : [], onlySelf: drawn.onlySelf },
      },
      assessment: scored
        ? { kind: 'scored', risk: drawn.model, normalised: drawn.normalised === 0, flags: [], summary: '', comment: '' }
        : { kind: 'unscored', why: 'x' },
      floor: drawn.floor,
      risk: scored ? higher(drawn.floor, drawn.model) : null,
      text: { flags: [], suspicious: drawn.suspicious, contentFree: drawn.contentFree },
      settings: {
        approveUpTo: drawn.thresholds[0],
        rejectFrom: drawn.thresholds[1],
        staleDays: 7,
        closeExpired: drawn.closeExpired,
      },
    });
  });

function rarely(): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 11 }).map((n) => n === 0);
}

let shipped: Policy;
beforeAll(async () => {
  shipped = await loadPolicy(SHIPPED);
});

describe('whatever comes along', () => {
  const runs = { numRuns: examples(700) };

  test('no shipped policy ever fails, and the shipped policies approve only what nothing speaks against', () => {
    let approvals = 0;
    fc.assert(
      fc.property(cases, (facts) => {
        const { allowed, errors } = shipped.authorize('approve', facts);
        expect(errors).toEqual([]);
        if (!allowed) return;
        approvals += 1;
        const { accessContext, assessment, settings, text, dossier: about } = facts;
        expect(assessment).toMatchObject({ kind: 'scored', normalised: false });
        expect(compareRisk(facts.risk ?? 'critical', settings.approveUpTo)).toBeLessThanOrEqual(0);
        expect(compareRisk(facts.floor, settings.approveUpTo)).toBeLessThanOrEqual(0);
        expect(accessContext).toMatchObject({
          privileged: false,
          neverAuto: [],
          assetKnown: true,
          sodConflicts: [],
          breakGlass: false,
        });
        expect(accessContext.approvals).toMatchObject({ missing: [], onlySelf: false });
        expect(accessContext.entitlement).not.toBeNull();
        expect(accessContext.inRole || !accessContext.rolesDefined).toBe(true);
        expect(accessContext.person.known || accessContext.identitiesDefined !== true).toBe(true);
        expect(text).toMatchObject({ suspicious: false, contentFree: false });
        expect(about.request.justification).toMatch(/[\p{L}\p{N}]/u);
        if (accessContext.maxHours !== null)
          expect(about.facts.requestedHours).toBeLessThanOrEqual(accessContext.maxHours);
        expect(Object.values(about.request.requestor).some((name) => name !== null)).toBe(true);
      }),
      runs,
    );
    // Otherwise the property would hold because nothing is ever approved.
    expect(approvals).toBeGreaterThan(10);
  });

  test('rejections and closings have their reason too', () => {
    fc.assert(
      fc.property(cases, (facts) => {
        const { accessContext, settings, dossier: about } = facts;
        const [reject, close] = [shipped.authorize('reject', facts), shipped.authorize('close', facts)];
        expect([...reject.errors, ...close.errors]).toEqual([]);
        if (reject.allowed || close.allowed) expect(accessContext.breakGlass).toBe(false);
        if (reject.allowed) {
          expect(facts.assessment).toMatchObject({ kind: 'scored', normalised: false });
          expect(compareRisk(facts.risk ?? 'low', settings.rejectFrom)).toBeGreaterThanOrEqual(0);
        }
        if (close.allowed) expect(about.facts.daysSinceApproved).toBeGreaterThanOrEqual(settings.closeExpired ? 0 : 7);
      }),
      runs,
    );
  });

  test('adding a permit for everything never lifts a forbid', async () => {
    const permissive = await policyWith({ 'x.cedar': PERMIT_ALL });
    fc.assert(
      fc.property(cases, fc.constantFrom('approve', 'reject', 'close'), (facts, action) => {
        const forbidding = shipped.matching(action, facts).policies.some(({ effect }) => effect === 'forbid');
        expect(permissive.authorize(action, facts).allowed).toBe(!forbidding);
      }),
      runs,
    );
  });
});

describe('classifying', () => {
  const containers = fc.constantFrom('/Workstations', '/Test', '/Production/Servers', '/Apps', '/Tier 0');
  const duties = fc.constantFrom<string[]>(
    [],
    ['Duty :: Vendor Master'],
    ['Duty :: Payment Entry'],
    ['Duty :: Payment Approval'],
  );
  const crowd = fc.array(
    fc.record({
      ...{ container: containers, tags: duties, status: fc.constantFrom('Active', 'Approved', 'Completed') },
      requestor: fc.constantFrom('ann', 'CORP\\Ann', 'bob'),
      ends: fc.constantFrom(null, NOON - 1, NOON + 1),
    }),
    { maxLength: 8 },
  );
  const dossiersOf = (
    rows: readonly { container: string; tags: string[]; status: string; requestor: string; ends: number | null }[],
  ) =>
    rows.map(({ container, tags, status, requestor, ends }, at) =>
      dossier({
        asset: { id: `asset-${at}`, containerPath: container, tags },
        request: {
          id: `${at}`,
          status,
          requestedTo: ends,
          requestor: { id: null, name: requestor, displayName: null },
        },
      }),
    );

  test('separation of duties is symmetric, and never about one request alone', () => {
    let conflicts = 0;
    fc.assert(
      fc.property(crowd, (rows) => {
        const accessContexts = shipped.classify(dossiersOf(rows), NOON);
        const counts = (id: string) => rows[Number(id)]?.status !== 'Completed' && rows[Number(id)]?.ends !== NOON - 1;
        for (const [id, { sodConflicts }] of accessContexts) {
          for (const { source, asked, held, pair } of sodConflicts) {
            if (source.kind !== 'request') continue;
            conflicts += 1;
            expect(source.id).not.toBe(id);
            if (!counts(id)) continue;
            const other = accessContexts.get(source.id)?.sodConflicts;
            expect(other).toContainEqual({ pair, asked: held, held: asked, source: { kind: 'request', id } });
          }
        }
      }),
    );
    expect(conflicts).toBeGreaterThan(10);
  });

  test('a justification, and the names that came with a request, change nothing', () => {
    fc.assert(
      fc.property(crowd, odd, odd, (rows, justification, name) => {
        const plain = dossiersOf(rows);
        const written = plain.map((one) => ({
          ...one,
          request: { ...one.request, justification, asset: { id: one.request.asset?.id ?? null, name } },
        }));
        expect(shipped.classify(written, NOON)).toEqual(shipped.classify(plain, NOON));
      }),
    );
  });

  test('a name cannot carry an asset out of its class', () => {
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 3 }), odd, (path, name) => {
        const one = dossier({
          asset: { name, containerPath: `/Production/${path.join('/')}`, type: name, tags: [name] },
        });
        expect(shipped.classify([one], NOON).get('req-1')?.neverAuto).toContain('production');
      }),
    );
  });
});

test('whatever an access.yml is cut off at, it is either refused or the whole', () => {
  const whole = readFileSync(join(SHIPPED, 'access.yml'), 'utf8');
  const complete = readAccess('access.yml', whole, () => null);
  if (!('model' in complete)) expect.unreachable('the shipped file was refused');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
      // Refusing is a finding with a place, never an exception.
      const read = readAccess('access.yml', whole.slice(0, length), () => null);
      if ('findings' in read)
        expect(read.findings.every(({ place, message }) => place.line > 0 && message !== '')).toBe(true);
    }),
    { numRuns: examples(60) },
  );
});
