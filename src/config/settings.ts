import type { z } from 'zod';
import type { Settings } from './setting.ts';
import { ACTIONS } from './settings/actions.ts';
import { ANALYSIS } from './settings/analysis.ts';
import { BUDGET } from './settings/budget.ts';
import { CAPS } from './settings/caps.ts';
import { INTAKE } from './settings/intake.ts';
import { LEDGER } from './settings/ledger.ts';
import { MAIL } from './settings/mail.ts';
import { MODEL } from './settings/model.ts';
import { PATHS } from './settings/paths.ts';
import { SCHEDULE } from './settings/schedule.ts';
import { VAULT } from './settings/vault.ts';
import { WATCHING } from './settings/watching.ts';

/** The groups of settings, in the order in which the docs and `.env.example` show them. */
export const GROUPS = {
  vault: { title: 'The vault', settings: VAULT },
  model: { title: 'The model', settings: MODEL },
  budget: { title: 'What the model may cost', settings: BUDGET },
  analysis: { title: 'What is looked at', settings: ANALYSIS },
  actions: { title: 'What may be done without a person', settings: ACTIONS },
  caps: { title: 'How much may be done without a person', settings: CAPS },
  mail: { title: 'The mail', settings: MAIL },
  schedule: { title: 'When and where', settings: SCHEDULE },
  watching: { title: 'Who watches it', settings: WATCHING },
  intake: { title: 'Who may ask for a decision', settings: INTAKE },
  ledger: { title: 'The key of the ledger', settings: LEDGER },
  paths: { title: 'Assumed paths of the vault, for the day when yours differs', settings: PATHS },
} as const satisfies Record<string, { title: string; settings: Settings }>;

/** Every setting by its name in the environment. */
export const SETTINGS = {
  ...VAULT,
  ...MODEL,
  ...BUDGET,
  ...ANALYSIS,
  ...ACTIONS,
  ...CAPS,
  ...MAIL,
  ...SCHEDULE,
  ...WATCHING,
  ...INTAKE,
  ...LEDGER,
  ...PATHS,
} as const satisfies Settings;

export type SettingName = keyof typeof SETTINGS;
export type Values = { readonly [N in SettingName]: z.output<(typeof SETTINGS)[N]['schema']> };
