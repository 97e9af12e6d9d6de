/** The settings of the agent in one scenario: everything on, the rest drawn. */
import { join } from 'node:path';
import type { Dice } from '../../simulator/dice.ts';
import type { InMemorySimulator } from '../../simulator/in_memory.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where everything lies on the simulated disk. */
export const HOME = '/scenario';
export const STATE = `${HOME}/state`;

export type ScenarioSettings = {
  readonly config: Config;
  /** Some caps are so low that they explain what was not done. */
  readonly tight: boolean;
  /** Accounts of the agent: the one of its token, and the one that it acts with. */
  readonly agents: readonly string[];
  /** What the ledger is sealed with. */
  readonly ledgerKey: string | null;
  readonly remarks: readonly string[];
};

const ACTOR = 'svc-portcullis-act';
/** As recognisable as the simulator's own secrets. */
const RECORD_KEY = 'SIMSECRET-key-of-the-ledger-of-all-scenarios';

export function drawSettings(dice: Dice, sim: InMemorySimulator): ScenarioSettings {
  const acting = dice.chance(0.25);
  const tight = dice.chance(0.2);
  const key = dice.pick(['none', 'none', 'none', 'setting', 'asset'] as const);
  const cap = () => `${tight ? dice.between(1, 3) : 1000}`;
  const config = loadConfig({
    ...sim.settings,
    ...(acting && { VAULT_ACTION_ASSET_ID: secretAsset(sim, 'Portcullis acting token', ACTOR, actingToken(sim)) }),
    ...(key === 'setting' && { LEDGER_KEY: RECORD_KEY }),
    ...(key === 'asset' && { LEDGER_KEY_ASSET_ID: secretAsset(sim, 'Portcullis record key', 'record', RECORD_KEY) }),
    AUTONOMOUS_MODE: 'true',
    ACTION_CONCURRENCY: dice.pick(['1', '2', '4', '8']),
    AUTO_APPROVE_LOW_RISK: 'true',
    AUTO_REJECT_HIGH_RISK: 'true',
    AUTO_CLOSE_STALE: 'true',
    DEEP_ANALYSIS: 'true',
    REQUEST_LOOKBACK_DAYS: '40',
    OFF_HOURS_START: '0',
    OFF_HOURS_END: '0',
    VAULT_PAGE_SIZE: dice.pick(['10', '50', '200']),
    VAULT_CONCURRENCY: dice.pick(['1', '3', '8']),
    VAULT_TIMEOUT_SECONDS: dice.pick(['5', '10', '30']),
    VAULT_CREDENTIAL_WAIT_SECONDS: dice.pick(['60', '240']),
    VAULT_CREDENTIAL_POLL_SECONDS: dice.pick(['5', '15']),
    OPENAI_TIMEOUT_SECONDS: '60',
    OPENAI_CONCURRENCY: dice.pick(['1', '4']),
    OPENAI_ANALYSIS_BATCH_SIZE: dice.pick(['1', '5', '25']),
    ALERT_MAIL_FORMAT: dice.pick(['html', 'html', 'mime']),
    ALERT_TIMEOUT_SECONDS: '30',
    CAP_APPROVALS_PER_RUN: cap(),
    CAP_APPROVALS_PER_DAY: cap(),
    CAP_APPROVALS_PER_REQUESTOR_PER_DAY: cap(),
    CAP_APPROVALS_PER_ASSET_PER_DAY: cap(),
    CAP_REJECTIONS_PER_RUN: cap(),
    BREAKER_FACTOR: tight ? '3' : '0',
    STATE_DIR: STATE,
    REPORT_DIR: `${HOME}/reports`,
    PROMPT_DIR: join(ROOT, 'prompts'),
    POLICY_DIR: join(ROOT, 'policy'),
  });
  return {
    ...{ config, tight, ledgerKey: key === 'none' ? null : RECORD_KEY },
    agents: [sim.vault.agent.name, ...(acting ? [ACTOR] : [])],
    remarks: [tight && 'tight caps', acting && 'acting token', key !== 'none' && `ledger key by ${key}`].filter(
      (remark) => remark !== false,
    ),
  };
}

const actingToken = ({ vault }: InMemorySimulator): string => vault.issueToken({ user: ACTOR });

const secretAsset = ({ vault }: InMemorySimulator, name: string, user: string, password: string): string =>
  vault.addAsset({ name, type: 'API Key', credential: { user, password } }).id;
