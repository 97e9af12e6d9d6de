import type { Ask } from './act/act.ts';
import { recover } from './act/recover.ts';
import { actStep } from './act/step.ts';
import type { Config } from './config/config.ts';
import { CONTRACT_FILE, checkContract } from './contract/check_contract.ts';
import { graceAfter } from './daemon/signals.ts';
import { breakGlassUses } from './decide/break_glass.ts';
import { actionComment } from './decide/comment.ts';
import { capKeys } from './decide/decide_all.ts';
import { decideParts } from './decide/step.ts';
import type { RunRecord } from './domain/run_record.ts';
import { isOpen } from './domain/status.ts';
import { enrich } from './enrich/enrich.ts';
import { TEXT_FLAG_NAMES } from './enrich/screening/text_flags.ts';
import type { Network } from './http/network.ts';
import { ledgerStep } from './ledger/step.ts';
import { mailStep } from './mail/step.ts';
import { loadTemplate } from './mail/template.ts';
import { headWords } from './phrases/ledger_head.ts';
import { brokeOff } from './phrases/run_headline.ts';
import { approvedByPerson, approvedByPolicy, ratingsOf } from './plan/approve.ts';
import { makePlan } from './plan/make_plan.ts';
import type { Plan } from './plan/plan.ts';
import { refuseHalted, refuseUnfit, refuseUnrecorded } from './plan/refusals.ts';
import { loadPolicy, type Policy } from './policy/load.ts';
import { reportStep } from './report/step.ts';
import type { ReportFiles } from './report/write.ts';
import { agentUsersOf, anySwitchOn, factsOf, type Purpose, runIdOf } from './run/facts.ts';
import { run, type Steps } from './run/run.ts';
import { modelPrice, openBudget } from './score/budget/open_budget.ts';
import { rememberedRatings } from './score/memory/step.ts';
import { loadPrompts } from './score/prompts.ts';
import { type Random, systemRandom } from './score/random.ts';
import { openModel } from './score/step.ts';
import { type Disk, realDisk } from './store/disk.ts';
import { findHalt } from './store/halt.ts';
import { watchHalt } from './store/halt_watch.ts';
import { openRunArchive } from './store/run_archive.ts';
import type { Clock } from './util/clock.ts';
import { makeRoomFor } from './util/heap.ts';
import type { Log } from './util/log.ts';
import type { Meter } from './util/process_meter.ts';
import type { Progress } from './util/progress.ts';
import { openHand } from './vault/acting_token.ts';
import { ownAccounts } from './vault/own_accounts.ts';
import { openVault } from './vault/vault.ts';

export type AppOptions = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  /** Measures what a cycle takes for itself. */
  readonly meter?: Meter;
  readonly version: string;
  /** Where state and reports are kept. */
  readonly disk?: Disk;
  /** What the clients send through in place of connections of their own. */
  readonly network?: Partial<Network>;
  /** The policy folder, when it was read before; else it is read from POLICY_DIR. */
  readonly policy?: Policy;
  /** Where the model's questions get their order from. */
  readonly random?: Random;
  /** Stand among the warnings of every report. */
  readonly notices?: readonly string[];
};

export type CycleOptions = {
  readonly signal: AbortSignal;
  readonly lockHeld: () => boolean;
};
export type RunOptions = CycleOptions & {
  readonly dryRun: boolean;
  /** A person at a terminal who can be asked; null without one. */
  readonly ask: Ask | null;
};
export type ApplyOptions = CycleOptions & { readonly plan: Plan; readonly approvedBy: string };

export type RunResult = { readonly record: RunRecord; readonly files: ReportFiles | null };
export type App = {
  runOnce(options: RunOptions): Promise<RunResult>;
  /** The first half alone. `plan` is null when the run broke off, or its past cannot be trusted. */
  planOnce(options: CycleOptions): Promise<RunResult & { readonly plan: Plan | null }>;
  /** The second half alone, of a plan that a person approved. @throws {PlanError} before anything is done */
  applyOnce(options: ApplyOptions): Promise<RunResult>;
};

