import { withoutSecrets } from '../config/secret_files.ts';
import { type Check, type Found, faultOf, notLooked, type State } from './check.ts';
import { ALERT_CHECKS } from './checks/alerts.ts';
import { MODEL_CHECKS } from './checks/model.ts';
import { POLICY_CHECKS } from './checks/policy.ts';
import { SERVICE_CHECKS } from './checks/service.ts';
import { SETTINGS_CHECKS } from './checks/settings.ts';
import { STATE_CHECKS } from './checks/state.ts';
import { TICKET_CHECKS } from './checks/tickets.ts';
import { TOKEN_CHECKS } from './checks/token.ts';
import { VAULT_CHECKS } from './checks/vault.ts';
import type { World } from './world.ts';

/** Every check, in the order in which they are told. */
export const CHECKS: readonly Check[] = [
  ...SETTINGS_CHECKS,
  ...VAULT_CHECKS,
  ...TOKEN_CHECKS,
  ...MODEL_CHECKS,
  ...ALERT_CHECKS,
  ...POLICY_CHECKS,
  ...TICKET_CHECKS,
  ...STATE_CHECKS,
  ...SERVICE_CHECKS,
];

export type Row = Found & { readonly name: string };

export type Diagnosis = {
  readonly schema_version: 1;
  readonly version: string;
  readonly at: string;
  /** The worst of the rows. */
  readonly state: State;
  readonly counts: Readonly<Record<State, number>>;
  readonly rows: readonly Row[];
};

/**
 * Goes through all checks, each for itself: one that fails keeps none of the others from being told.
 * INVARIANT: nothing in the vault or on the disk is changed, unless `secrets.ask` lets credential requests be filed.
 */
export async function diagnose(world: World, version: string): Promise<Diagnosis> {
  const at = new Date(world.clock.now()).toISOString();
  const rows = await Promise.all(CHECKS.map((check) => rowOf(check, world)));
  const count = (state: State) => rows.filter((row) => row.state === state).length;
  const counts = { ok: count('ok'), warn: count('warn'), fail: count('fail') };
  const state = counts.fail > 0 ? 'fail' : counts.warn > 0 ? 'warn' : 'ok';
  return { schema_version: 1, version, at, state, counts, rows };
}

async function rowOf({ name, needs = [], look }: Check, world: World): Promise<Row> {
  const missing = needs.filter((setting) => world.broken.has(setting));
  const looked = async () => look(world);
  const found = missing.length > 0 ? notLooked(unusable(missing)) : await looked().catch(faultOf);
  const todo = found.todo === null ? null : withoutSecrets(found.todo, LONGEST);
  return { name, state: found.state, says: withoutSecrets(found.says, LONGEST), todo };
}
const LONGEST = 1500;
const MOST_NAMED = 3;

const unusable = (settings: readonly string[]): string =>
  settings.length > MOST_NAMED
    ? `${settings.slice(0, MOST_NAMED).join(', ')} and others cannot be used as they are`
    : `${settings.join(', ')} cannot be used as ${settings.length === 1 ? 'it is' : 'they are'}`;
