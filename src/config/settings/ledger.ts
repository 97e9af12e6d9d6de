import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** What the entries of the ledger are sealed with. */
export const LEDGER = {
  LEDGER_KEY_ASSET_ID: {
    schema: kind.text.optional(),
    about:
      'Vault asset that holds the key of the ledger, which must stay the same; fetched by every run, given back at the end. Without a key, whoever can write to the state folder can rewrite the ledger as a whole.',
  },
  LEDGER_KEY: {
    schema: kind.key.optional(),
    secret: true,
    about: 'The key itself, for trials. Used only when no asset id is set.',
  },
} as const satisfies Settings;
