import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { modelPrice } from '../../../../src/score/budget/open_budget.ts';
import { ConfigError } from '../../../../src/util/errors.ts';

const ROW = '{ input: 1, output: 4, as_of: 2026-01-01 }';

/** The prices of a run whose table knows these models. */
function pricesOf(known: readonly string[], sharedModel: string, perRun?: number) {
  const dir = mkdtempSync(join(tmpdir(), 'prices-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const priceFile = join(dir, 'prices.yml');
  writeFileSync(priceFile, known.map((name) => `${name}: ${ROW}\n`).join(''));
  const model = { model: 'big', sharedModel } as Parameters<typeof modelPrice>[0]['model'];
  return modelPrice({ model, money: { priceFile, perRun, perDay: undefined, alertPerRun: undefined } });
}

test('What is settled has the price of its own model', async () => {
  expect(await pricesOf(['big', 'small'], 'small')).toMatchObject({ usual: { input: 1 }, shared: { input: 1 } });
  expect(await pricesOf(['big'], 'big')).not.toBeNull();
});

test.each([
  ['big', 'small', 'OPENAI_MODEL_SHARED'],
  ['small', 'big', 'OPENAI_MODEL'],
])(
  'With a price of %s alone nothing is counted, and a ceiling is refused for want of that of %s',
  async (known, lacks, setting) => {
    expect(await pricesOf([known], 'small')).toBeNull();
    const error = await pricesOf([known], 'small', 5).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems).toEqual([
      { setting: 'MAX_USD_PER_RUN', message: expect.stringContaining(`\`${lacks}\` (${setting})`) },
    ]);
  },
);
