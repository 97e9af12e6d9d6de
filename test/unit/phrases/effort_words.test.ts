import { describe, expect, test } from 'vitest';
import { addUsage, type ModelUsage, NO_USAGE } from '../../../src/domain/assessment.ts';
import { effortWords } from '../../../src/phrases/effort_words.ts';

const used = (over: Partial<ModelUsage> = {}): ModelUsage => ({
  ...{ model: 'm', calls: 1, promptTokens: 10, completionTokens: 2 },
  ...over,
});

describe('the usage of two steps', () => {
  test('adds up, dollars and cached tokens too', () => {
    const [a, b] = [used({ usd: 0.5, cachedTokens: 8 }), used({ usd: 0.25, cachedTokens: 1 })];
    expect(addUsage(a, b)).toEqual({
      model: 'm',
      calls: 2,
      promptTokens: 20,
      completionTokens: 4,
      cachedTokens: 9,
      usd: 0.75,
    });
  });

  test('is that of the other when one asked nothing', () => {
    for (const one of [used(), used({ usd: 0.5 }), used({ usd: 0.5, cachedTokens: 8 })]) {
      expect(addUsage(NO_USAGE, one)).toEqual(one);
      expect(addUsage(one, NO_USAGE)).toEqual(one);
    }
  });

  test('costs nobody knows what when one of them does', () => {
    expect(addUsage(used({ usd: 0.5 }), used())).not.toHaveProperty('usd');
    expect(addUsage(used(), used({ usd: 0.5 }))).not.toHaveProperty('usd');
  });
});

test.each([
  [{ assessed: 12, remembered: 218 }, used({ usd: 0.01234 }), '12 assessed now, 218 remembered, about 0.0123 USD'],
  [{ assessed: 12, remembered: 0 }, used(), '12 assessed now, 0 remembered, cost unknown'],
  [{ assessed: 0, remembered: 9 }, NO_USAGE, '0 assessed now, 9 remembered, nothing spent'],
  [{ assessed: 0, remembered: 0 }, used({ usd: 0.2 }), '0 assessed now, 0 remembered, about 0.2000 USD'],
  [{ assessed: 0, remembered: 0 }, NO_USAGE, ''],
])('%j with %j is told as `%s`', (totals, usage, words) => {
  expect(effortWords(totals, usage)).toBe(words);
});
