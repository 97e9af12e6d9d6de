import type { Ask } from './act/act.ts';
import { act } from './act/act.ts';
import { recover } from './act/recover.ts';
import { loadTemplate } from './alert/template.ts';
import type { Config } from './config/config.ts';
import { graceAfter } from './daemon/signals.ts';
import { actionComment } from './decide/comment.ts';
import { decide } from './decide/decide.ts';
import { gateFacts, shutGates } from './decide/gates.ts';
import { enrich } from './enrich/enrich.ts';
import type { Clock } from './kit/clock.ts';
import { ConfigError } from './kit/errors.ts';
import type { Log } from './kit/log.ts';
import type { Progress } from './kit/progress.ts';
import { type ReportFiles, writeReport } from './report/write.ts';
import { isOwn } from './request/access_request.ts';
import type { Mode, RunRecord } from './request/run_record.ts';
import { run, type Steps } from './run.ts';
import type { RunFacts } from './run_draft.ts';
import { loadPrompts } from './score/prompts.ts';
import { openMemory } from './state/memory.ts';
import { claimsOf } from './vault/token.ts';
import { mailStep } from './wiring/mail_step.ts';
import { scoreStep } from './wiring/score_step.ts';
import { openVault } from './wiring/vault_parts.ts';

export type AppOptions = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly version: string;
};

export type RunOptions = {
  readonly dryRun: boolean;
  /** A person at a terminal who can be asked; null without one. */
  readonly ask: Ask | null;
  readonly signal: AbortSignal;
  readonly lockHeld: () => boolean;
};

export type RunResult = { readonly record: RunRecord; readonly files: ReportFiles | null };
export type App = { runOnce(options: RunOptions): Promise<RunResult> };

/** How long report, mail and giving back credentials may still take after a stop. */
const GRACE_MS = 25_000;

/**
 * Wires the parts together: the only file that names concrete ones. Everything that can be wrong with the configuration
 * is found here, before the first run.
 * @throws {ConfigError}
 */
export async function createApp({ config, clock, log, progress, version }: AppOptions): Promise<App> {
  const agentUsers = agentUsersOf(config);
  const prompts = await loadPrompts(config.places.prompts);
  const template = await loadTemplate(config.places.prompts);

  async function runOnce({ dryRun, ask, signal, lockHeld }: RunOptions): Promise<RunResult> {
    const startedAt = clock.now();
    const facts = factsOf({ config, version, agentUsers, startedAt, dryRun, canAsk: ask !== null });
    const { runId } = facts;
    for (const message of facts.warnings) log.warn('run.warning', { run: runId, message });
    const afterStop = graceAfter(signal, GRACE_MS);
    const vault = openVault(config, clock, log, facts.mode !== 'observing');
    let files: ReportFiles | null = null;

    const steps: Steps = {
      remember: () => openMemory(config.places.state, clock),
      recover: async (memory) => {
        const recovered = await recover(memory, agentUsers, vault.lookUp);
        for (const one of recovered) log.warn('action.recovered', { run: runId, ...one });
        return recovered;
      },
      fetch: () => vault.list(facts.window.from, signal, (read, total) => progress.update('fetch', read, total)),
      enrich: (requests) =>
        enrich(requests, {
          now: startedAt,
          agentUsers,
          officeHours: config.analysis.officeHours,
          deepAnalysis: config.analysis.deep,
          assets: vault,
          concurrency: config.vault.concurrency,
          signal,
          onProgress: (done, total) => progress.update('enrich', done, total),
        }),
      score: (dossiers) =>
        scoreStep(dossiers, { config, prompts, agentUser: agentUsers[0] ?? null, vault, signal, progress, log, runId }),
      decide: (dossier, assessment, acted) => decide(dossier, assessment, config.actions, acted),
      comment: actionComment,
      act: (planned, memory, reviewed) => {
        const judged = new Map(reviewed.map((r) => [r.dossier.request.id, r]));
        let done = 0;
        return act(planned, {
          runId,
          agentUsers,
          clock,
          memory,
          lookUp: vault.lookUp,
          send: vault.send,
          objection: ({ request, action }, live) => {
            const known = judged.get(request.id);
            if (known === undefined) return 'it was never judged';
            const dossier = {
              ...known.dossier,
              request: live,
              facts: { ...known.dossier.facts, own: isOwn(live, agentUsers) },
            };
            return shutGates(gateFacts(dossier, known.assessment, memory.acted), action)[0]?.says ?? null;
          },
          ask: facts.mode === 'asking' && ask !== null ? ask : undefined,
          lockHeld,
          signal,
          onOutcome: ({ request, action }, outcome) => {
            progress.update('act', ++done, planned.length);
            log.info('request.acted', { run: runId, request: request.id, action, ...outcome });
          },
        });
      },
      report: async (record, again) => {
        files = await writeReport(record, config.places.reports, again && files !== null ? files : undefined);
      },
      alert: (record) => mailStep(record, { config, template, vault, clock, log, files, signal: afterStop }),
      release: () => vault.release(),
    };

    try {
      const record = await run({ facts, steps, clock, log, signal });
      progress.clear();
      log.info('run.finished', {
        run: runId,
        verdict: record.verdict,
        ms: record.finishedAt - startedAt,
        ...record.usage,
      });
      return { record, files };
    } finally {
      vault.close();
    }
  }

  return { runOnce };
}

