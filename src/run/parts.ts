import type { Ask } from '../act/act.ts';
import { actStep } from '../act/step.ts';
import type { Config } from '../config/config.ts';
import { runCountOf } from '../decide/caps.ts';
import { agrees } from '../decide/confirm.ts';
import { suspiciousPersons } from '../decide/isolated.ts';
import { decideStep } from '../decide/step.ts';
import type { Problem, RunFacts, RunRecord } from '../domain/run_record.ts';
import { enrichStep } from '../enrich/step.ts';
import type { Network } from '../http/network.ts';
import { Bindings, type RecordCheck } from '../ledger/bindings.ts';
import { ledgerStep } from '../ledger/step.ts';
import { alertStep, noAlert } from '../mail/step.ts';
import type { MailTemplate } from '../mail/template.ts';
import { approvedByPerson, approvedByPolicy, ratingsOf } from '../plan/approve.ts';
import type { Plan } from '../plan/plan.ts';
import { hasModes } from '../policy/classify.ts';
import type { Policy } from '../policy/load.ts';
import { reportStep } from '../report/step.ts';
import type { ReportFiles } from '../report/write.ts';
import { openBudget } from '../score/budget/open_budget.ts';
import type { ModelPrices } from '../score/budget/prices.ts';
import { rememberedRatings } from '../score/memory/step.ts';
import type { Prompts } from '../score/prompts.ts';
import type { Random } from '../score/random.ts';
import { scoreStep } from '../score/step.ts';
import type { Disk } from '../store/disk.ts';
import type { RunHalt } from '../store/halt.ts';
import type { RunArchive } from '../store/run_archive.ts';
import { addRunCount, readRunCounts } from '../store/run_counts.ts';
import type { Clock } from '../util/clock.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import { openActingToken } from '../vault/acting_token.ts';
import { fetchStep } from '../vault/step.ts';
import { openVault } from '../vault/vault.ts';
import { classBounds } from './class_bounds.ts';
import { emergencies } from './emergencies.ts';
import { ownAccounts } from './own_accounts.ts';
import { revertingIn } from './reverting.ts';
import { sightOf } from './sight.ts';
import type { Steps } from './steps.ts';
import { ticketsOf } from './tickets.ts';

/** What a cycle is for, with what only that needs. */
export type Cycle =
  | {
      readonly kind: 'run';
      readonly dryRun: boolean;
      readonly ask: Ask | null;
      readonly person?: string | undefined;
    }
  | { readonly kind: 'plan'; readonly revert?: string | null | undefined }
  | { readonly kind: 'apply'; readonly plan: Plan; readonly record: RunRecord; readonly approvedBy: string };

/** What was opened once and serves every run. */
export type Opened = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly disk: Disk;
  readonly network: Network | undefined;
  readonly random: Random;
  readonly agentUsers: readonly string[];
  readonly prompts: Prompts;
  readonly price: ModelPrices | null;
  readonly template: MailTemplate;
  readonly policy: Policy;
  /** Why policy and prompts are not those of now, but the last ones that could be used; null when they are. */
  readonly unusable: Problem | null;
  readonly archive: RunArchive;
};

/** What is of one run alone. */
export type OfRun = {
  readonly facts: RunFacts;
  readonly halt: RunHalt;
  readonly signal: AbortSignal;
  /** Aborted a while after a stop: report, mail and giving back have that long. */
  readonly afterStop: AbortSignal;
  /** False once another process may own the state folder. */
  readonly lockHeld: () => boolean;
};

