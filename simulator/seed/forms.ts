/** The request forms of the simulated vault. */
import { idFor } from '../identity.ts';
import type { Form } from '../vault/records.ts';

/** Interactive forms are decided by people on each level, automatic ones grant at once. */
const FORMS = {
  'tier-0': ['Tier 0', 'Interactive', 2],
  production: ['Production systems', 'Interactive', 1],
  databases: ['Production databases', 'Interactive', 2],
  workstations: ['Workstations', 'Interactive', 1],
  test: ['Test systems', 'Automatic', 1],
  keys: ['Service keys', 'Interactive', 1],
  space: ['Space membership', 'Interactive', 1],
} as const satisfies Record<string, readonly [string, Form['type'], number]>;

export type FormName = keyof typeof FORMS;
export type KnownForm = Form & { readonly levels: number };

export function makeForm(seed: number, key: FormName): KnownForm {
  const [name, type, levels] = FORMS[key];
  return { id: idFor(seed, 'form', key), name, type, levels };
}
