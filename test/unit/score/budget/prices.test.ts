import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { costOf, priceOf, SHIPPED_PRICES } from '../../../../src/score/budget/prices.ts';
import { ConfigError } from '../../../../src/util/errors.ts';

const PRICE = { input: 2, cachedInput: 0.5, output: 8, asOf: '2026-01-01' };

test.each([
  [{ prompt: 1_000_000, cached: 0, completion: 0 }, 2],
  [{ prompt: 1_000_000, cached: 1_000_000, completion: 0 }, 0.5],
  [{ prompt: 1_000_000, cached: 400_000, completion: 0 }, 1.4],
  [{ prompt: 0, cached: 0, completion: 250_000 }, 2],
  // An endpoint that counts more out of its cache than was asked gives no rebate for it.
  [{ prompt: 1_000_000, cached: 9_000_000, completion: 0 }, 0.5],
])('%j costs %d USD', (tokens, usd) => {
  expect(costOf(PRICE, tokens)).toBeCloseTo(usd, 12);
});

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'prices-')), 'prices.yml');
  writeFileSync(file, text);
  return file;
}

describe('the table', () => {
  test('that is shipped is understood, and every row of it has a date', async () => {
    expect(await priceOf('gpt-4.1-mini', undefined)).toEqual({
      ...{ input: expect.any(Number), cachedInput: expect.any(Number), output: expect.any(Number) },
      asOf: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
    });
    expect(SHIPPED_PRICES).toMatch(/prices\.yml$/);
  });

  test('knows no price of a model that it does not name, not even of one that every object has', async () => {
    for (const model of ['some-model', 'toString', '__proto__']) expect(await priceOf(model, undefined)).toBeNull();
    expect(await priceOf('any', fileWith('# nothing yet\n'))).toBeNull();
  });

  test('takes the whole price for what came out of the cache, unless it says otherwise', async () => {
    const file = fileWith('local: { input: 0.2, output: 1, as_of: 2026-01-01 }\n');
    expect(await priceOf('local', file)).toMatchObject({ input: 0.2, cachedInput: 0.2 });
  });

  test.each([
    ['no YAML', 'a: [', /not YAML/],
    ['an alias that leads nowhere', 'm: *missing', /not YAML: .*missing/],
    ['a negative price', 'm: { input: -1, output: 1, as_of: 2026-01-01 }', /m\.input/],
    ['no price of the answers', 'm: { input: 1, as_of: 2026-01-01 }', /m\.output/],
    ['no date', 'm: { input: 1, output: 1 }', /m\.as_of/],
    ['a field that nobody knows', 'm: { input: 1, output: 1, as_of: 2026-01-01, per: thousand }', /`m`/],
    ['a word for a number', 'm: { input: free, output: 1, as_of: 2026-01-01 }', /m\.input/],
    ['a list', '- m', /expected/i],
  ])('with %s is a wrong setting that names the file', async (_, text, says) => {
    const file = fileWith(text);
    const error = await priceOf('m', file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems).toEqual([{ setting: 'PRICE_FILE', message: expect.stringMatching(says) }]);
    expect((error as ConfigError).message).toContain(file);
  });

  test('that was named and is not there is a wrong setting', async () => {
    await expect(priceOf('m', '/no/such/prices.yml')).rejects.toThrow(/PRICE_FILE.*\/no\/such\/prices\.yml.*ENOENT/s);
  });
});
