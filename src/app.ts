import type { Ask } from './act/act.ts';
import { act } from './act/act.ts';
import { recover } from './act/recover.ts';
import { loadTemplate } from './alert/template.ts';
import type { Config } from './config/config.ts';
import { graceAfter } from './daemon/signals.ts';
import { actionComment } from './decide/comment.ts';
import { enrich } from './enrich/enrich.ts';
import type { Clock } from './kit/clock.ts';
import { describeError } from './kit/errors.ts';
import type { Log } from './kit/log.ts';
import type { Progress } from './kit/progress.ts';
import { loadPolicy } from './policy/load.ts';
import { type ReportFiles, writeReport } from './report/write.ts';
import { isOwn } from './request/access_request.ts';
import { ACTION_NAMES } from './request/action.ts';
import type { RunRecord } from './request/run_record.ts';
import { statusAllows } from './request/status.ts';
import type { Votes } from './request/vote.ts';
import { run, type Steps } from './run.ts';
import { agentUsersOf, anySwitchOn, factsOf } from './run_facts.ts';
import { loadPrompts } from './score/prompts.ts';
import { TEXT_FLAG_NAMES } from './screen/text_flags.ts';
import { openMemory } from './state/memory.ts';
import { openRunArchive } from './state/run_archive.ts';
import { decideParts } from './wiring/decide_parts.ts';
import { mailStep } from './wiring/mail_step.ts';
import { openModel } from './wiring/model_parts.ts';
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
  const policy = await loadPolicy(config.places.policy, { textFlags: TEXT_FLAG_NAMES });
  const mayAct = anySwitchOn(config.actions);
  const deciding = decideParts(config, policy, clock);
  const archive = openRunArchive(config.places.state, config.historyKeep);
  const digests = { policy: policy.digest, prompts: prompts.digest };

  async function runOnce({ dryRun, ask, signal, lockHeld }: RunOptions): Promise<RunResult> {
    const startedAt = clock.now();
    const facts = factsOf({ config, version, agentUsers, startedAt, dryRun, canAsk: ask !== null, digests });
    const { runId } = facts;
    for (const message of facts.warnings) log.warn('run.warning', { run: runId, message });
    const afterStop = graceAfter(signal, GRACE_MS);
    const vault = openVault(config, clock, log, facts.mode !== 'observing');
    const model = openModel({ config, prompts, agentUser: agentUsers[0] ?? null, vault, signal, progress, log, runId });
    let votes: Votes = new Map();
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
          looksUp: ({ status }) => config.analysis.deep || (mayAct && isActionable(status)),
          assets: vault,
          concurrency: config.vault.concurrency,
          signal,
          onProgress: (done, total) => progress.update('enrich', done, total),
        }),
      score: (dossiers) => model.score(dossiers),
      classify: (dossiers) => policy.classify(dossiers, startedAt),
      prepare: deciding.prepare,
      confirm: async (subjects, prepared) => {
        const looked = await model.confirm(deciding.candidates(subjects, prepared));
        votes = looked.votes;
        return looked;
      },
      decide: deciding.decide,
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
            const facts = { ...known.dossier.facts, own: isOwn(live, agentUsers) };
            const subject = { ...known, dossier: { ...known.dossier, request: live, facts } };
            return deciding.objection(subject, votes, memory, action);
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
        // What `explain` and `backtest` read; the report matters more, so that one failing does not stop the other.
        await Promise.all([archive.save(record), again ? null : deciding.remember(record)]).catch((error: unknown) =>
          log.error('run.problem', { run: runId, where: 'archive', message: describeError(error) }),
        );
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

/** What is decided on an asset's facts must be known even without deep analysis: no facts, no approval. */
const isActionable = (status: string): boolean => ACTION_NAMES.some((action) => statusAllows(status, action));
