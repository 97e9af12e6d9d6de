import type { Config } from '../../config/config.ts';
import type { CostLimit } from '../../domain/run_record.ts';
import { plural } from '../../phrases/plural.ts';
import type { Disk } from '../../store/disk.ts';
import { openSpend } from '../../store/spend.ts';
import type { Clock } from '../../util/clock.ts';
import { ConfigError } from '../../util/errors.ts';
import type { Log } from '../../util/log.ts';
import { type Budget, createBudget } from './budget.ts';
import { type ModelPrices, priceOf, SHIPPED_PRICES } from './prices.ts';

/** How far ahead the spending of a day is written, in US dollars; a ceiling makes the steps smaller. */
const STEP = 0.25;
const STEPS_OF_A_DAY = 50;

/**
 * The prices of the models, null when nobody knows one of them.
 * INVARIANT: no ceiling without every price: what cannot be counted would be spent. @throws {ConfigError}
 */
export async function modelPrice({ model, money }: Pick<Config, 'model' | 'money'>): Promise<ModelPrices | null> {
  const usual = await priceOf(model.model, money.priceFile);
  const { sharedModel = model.model } = model;
  const shared = await priceOf(sharedModel, money.priceFile);
  if (usual !== null && shared !== null) return { usual, shared };
  const [name, setting] = usual === null ? [model.model, 'OPENAI_MODEL'] : [sharedModel, 'OPENAI_MODEL_SHARED'];
  const limits = { MAX_USD_PER_RUN: money.perRun, MAX_USD_PER_DAY: money.perDay, ALERT_USD_PER_RUN: money.alertPerRun };
  const message = `needs the price of \`${name}\` (${setting}), and \`${money.priceFile ?? SHIPPED_PRICES}\` (PRICE_FILE) has none`;
  const problems = Object.entries(limits).flatMap(([limit, usd]) =>
    usd === undefined ? [] : [{ setting: limit, message }],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return null;
}

/** What the questions of one run are paid from; undefined without a price, when nothing can be counted. */
export async function openBudget(
  { money, places }: Pick<Config, 'money' | 'places'>,
  prices: ModelPrices | null,
  given: { clock: Pick<Clock, 'now'>; disk: Disk; log: Log; runId: string; lockHeld: () => boolean },
): Promise<Budget | undefined> {
  if (prices === null) return undefined;
  const { clock, disk, log, runId, lockHeld } = given;
  const step = money.perDay === undefined ? STEP : Math.min(STEP, money.perDay / STEPS_OF_A_DAY);
  const spend = await openSpend(places.state, { clock, strict: money.perDay !== undefined, step, disk, lockHeld });
  if (spend.damage !== null) log.warn('spend.unknown', { run: runId, why: spend.damage });
  return createBudget(prices.usual, money, spend, prices.shared);
}

/** The limits that the run has met so far. */
export function costMet(budget: Budget | undefined, { money: { alertPerRun } }: Pick<Config, 'money'>): CostLimit[] {
  if (budget === undefined) return [];
  return [
    ...(alertPerRun !== undefined && budget.spent() >= alertPerRun ? (['threshold'] as const) : []),
    ...(budget.ranOut() ? (['ceiling'] as const) : []),
  ];
}

/** For report and mail, when a run cost more than somebody wants to hear of. */
export const costWarning = (budget: Budget | undefined, { money: { alertPerRun } }: Pick<Config, 'money'>): string =>
  `The model has cost about ${(budget?.spent() ?? 0).toFixed(4)} USD in this run so far, and ALERT_USD_PER_RUN is ${alertPerRun}.`;

/** For report and mail, when a ceiling holds and the endpoint does not count. */
export function uncountedWarning(budget: Budget | undefined, { money }: Pick<Config, 'money'>): string | null {
  const answers = budget?.uncounted() ?? 0;
  if (answers === 0 || (money.perRun === undefined && money.perDay === undefined)) return null;
  return `The model endpoint did not say what ${plural(answers, 'answer')} took (\`usage\`): each counts as the most that it could have cost, so a ceiling is reached early.`;
}
