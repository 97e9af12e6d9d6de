import { describe, expect, test } from 'vitest';
import { criticalPath } from '../../../bench/stage/critical_path.ts';
import { growthExponent } from '../../../bench/stage/fit.ts';
import type { Needed } from '../../../bench/stage/needed.ts';

const LIMITS = { vaultMs: 20, modelMs: 1500, vaultAtOnce: 8, modelAtOnce: 4 };
const NOTHING: Needed = {
  ...{ requests: 0, pages: 1, assets: 0, containers: 0 },
  ...{ personal: 0, shared: 0, factsOnly: 0, single: 0, actions: 0 },
};

describe('the critical path, worked out by hand', () => {
  test('an empty window costs one page and the secret of the mail', () => {
    expect(criticalPath(NOTHING, LIMITS, true)).toEqual({
      fetch: 20,
      score: 0,
      confirm: 0,
      act: 0,
      alert: 20,
      total: 40,
    });
  });

  test('pages after the first go in rounds, and the first is read once more', () => {
    expect(criticalPath({ ...NOTHING, pages: 10 }, LIMITS, false).fetch).toBe(20 * (1 + 2 + 1));
  });

  test('a page is beside the two calls for the key of the model', () => {
    expect(criticalPath({ ...NOTHING, shared: 1 }, LIMITS, false).fetch).toBe(20 * 2);
  });

  test('questions go in rounds, and in a deep analysis the first waits for an asset and its container', () => {
    const needed = { ...NOTHING, assets: 10, containers: 2, personal: 4, shared: 4, factsOnly: 1 };
    expect(criticalPath(needed, LIMITS, false).score).toBe(1500 * 3);
    expect(criticalPath(needed, LIMITS, true).score).toBe(20 * 2 + 1500 * 3);
  });

  test('when look-ups take longer than all questions but one, they are the path', () => {
    const needed = { ...NOTHING, assets: 4000, personal: 4 };
    expect(criticalPath(needed, LIMITS, true).score).toBe(20 * 500 + 1500);
  });

  test('a single question waits for the question that proposes the rejection, and in a long queue it does so in any case', () => {
    const short = criticalPath({ ...NOTHING, personal: 1, single: 1 }, LIMITS, false);
    expect({ score: short.score, confirm: short.confirm }).toEqual({ score: 1500, confirm: 1500 });
    const long = criticalPath({ ...NOTHING, personal: 6, single: 2 }, LIMITS, false);
    expect({ score: long.score, confirm: long.confirm }).toEqual({ score: 3000, confirm: 0 });
  });

  test('eight writes go out together, with one page before them and one after them', () => {
    expect(criticalPath({ ...NOTHING, actions: 8 }, LIMITS, false).act).toBe(20 * 3);
    expect(criticalPath({ ...NOTHING, actions: 9 }, LIMITS, false).act).toBe(20 * 5);
  });
});

test('the exponent of a power law is found again, and noise of both signs does not move it', () => {
  const points = [1000, 10_000, 100_000].map((x) => [x, 3 * x ** 1.2] as const);
  expect(growthExponent(points)).toBeCloseTo(1.2, 9);
  expect(growthExponent([...points, [10_000, 6 * 10_000 ** 1.2], [10_000, 1.5 * 10_000 ** 1.2]])).toBeCloseTo(1.2, 9);
});
