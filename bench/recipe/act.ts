/** The status-gated rules of the guide: what is Active may be approved or rejected, what is Approved may be closed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assessed } from './assess.ts';
import type { Vault } from './vault.ts';

const RISKS = ['low', 'medium', 'high', 'critical'] as const;
const STALE_DAYS = 7;

export type Action = 'approve' | 'reject' | 'complete';
export type Done = { readonly id: string; readonly what: Action; readonly ok: boolean };

const isOn = (name: string): boolean => process.env[name] === 'true';

/** Which action a request gets, if any. */
export function chosen({ facts, assessment }: Assessed): Action | null {
  const { status } = facts.request;
  if (status === 'Active' && assessment !== null) {
    const risk = RISKS.indexOf(assessment.risk_level);
    if (isOn('AUTO_REJECT_HIGH_RISK') && risk >= RISKS.indexOf('critical')) return 'reject';
    if (isOn('AUTO_APPROVE_LOW_RISK') && risk === RISKS.indexOf('low')) return 'approve';
  }
  const stale = (facts.daysSinceApproved ?? 0) >= STALE_DAYS;
  return isOn('AUTO_CLOSE_STALE') && status === 'Approved' && stale ? 'complete' : null;
}

export async function act(vault: Vault, all: readonly Assessed[], before: ReadonlySet<string>): Promise<Done[]> {
  const done: Done[] = [];
  for (const one of all) {
    const { id } = one.facts.request;
    const what = before.has(id) ? null : chosen(one);
    if (what === null) continue;
    const comment = one.assessment?.action_comment || 'Closed: not used for a week or longer.';
    done.push({ id, what, ok: (await vault.write(what, id, comment)) < 300 });
  }
  return done;
}

type State = { readonly last_run: string | null; readonly actioned_ids: readonly string[] };

const folder = (): string => process.env.STATE_DIR ?? 'state';
const file = (): string => join(folder(), 'agent_state.json');

/** `agent_state.json` in the form of the guide is all that the recipe remembers. */
export function readActionedIds(): readonly string[] {
  return existsSync(file()) ? (JSON.parse(readFileSync(file(), 'utf8')) as State).actioned_ids : [];
}

export function writeActionedIds(now: number, ids: readonly string[]): void {
  mkdirSync(folder(), { recursive: true });
  const state: State = { last_run: new Date(now).toISOString(), actioned_ids: [...new Set(ids)] };
  writeFileSync(file(), JSON.stringify(state));
}
