import type { Config } from '../config/config.ts';
import { isPlainBeyondThisMachine } from '../config/kinds.ts';
import { type Purpose, runModeOf } from '../decide/run_mode.ts';
import { anySwitchOn } from '../domain/action.ts';
import type { Halt } from '../domain/halt.ts';
import type { RunFacts, RunMode } from '../domain/run_record.ts';
import { TOKEN_ADVICE, tokenEnding } from '../phrases/token_words.ts';
import { planIdOf } from '../plan/make_plan.ts';
import { capital } from '../text/plain_text.ts';
import { DAY_MS } from '../util/durations.ts';
import { ConfigError } from '../util/errors.ts';
import { claimsOf, tokenEnd } from '../vault/token.ts';

/** The accounts that are the agent's own: the one of the token, and the one in the settings where both are given. */
export function agentUsersOf(config: Config): readonly string[] {
  const names = [claimsOf(config.vault.token).user, config.vault.agentUsername ?? null];
  const users = [...new Set(names.filter((name) => name !== null))];
  if (users.length > 0) return users;
  throw new ConfigError([
    {
      setting: 'AGENT_USERNAME',
      message: 'is required, because VAULT_API_TOKEN carries no `ousr` claim: the agent must know its own requests',
    },
  ]);
}

/** Begins with the time, so that the order of ids is the order of runs. */
export const runIdOf = (startedAt: number): string => new Date(startedAt).toISOString().replace(/[-:.]/g, '');

/** What is known about a run before its first step: who, how, when, with which settings, and what to warn about. */
export function factsOf(given: {
  config: Config;
  version: string;
  agentUsers: readonly string[];
  startedAt: number;
  runId: string;
  purpose: Purpose;
  digests: RunFacts['digests'];
  /** Found when the run began. */
  halt: Halt | null;
  notices?: readonly string[] | undefined;
  /** Policy or prompts cannot be used as they are now. */
  unusable: boolean;
}): RunFacts {
  const { config, version, agentUsers, startedAt, runId, purpose, digests, halt, notices = [], unusable } = given;
  const { actions, analysis, vault } = config;
  const token = tokenEnd(vault.token, startedAt, vault.tokenWarnMs);
  // Nearer its end it is a problem, and told as one.
  const ending = token?.near === 'near' ? [`${capital(tokenEnding(token, startedAt))}: ${TOKEN_ADVICE}.`] : [];
  const told = [...ending, ...notices];
  const acts = runModeOf(purpose, actions.autonomous, halt, unusable);
  return {
    runId,
    version,
    ...acts,
    halt,
    dryRun: purpose.kind === 'run' && purpose.dryRun,
    startedAt,
    agentUser: agentUsers[0] ?? null,
    planId: purpose.kind === 'plan' ? planIdOf(runId) : purpose.kind === 'apply' ? purpose.planId : null,
    approvedBy: approverOf(purpose, acts.mode),
    vaultUrl: vault.url,
    token,
    window: { from: startedAt - analysis.lookbackDays * DAY_MS, to: startedAt, days: analysis.lookbackDays },
    gate: [
      { setting: 'AUTONOMOUS_MODE', value: String(actions.autonomous) },
      { setting: 'AUTO_APPROVE_LOW_RISK', value: String(actions.autoApprove) },
      { setting: 'RISK_THRESHOLD_APPROVE', value: actions.approveUpTo },
      { setting: 'MAX_DAYS_AHEAD', value: String(analysis.maxDaysAhead) },
      { setting: 'AUTO_REJECT_HIGH_RISK', value: String(actions.autoReject) },
      { setting: 'RISK_THRESHOLD_REJECT', value: actions.rejectFrom },
      { setting: 'CONFIDENCE_THRESHOLD', value: String(actions.confidenceNeeded) },
      { setting: 'AUTO_CLOSE_STALE', value: String(actions.autoCloseStale) },
      { setting: 'STALE_REQUEST_DAYS', value: String(actions.staleDays) },
      { setting: 'AUTO_CLOSE_EXPIRED', value: String(actions.autoCloseExpired) },
    ],
    deepAnalysis: analysis.deep,
    digests,
    warnings: [...told, ...warningsOf(config)],
    ...(told.length > 0 && { notices: told }),
  };
}

/** Who says yes by name: to a plan, or to each action. */
function approverOf(purpose: Purpose, mode: RunMode): string | null {
  if (purpose.kind === 'apply') return purpose.approvedBy;
  return purpose.kind === 'run' && mode === 'asking' ? (purpose.person ?? null) : null;
}

/** What every report warns of, by the settings alone. */
export function warningsOf({ vault, model, mail, actions, ledger }: Config): string[] {
  const warnings: string[] = [];
  if (vault.tlsInsecure) {
    warnings.push('VAULT_TLS_INSECURE is on: any machine in between can pose as the vault. Not for production.');
  }
  if (model.baseUrl !== undefined && isPlainBeyondThisMachine(model.baseUrl)) {
    warnings.push(
      `The model is asked over plain http (OPENAI_ALLOW_HTTP): everybody on the way to \`${model.baseUrl}\` can read the key and the questions, and write the answers.`,
    );
  }
  if (model.assetId === undefined && model.apiKey !== undefined) {
    warnings.push('The model key comes from OPENAI_API_KEY; OPENAI_ASSET_ID would keep it in the vault.');
  }
  if (ledger.keyAssetId === undefined && ledger.key !== undefined) {
    warnings.push('The key of the ledger comes from LEDGER_KEY; LEDGER_KEY_ASSET_ID would keep it in the vault.');
  }
  if (mail === null) warnings.push('No mail is configured (the ALERT_ settings); this report is all there is.');
  else if (mail.secretAssetId === undefined) {
    warnings.push('The mail secret comes from ALERT_CLIENT_SECRET; ALERT_SECRET_ASSET_ID would keep it in the vault.');
  }
  if (actions.autonomous && !anySwitchOn(actions)) {
    warnings.push('AUTONOMOUS_MODE is on, but none of the AUTO_ settings is: nothing will ever be done.');
  }
  return warnings;
}
