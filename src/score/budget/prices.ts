import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { plainLine } from '../../text/plain_text.ts';
import { ConfigError } from '../../util/errors.ts';
import { PACKAGE_ROOT } from '../../util/package_root.ts';

/** US dollars for a million tokens. */
const usd = z.number().nonnegative().max(100_000);
const Row = z.strictObject({
  input: usd,
  cached_input: usd.optional(),
  output: usd,
  /** When the price was true. */
  as_of: z.iso.date(),
});
const Prices = z.record(z.string(), Row).nullable();

export type Price = {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
  readonly asOf: string;
};

/** Of the model, and of the one for what is settled, which may be the same. */
export type ModelPrices = { readonly usual: Price; readonly shared: Price };

export type Tokens = {
  readonly prompt: number;
  /** Those of the prompt that came out of the endpoint's cache. */
  readonly cached: number;
  readonly completion: number;
};

/** In US dollars. */
export const costOf = (price: Price, { prompt, cached, completion }: Tokens): number => {
  const fromCache = Math.min(cached, prompt);
  return ((prompt - fromCache) * price.input + fromCache * price.cachedInput + completion * price.output) / 1_000_000;
};

/** Lies beside package.json, and is the table unless PRICE_FILE names another. */
export const SHIPPED_PRICES = join(PACKAGE_ROOT, 'prices.yml');

/**
 * The price of `model`, null when the table has none.
 * @throws {ConfigError} when the table cannot be understood, or cannot be read and was asked for
 */
export async function priceOf(model: string, priceFile: string | undefined): Promise<Price | null> {
  const file = priceFile ?? SHIPPED_PRICES;
  const refused = (why: string) => new ConfigError([{ setting: 'PRICE_FILE', message: `\`${file}\` ${why}` }]);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (priceFile === undefined && error.code === 'ENOENT') return '';
    throw refused(`could not be read: ${error.code ?? 'unknown error'}`);
  });
  const document = parseDocument(text);
  const notYaml = ({ message }: Error) => refused(`is not YAML: ${plainLine(message, 160)}`);
  const [broken] = document.errors;
  if (broken !== undefined) throw notYaml(broken);
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // An alias is looked up only now: one that leads nowhere, or too many of them.
    throw notYaml(error as Error);
  }
  const read = Prices.safeParse(content);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refused(`\`${plainLine(issue?.path.join('.') ?? '', 80)}\`: ${issue?.message ?? 'is not understood'}`);
  }
  const row = Object.hasOwn(read.data ?? {}, model) ? read.data?.[model] : undefined;
  if (row === undefined) return null;
  return { input: row.input, cachedInput: row.cached_input ?? row.input, output: row.output, asOf: row.as_of };
}
