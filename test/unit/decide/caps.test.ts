import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  type Caps,
  type DayCount,
  heldBack,
  unusualActions,
  usualOf,
} from '../../../src/decide/caps.ts';
import type { Action } from '../../../src/domain/action.ts';
import { capWords } from '../../../src/phrases/rule_words.ts';
import { examples } from '../../suite/property_runs.ts';
import { OPEN } from './open_caps.ts';

/** As a reader sees them. */
const wordsOf = (unusual: ReturnType<typeof unusualActions>) =>
  Object.fromEntries(Object.entries(unusual).map(([action, reached]) => [action, capWords(reached)]));

const NOTHING: DayCount = { approvals: 0, byRequestor: () => 0, byAsset: () => 0 };
const wish = (id: string, action: Action = 'approve', part: Partial<Candidate> = {}): Candidate => ({
  id,
  action,
  requestor: `who-${id}`,
  asset: `what-${id}`,
  ...part,
});
const wishes = (count: number, action: Action = 'approve', part: Partial<Candidate> = {}): Candidate[] =>
  Array.from({ length: count }, (_, i) => wish(`${action}-${i}`, action, part));
const held = (candidates: readonly Candidate[], caps: Partial<Caps>, today: Partial<DayCount> = {}) =>
  heldBack(candidates, { ...OPEN, ...caps }, { ...NOTHING, ...today }, {});

describe('Each cap', () => {
  const ONE_PERSON = { requestor: 'id:u-1' };
  const ONE_ASSET = { asset: 'asset-1' };
  test.each<[string, Partial<Caps>, Partial<Candidate>, Action]>([
    ['CAP_APPROVALS_PER_RUN', { approvalsPerRun: 3 }, {}, 'approve'],
    ['CAP_APPROVALS_PER_DAY', { approvalsPerDay: 3 }, {}, 'approve'],
    ['CAP_APPROVALS_PER_REQUESTOR_PER_DAY', { approvalsPerRequestorPerDay: 3 }, ONE_PERSON, 'approve'],
    ['CAP_APPROVALS_PER_ASSET_PER_DAY', { approvalsPerAssetPerDay: 3 }, ONE_ASSET, 'approve'],
    ['CAP_REJECTIONS_PER_RUN', { rejectionsPerRun: 3 }, {}, 'reject'],
  ])('%s lets the first three through and holds the rest back by name', (setting, caps, part, action) => {
    const result = held(wishes(5, action, part), caps);
    expect([...result.keys()]).toEqual([`${action}-3`, `${action}-4`]);
    for (const reached of result.values()) {
      expect(reached).toEqual({ cap: setting, limit: 3 });
      expect(capWords(reached)).toMatch(new RegExp(`^3 .*\\(${setting}\\)$`));
    }
  });

  test('of 0 lets nothing through', () => {
    expect(held(wishes(2), { approvalsPerRun: 0 }).size).toBe(2);
    expect(held(wishes(2), { approvalsPerDay: 0 }).size).toBe(2);
    expect(held(wishes(2), { approvalsPerRequestorPerDay: 0 }).size).toBe(2);
    expect(held(wishes(2), { approvalsPerAssetPerDay: 0 }).size).toBe(2);
    expect(held(wishes(2, 'reject'), { rejectionsPerRun: 0 }).size).toBe(2);
  });

  test('of a day counts what earlier runs approved', () => {
    expect(held(wishes(3), { approvalsPerDay: 5 }, { approvals: 3 }).size).toBe(1);
    const person = wishes(3, 'approve', ONE_PERSON);
    expect(
      held(person, { approvalsPerRequestorPerDay: 5 }, { byRequestor: (key) => (key === 'id:u-1' ? 4 : 0) }).size,
    ).toBe(2);
    const asset = wishes(3, 'approve', ONE_ASSET);
    expect(held(asset, { approvalsPerAssetPerDay: 5 }, { byAsset: (key) => (key === 'asset-1' ? 9 : 0) }).size).toBe(3);
  });

  test('for one person or asset leaves the others alone', () => {
    const crowd = [...wishes(3, 'approve', ONE_PERSON), wish('other')];
    expect([...held(crowd, { approvalsPerRequestorPerDay: 1 }).keys()]).toEqual(['approve-1', 'approve-2']);
  });

  test('does not count what another cap held back', () => {
    const crowd = [
      wish('a', 'approve', { requestor: 'p', asset: 'x' }),
      wish('b', 'approve', { requestor: 'p', asset: 'y' }),
      wish('c', 'approve', { requestor: 'q', asset: 'y' }),
    ];
    expect([...held(crowd, { approvalsPerRequestorPerDay: 1, approvalsPerAssetPerDay: 1 }).keys()]).toEqual(['b']);
  });

  test('never holds a closing back: it only takes access away', () => {
    const none = { approvalsPerRun: 0, approvalsPerDay: 0, rejectionsPerRun: 0 };
    expect(held(wishes(50, 'close'), none).size).toBe(0);
  });

  test('of approvals is not used up by rejections, nor the other way round', () => {
    const mixed = [...wishes(2, 'reject'), ...wishes(2, 'approve')];
    expect(held(mixed, { approvalsPerRun: 2, rejectionsPerRun: 2 }).size).toBe(0);
  });
});

test('500 requests that are all alike hit the cap', () => {
  const alike = wishes(500, 'approve', { requestor: 'id:u-1', asset: 'asset-1' });
  expect(500 - held(alike, { approvalsPerRun: 50, approvalsPerRequestorPerDay: 10 }).size).toBe(10);
});