/** The accounts that are the agent's own: the one of the token, and the one in the settings where both are given. */
function agentUsersOf(config: Config): readonly string[] {
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

function factsOf(given: {
  config: Config;
  version: string;
  agentUsers: readonly string[];
  startedAt: number;
  dryRun: boolean;
  canAsk: boolean;
}): RunFacts {
  const { config, version, agentUsers, startedAt, dryRun, canAsk } = given;
  const { actions, analysis, vault } = config;
  const mode: Mode = dryRun ? 'observing' : actions.autonomous ? 'autonomous' : canAsk ? 'asking' : 'observing';
  return {
    runId: new Date(startedAt).toISOString().replace(/[-:.]/g, ''),
    version,
    mode,
    dryRun,
    observingBecause: dryRun ? 'dry run' : mode === 'observing' ? 'not autonomous, and no terminal to ask at' : null,
    startedAt,
    agentUser: agentUsers[0] ?? null,
    vaultUrl: vault.url,
    window: { from: startedAt - analysis.lookbackDays * 86_400_000, to: startedAt, days: analysis.lookbackDays },
    gate: [
      { setting: 'AUTONOMOUS_MODE', value: String(actions.autonomous) },
      { setting: 'AUTO_APPROVE_LOW_RISK', value: String(actions.autoApprove) },
      { setting: 'RISK_THRESHOLD_APPROVE', value: actions.approveUpTo },
      { setting: 'AUTO_REJECT_HIGH_RISK', value: String(actions.autoReject) },
      { setting: 'RISK_THRESHOLD_REJECT', value: actions.rejectFrom },
      { setting: 'AUTO_CLOSE_STALE', value: String(actions.autoCloseStale) },
      { setting: 'STALE_REQUEST_DAYS', value: String(actions.staleDays) },
    ],
    deepAnalysis: analysis.deep,
    warnings: warningsOf(config),
  };
}

function warningsOf({ vault, model, mail, actions }: Config): string[] {
  const warnings: string[] = [];
  if (vault.tlsInsecure) {
    warnings.push('VAULT_TLS_INSECURE is on: any machine in between can pose as the vault. Not for production.');
  }
  if (model.assetId === undefined && model.apiKey !== undefined) {
    warnings.push('The model key comes from OPENAI_API_KEY; OPENAI_ASSET_ID would keep it in the vault.');
  }
  if (mail === null) warnings.push('No mail is configured (the ALERT_ settings); this report is all there is.');
  else if (mail.secretAssetId === undefined) {
    warnings.push('The mail secret comes from ALERT_CLIENT_SECRET; ALERT_SECRET_ASSET_ID would keep it in the vault.');
  }
  if (actions.autonomous && !actions.autoApprove && !actions.autoReject && !actions.autoCloseStale) {
    warnings.push('AUTONOMOUS_MODE is on, but none of the AUTO_ settings is: nothing will ever be done.');
  }
  return warnings;
}