/** The steps of one run over one vault, each with what it needs and nothing else. No rule stands here. */
export function partsOfRun(opened: Opened, ofRun: OfRun, cycle: Cycle) {
  const { config, clock, log, progress, disk, random, agentUsers, prompts, price, policy, archive } = opened;
  const { facts, halt, lockHeld } = ofRun;
  const { runId, mode } = facts;
  const own = ownAccounts(agentUsers);
  const ownUser = agentUsers[0] ?? null;
  const stateDir = config.places.state;
  const vault = openVault(config, { ...opened, ...ofRun });
  const shared = { ...opened, ...ofRun, vault, own, runId, agentUser: ownUser, ownUser };

  const back = revertingIn(cycle, { archive, own });
  const bounds = classBounds({
    ...{ access: policy.access, controlShare: config.classes.controlShare },
    ...{ stateDir, disk },
  });
  const deciding = decideStep({
    bound: bounds.bound,
    classes: hasModes(policy.access) && back === null ? [...policy.access.classes.values()] : [],
    ...{ classLimits: config.classes, accounts: own.all, policyDigest: policy.digest },
    reverting: back?.reverting,
    policy: config.actions,
    caps: config.caps,
    engine: policy,
    facts,
    runCounts: () => readRunCounts(stateDir, disk),
    now: clock.now,
    onProgress: progress.update,
  });
  const remember = async (record: RunRecord) => {
    const count = runCountOf(record, suspiciousPersons(record.reviewed));
    if (count !== null) await addRunCount(stateDir, count, disk);
  };
  // What a plan's own run wanted to do was counted when it was prepared.
  const reporting = reportStep({ ...shared, remember: cycle.kind === 'apply' || back !== null ? null : remember });
  const model = scoreStep({
    ...shared,
    ...{ prompts, random, remembered: rememberedRatings(config, { clock, disk, log, runId }) },
    budget: () => openBudget(config, price, { clock, disk, log, runId, lockHeld }),
    holds: (confirmation, action) => !agrees(confirmation, action, config.actions),
  });

  const bindings = new Bindings();
  const ledger = ledgerStep({
    ...shared,
    whatDecides: { policy: policy.holds, prompts: { files: prompts.files ?? [] } },
    bindings: cycle.kind === 'apply' ? bindings : undefined,
    tryReporting: reporting.tryReporting,
  });
  const enriching = enrichStep(shared);
  const tickets = ticketsOf(policy.access.tickets, { ...shared, ca: config.analysis.ticketsCa });
  const openLedger = async () => {
    const history = await ledger.openLedger();
    await bounds.open(history.facts.demotions, ledger.key());
    return history;
  };

  const steps: Steps = {
    ...ledger,
    openLedger,
    ...fetchStep(shared),
    ...tickets.sight(sightOf({ ...shared, tells: cycle.kind !== 'plan' })),
    enrich: tickets.enrich(enriching.enrich),
    score: model.score,
    ...deciding,
    confirm: model.confirm,
    approve: approvedByPolicy,
    ...actStep({
      ...shared,
      token: mode === 'observing' ? null : openActingToken(shared),
      readFresh: enriching.readFresh,
      dossierAnew: enriching.dossierAnew,
      objection: deciding.objection,
      ask: mode === 'asking' && cycle.kind === 'run' ? (cycle.ask ?? undefined) : undefined,
      halted: halt.check,
    }),
    halt: halt.found,
    breakGlass: (prepared) => emergencies(prepared, { archive, stateDir, disk }),
    report: reporting.report,
    ...alertStep({ ...shared, seals: ledger.mailSeals, reportFile: () => reporting.files()?.markdown ?? null }),
    // The same way with another approver: nobody yet, or a person, for what was rated when the plan was made.
    ...(cycle.kind === 'plan' && noAlert),
    ...(cycle.kind === 'apply' && carriedOver(cycle, bindings, deciding.comment)),
    ...back?.steps({ ...ledger, ...enriching }),
  };
  const close = () => {
    vault.close();
    model.close();
  };
  return { steps, files: (): ReportFiles | null => reporting.files(), close };
}

type Applied = Extract<Cycle, { kind: 'apply' }>;

/** The prepared run that a plan goes on from, held against what the ledger says of it. */
function carriedOver({ plan, record }: Applied, bindings: Bindings, comment: Steps['comment']) {
  let check: Promise<RecordCheck> | null = null;
  // Not before the ledger was read.
  const checked = () => {
    check ??= bindings.check(record);
    return check;
  };
  const { finishedAt } = bindings;
  return { ...ratingsOf(record, checked), approve: approvedByPerson({ plan, record, checked, finishedAt, comment }) };
}