test('Approvals never exceed any cap, whoever asks for what and however often', () => {
  const cap = fc.integer({ min: 0, max: 6 });
  const candidate = fc.record({
    action: fc.constantFrom<Action>('approve', 'approve', 'approve', 'reject', 'close'),
    requestor: fc.constantFrom('p', 'q', '__proto__', 'constructor'),
    asset: fc.constantFrom('x', 'y', '__proto__', 'operation:null'),
  });
  fc.assert(
    fc.property(
      fc.array(candidate, { maxLength: 30 }),
      fc.record({ run: cap, day: cap, requestor: cap, asset: cap, reject: cap }),
      fc.record({ all: fc.nat(4), each: fc.nat(3) }),
      (drawn, max, before) => {
        const candidates = drawn.map((one, i) => ({ id: `req-${i}`, ...one }));
        const caps: Caps = {
          ...OPEN,
          approvalsPerRun: max.run,
          approvalsPerDay: max.day,
          approvalsPerRequestorPerDay: max.requestor,
          approvalsPerAssetPerDay: max.asset,
          rejectionsPerRun: max.reject,
        };
        const today = { approvals: before.all, byRequestor: () => before.each, byAsset: () => before.each };
        const result = heldBack(candidates, caps, today, {});
        const through = candidates.filter(({ id }) => !result.has(id));
        const approved = through.filter(({ action }) => action === 'approve');
        const most = (part: 'requestor' | 'asset') =>
          Math.max(0, ...approved.map((a) => approved.filter((b) => b[part] === a[part]).length));
        expect(approved.length).toBeLessThanOrEqual(max.run);
        if (approved.length > 0) expect(before.all + approved.length).toBeLessThanOrEqual(max.day);
        if (approved.length > 0) expect(before.each + most('requestor')).toBeLessThanOrEqual(max.requestor);
        if (approved.length > 0) expect(before.each + most('asset')).toBeLessThanOrEqual(max.asset);
        expect(through.filter(({ action }) => action === 'reject').length).toBeLessThanOrEqual(max.reject);
        expect(candidates.filter(({ id, action }) => action === 'close' && result.has(id))).toEqual([]);
        expect(heldBack(candidates, caps, today, {}), 'the same ones every time').toEqual(result);
      },
    ),
    { numRuns: examples(1000) },
  );
});

describe('The circuit breaker', () => {
  const USUAL = { approve: [4, 6, 5, 5, 90], reject: [0, 0, 0, 0, 0], persons: [1, 0, 2, 0, 0] };
  const CAPS: Caps = { ...OPEN, breakerFactor: 3, breakerMinimum: 5 };
  const none = { approve: 0, reject: 0 };

  test.each([
    [15, undefined],
    [16, 'the circuit breaker: 16 approvals in one run, usually 5 (BREAKER_FACTOR)'],
  ])('goes by the median, so that one wild run moves nothing: %i approvals', (approve, says) => {
    expect(wordsOf(unusualActions({ ...none, approve }, USUAL, CAPS)).approve).toBe(says);
  });

  test('takes an unusual silence as one per run, and says what it was', () => {
    expect(wordsOf(unusualActions({ ...none, reject: 5 }, USUAL, CAPS))).toEqual({
      reject: 'the circuit breaker: 5 rejections in one run, usually 0 (BREAKER_FACTOR)',
    });
    expect(unusualActions({ ...none, reject: 5 }, USUAL, { ...CAPS, breakerFactor: 5 })).toEqual({});
  });

  test('is quiet below its minimum', () => {
    expect(unusualActions({ ...none, reject: 4 }, USUAL, CAPS)).toEqual({});
    expect(unusualActions({ ...none, reject: 4 }, USUAL, { ...CAPS, breakerMinimum: 4 })).not.toEqual({});
  });

  test('needs five runs to know what is usual', () => {
    const four = { approve: [1, 1, 1, 1], reject: [0, 0, 0, 0], persons: [0, 0, 0, 0] };
    const many = { approve: 500, reject: 500 };
    expect(unusualActions(many, four, CAPS)).toEqual({});
    const five = { approve: [1, 1, 1, 1, 1], reject: [0, 0, 0, 0, 0], persons: [0, 0, 0, 0, 0] };
    expect(Object.keys(unusualActions(many, five, CAPS)).sort()).toEqual(['approve', 'reject']);
  });

  test('can be switched off', () => {
    const many = { approve: 500, reject: 500 };
    expect(unusualActions(many, USUAL, { ...CAPS, breakerFactor: 0 })).toEqual({});
  });

  test('knows what is usual of persons only from runs that counted them: version 0.1 counted texts', () => {
    const counts = [
      { run: 'of 0.1', approve: 1, reject: 0 },
      ...[3, 0].map((persons) => ({ run: 'r', approve: 2, reject: 1, persons })),
    ];
    expect(usualOf(counts)).toEqual({ approve: [1, 2, 2], reject: [0, 1, 1], persons: [3, 0] });
  });

  test('holds every candidate of the action back, the first one too, and none of another', () => {
    const mixed = [...wishes(2, 'approve'), ...wishes(2, 'reject'), ...wishes(1, 'close')];
    const breaker = { cap: 'BREAKER_FACTOR', of: 'approve', wanted: 16, usual: 5 } as const;
    const result = heldBack(mixed, OPEN, NOTHING, { approve: breaker });
    expect([...result]).toEqual([
      ['approve-0', breaker],
      ['approve-1', breaker],
    ]);
  });
});