/** What a cycle is for, with what only that needs. */
type Cycle =
  | { readonly kind: 'run'; readonly dryRun: boolean; readonly ask: Ask | null }
  | { readonly kind: 'plan' }
  | { readonly kind: 'apply'; readonly plan: Plan; readonly record: RunRecord; readonly approvedBy: string };

/** On top of a call's time-out: between its intent and the call there is the disk, and after it the vault's own work. */
const SETTLING_SLACK_MS = 10_000;

/** How long report, mail and giving back credentials may still take after a stop. */
const GRACE_MS = 25_000;

/**
 * Wires the parts together: the only file that names concrete ones. Everything that can be wrong with the configuration
 * is found here, before the first run.
 * @throws {ConfigError}
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, clock, log, progress, version, notices, disk = realDisk, network, random = systemRandom } = options;
  await checkContract(CONTRACT_FILE, config.money);
  const agentUsers = agentUsersOf(config);
  const prompts = await loadPrompts(config.places.prompts);
  const price = await modelPrice(config);
  const template = await loadTemplate(config.places.prompts);
  const policy = options.policy ?? (await loadPolicy(config.places.policy, { textFlags: TEXT_FLAG_NAMES }));
  const mayAct = anySwitchOn(config.actions);
  const deciding = decideParts(config, policy, { clock, disk, progress });
  const archive = openRunArchive(config.places.state, config.historyKeep, disk);
  const digests = { policy: policy.digest, prompts: prompts.digest };
  const halted = () => findHalt({ setting: config.halt, stateDir: config.places.state }, disk);

  async function cycle(what: Cycle, { signal, lockHeld }: CycleOptions): Promise<RunResult> {
    const startedAt = clock.now();
    const cost = options.meter?.();
    const runId = runIdOf(startedAt);
    const halt = watchHalt(halted, (found) => log.warn('run.halted', { run: runId, ...found }));
    const facts = factsOf({
      ...{ config, version, agentUsers, startedAt, runId, purpose: purposeOf(what), digests, notices },
      halt: await halt.look(),
    });
    const { mode } = facts;
    for (const message of facts.warnings) log.warn('run.warning', { run: runId, message });
    const afterStop = graceAfter(signal, GRACE_MS);
    const own = ownAccounts(agentUsers);
    const ownUser = agentUsers[0] ?? null;
    const vault = openVault(config, { clock, log, disk, afterStop, network, lockHeld });
    const hand = mode === 'observing' ? null : openHand({ config, clock, vault, ownUser, runId, signal, network });
    const ask = mode === 'asking' && what.kind === 'run' ? (what.ask ?? undefined) : undefined;
    const model = openModel({
      ...{ config, prompts, agentUser: ownUser, vault, signal, progress, clock, log, runId, random, network },
      remembered: rememberedRatings(config, { clock, disk, log, runId }),
      budget: () => openBudget(config, price, { clock, disk, log, runId, lockHeld }),
    });
    let files: ReportFiles | null = null;
    const steps: Steps = {
      ...ledgerStep({ config, facts, vault, clock, disk, progress, lockHeld, signal }),
      recover: async (memory) => {
        own.add(...memory.actors());
        const recovered = await recover(memory, {
          ...{
            agentUsers: own.all(),
            lookUp: vault.lookUp,
            clock,
            settleMs: config.vault.timeoutMs + SETTLING_SLACK_MS,
            since: facts.window.from,
            signal,
          },
        });
        for (const one of recovered) log.warn('action.recovered', { run: runId, ...one });
        return recovered;
      },
      fetch: () =>
        vault.list(facts.window.from, signal, (read, total) => {
          makeRoomFor(read);
          progress.update('fetch', read, total);
        }),
      enrich: (requests) =>
        enrich(requests, {
          now: startedAt,
          agentUsers: own.all(),
          officeHours: config.analysis.officeHours,
          // What is decided on an asset's facts must be known even without deep analysis: no facts, no approval.
          looksUp: ({ status }) => config.analysis.deep || (mayAct && isOpen(status)),
          assets: vault,
          concurrency: config.vault.concurrency,
          signal,
          onProgress: (done, total) => progress.update('enrich', done, total),
        }),
      score: (dossiers) => model.score(dossiers),
      classify: (dossiers) => deciding.classify(dossiers, startedAt),
      prepare: deciding.prepare,
      confirm: (subjects, prepared) => model.confirm(deciding.candidates(subjects, prepared)),
      decide: deciding.decide,
      comment: (action, decision, assessment) =>
        actionComment(action, decision, assessment, mode === 'autonomous' ? 'policy' : 'person'),
      approve: approvedByPolicy,
      act: (planned, memory, reviewed, onProblem) =>
        actStep(planned, memory, reviewed, {
          ...{ facts, own, clock, log, progress, vault, hand, deciding, ask, lockHeld, signal, onProblem },
          halted: halt.look,
          // A write that waited for a connection would be given up for a lost one.
          concurrency: Math.min(config.actions.concurrency, config.vault.concurrency),
        }),
      halt: halt.found,
      breakGlass: (prepared) => breakGlassUses(prepared, { archive, stateDir: config.places.state, disk }),
      report: async (record, again) => {
        files = await reportStep(record, {
          ...{ config, log, disk, archive },
          // What a plan's own run did was counted when it was prepared.
          remember: again || what.kind === 'apply' ? null : deciding.remember,
          earlier: again && files !== null ? files : undefined,
          progress: again ? null : progress,
        });
        const sizes = await Promise.all(Object.values(files).map((file) => (file === null ? null : disk.size(file))));
        return { bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) };
      },
      alert: (record) =>
        mailStep(record, { config, template, vault, clock, log, disk, files, lockHeld, signal: afterStop, network }),
      release: () => vault.release(),
      // The same way with another approver: nobody yet, or a person, for what was rated when the plan was made.
      ...(what.kind === 'plan' && { alert: async () => ({ sent: 0, problems: [] }) }),
      ...(what.kind === 'apply' && { ...ratingsOf(what.record), approve: approvedByPerson(what.plan, what.record) }),
    };

    try {
      const record = await run({ facts, steps, clock, log, progress, signal, cost });
      progress.clear();
      log.info('run.finished', {
        run: runId,
        verdict: record.verdict,
        ms: record.finishedAt - startedAt,
        // The end of the run is in it, unlike in report and mail: whoever collects the log knows the last word.
        record: headWords(record.record),
        ...record.usage,
        ...record.own,
      });
      return { record, files };
    } finally {
      vault.close();
    }
  }

  return {
    runOnce: ({ dryRun, ask, ...options }) => cycle({ kind: 'run', dryRun, ask }, options),
    async planOnce(options) {
      const result = await cycle({ kind: 'plan' }, options);
      const { record } = result;
      // INVARIANT: what cannot be held against its record later is not worth approving.
      const kept = (await archive.ids()).includes(record.runId);
      if (!kept || brokeOff(record.verdict)) return { ...result, plan: null };
      const expiryMs = config.actions.planExpiryMs;
      return { ...result, plan: makePlan(record, { created: clock.now(), expiryMs, capKeys }) };
    },
    async applyOnce({ plan, approvedBy, ...options }) {
      refuseHalted(await halted());
      refuseUnfit(plan, {
        vaultUrl: config.vault.url,
        policyDigest: policy.digest,
        promptDigest: prompts.digest,
        now: clock.now(),
        expiryMs: config.actions.planExpiryMs,
      });
      const record = await archive.load(plan.run_id);
      refuseUnrecorded(plan, record, capKeys);
      return cycle({ kind: 'apply', plan, record, approvedBy }, options);
    },
  };
}

function purposeOf(what: Cycle): Purpose {
  if (what.kind === 'run') return { kind: 'run', dryRun: what.dryRun, canAsk: what.ask !== null };
  if (what.kind === 'plan') return what;
  return { kind: 'apply', planId: what.plan.plan_id, approvedBy: what.approvedBy };
}
