import { describe, expect, test } from 'vitest';
import { criticalPath } from '../../../bench/stage/critical_path.ts';
import { growthExponent } from '../../../bench/stage/fit.ts';
import type { Needed } from '../../../bench/stage/needed.ts';

const LIMITS = { vaultMs: 20, modelMs: 1500, vaultAtOnce: 8, modelAtOnce: 4 };
const NOTHING: Needed = {
  ...{ requests: 0, pages: 1, assets: 0, containers: 0, assessing: 0, confirming: 0, actions: 0 },
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
    expect(criticalPath({ ...NOTHING, assessing: 1 }, LIMITS, false).fetch).toBe(20 * 2);
  });

  test('questions go in rounds, and in a deep analysis the first waits for an asset and its container', () => {
    const needed = { ...NOTHING, assets: 10, containers: 2, assessing: 9 };
    expect(criticalPath(needed, LIMITS, false).score).toBe(1500 * 3);
    expect(criticalPath(needed, LIMITS, true).score).toBe(20 * 2 + 1500 * 3);
  });

  test('when look-ups take longer than all questions but one, they are the path', () => {
    const needed = { ...NOTHING, assets: 4000, assessing: 4 };
    expect(criticalPath(needed, LIMITS, true).score).toBe(20 * 500 + 1500);
  });

  test('an action is three calls in a row, and eight actions run in parallel', () => {
    expect(criticalPath({ ...NOTHING, confirming: 5, actions: 9 }, LIMITS, false)).toMatchObject({
      confirm: 1500 * 2,
      act: 20 * 3 * 2,
    });
  });
});

test('the exponent of a power law is found again, and noise of both signs does not move it', () => {
  const points = [1000, 10_000, 100_000].map((x) => [x, 3 * x ** 1.2] as const);
  expect(growthExponent(points)).toBeCloseTo(1.2, 9);
  expect(growthExponent([...points, [10_000, 6 * 10_000 ** 1.2], [10_000, 1.5 * 10_000 ** 1.2]])).toBeCloseTo(1.2, 9);
});
