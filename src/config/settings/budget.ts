import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** Prices and ceilings: `score/budget/` keeps to them. */
export const BUDGET = {
  PRICE_FILE: {
    schema: kind.text.optional(),
    about: 'Your own table of prices, in the form of `prices.yml`. Empty: that file, whose prices you should check.',
  },
  MAX_USD_PER_RUN: {
    schema: kind.usd.optional(),
    about:
      'US dollars that the model may cost in one run; beyond, the rest is unscored and not acted on. Empty: no ceiling.',
  },
  MAX_USD_PER_DAY: {
    schema: kind.usd.optional(),
    about: 'The same for all runs of a UTC day, by `spend.json` in the state folder. Empty: no ceiling.',
  },
  ALERT_USD_PER_RUN: {
    schema: kind.usd.optional(),
    about: 'A run that cost as much says so in report, mail and log. Empty: none does.',
  },
} as const satisfies Settings;
