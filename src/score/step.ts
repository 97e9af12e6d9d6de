import type { Config } from '../config/config.ts';
import type { AccessContext } from '../domain/access_context.ts';
import { type Assessment, NO_USAGE, type Scored } from '../domain/assessment.ts';
import type { Confirmations, ConfirmCandidate } from '../domain/confirmation.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { RunRecord } from '../domain/run_record.ts';
import type { SecretReader } from '../domain/secret_reader.ts';
import type { Network } from '../http/network.ts';
import type { Clock } from '../util/clock.ts';
import { describeError, UpstreamError } from '../util/errors.ts';
import { inPortions, yieldBetween } from '../util/event_loop.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import type { Budget } from './budget/budget.ts';
import { costMet, costWarning, uncountedWarning } from './budget/open_budget.ts';
import { createModelClient, type OpenModelClient } from './client/model_client.ts';
import { waits } from './compose.ts';
import { type ConfirmResult, confirm } from './confirm.ts';
import { type Holds, rememberedConfirmations } from './memory/confirmations.ts';
import { NOTHING_HELD, nothingRemembered, type SortRatings } from './memory/step.ts';
import type { Prompts } from './prompts.ts';
import type { Random } from './random.ts';
import { type ScoreOptions, type ScoreResult, score } from './score.ts';

type ScoreParts = {
  readonly config: Config;
  readonly prompts: Prompts;
  readonly agentUser: string | null;
  readonly vault: SecretReader;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly log: Log;
  readonly runId: string;
  readonly random: Random;
  readonly network?: Network | undefined;
  /** What earlier runs know; without it everything is asked. */
  readonly remembered?: SortRatings;
  /** Whether a confirmation holds what it was asked about; only that is remembered. */
  readonly holds?: Holds;
  /** What the questions are paid from; undefined when their price is not known. */
  readonly budget: () => Promise<Budget | undefined>;
};

/** The model as one run uses it. */
export type ScoreStep = {
  score(
    dossiers: readonly Dossier[],
    accessContexts: ReadonlyMap<string, AccessContext>,
    known?: KnownOfRequests,
  ): Promise<ScoreResult & Cost>;
  /** Only for what `score` saw before: it is asked with the same key and the same treated texts. */
  confirm(candidates: readonly ConfirmCandidate[]): Promise<ConfirmResult & Cost>;
  /** Closes the connections. */
  close(): void;
};

/** What the run knows of the requests besides. */
export type KnownOfRequests = {
  /** The ids of those that could be approved, by the readings that are remembered; without it none are asked about early. */
  foresee(remembered: ReadonlyMap<string, Assessment>): Promise<ReadonlySet<string>>;
  /** Whether we did something to the request before. */
  acted(requestId: string): boolean;
  /** Whether it would be rejected by that reading. */
  rejects(dossier: Dossier, assessment: Scored): boolean;
};

/** The limits that the cost of the run has met by then; `warnings` are those that nobody was told before. */
type Cost = Pick<RunRecord, 'costMet' | 'warnings'>;

/** Gets the key before the first question, once: waiting for a person to grant it must not be repeated for every one. */
export function scoreStep(given: ScoreParts): ScoreStep {
  const { config, prompts, agentUser, signal, progress, log, runId, random } = given;
  const { remembered = nothingRemembered, holds = () => false } = given;
  let access: Promise<Access> | null = null;
  let client: OpenModelClient | null = null;
  let budget: Budget | undefined;
  const warned = { threshold: false, uncounted: false };
  let options: Awaited<ReturnType<typeof optionsFor>> | null = null;
  let confirmed: Confirmations = new Map();
  let memory = rememberedConfirmations(NOTHING_HELD, holds);
  let save = async () => {};

  async function reached(): Promise<Pick<ScoreOptions, 'model' | 'noModelWhy'>> {
    access ??= given.budget().then((opened) => {
      budget = opened;
      return accessTo(given, opened);
    });
    const known = await access;
    if (!('client' in known)) return { model: null, noModelWhy: known.why };
    client = known.client;
    return { model: client };
  }

  const optionsFor = async (dossiers: readonly Dossier[]) => ({
    prompts,
    batchSize: config.model.batchSize,
    sharedBatchSize: config.model.sharedBatchSize,
    concurrency: config.model.concurrency,
    windowDays: config.analysis.lookbackDays,
    agentUser,
    signal,
    random,
    screened: new Map(
      await inPortions(dossiers, (some) => some.map(({ request, texts }) => [request.id, texts] as const)),
    ),
  });

  async function told<R extends ScoreResult | ConfirmResult>(result: R): Promise<R> {
    const known = await access;
    const advice = known !== null && 'why' in known ? known.advice : null;
    await budget?.settle();
    const problems = result.problems.map((problem) => ({ ...problem, advice: problem.advice ?? advice }));
    for (const note of result.notes) log.warn('model.note', { run: runId, note });
    for (const problem of problems) log.error('run.problem', { run: runId, ...problem });
    return { ...result, problems };
  }

  function cost(): Cost {
    const met = costMet(budget, config);
    const threshold = !warned.threshold && met.includes('threshold') ? costWarning(budget, config) : null;
    const uncounted = warned.uncounted ? null : uncountedWarning(budget, config);
    warned.threshold ||= threshold !== null;
    warned.uncounted ||= uncounted !== null;
    const warnings = [threshold, uncounted].filter((one) => one !== null);
    for (const message of warnings) log.warn('run.warning', { run: runId, message });
    return { costMet: met, warnings };
  }

  return {
    async score(dossiers, accessContexts, about) {
      if (dossiers.length === 0) return { ...NOTHING_SCORED, ...cost() };
      const asking = { ...(await optionsFor(dossiers)), accessContexts, ...(about && { acted: about.acted }) };
      // Only what can still be decided is confirmed: the rest of a large window need not be kept for it.
      options = await optionsFor(dossiers.filter(waits));
      const sorted = await remembered(dossiers, asking);
      const { known, rest, keep, saveNowAndThen } = sorted;
      [memory, save] = [rememberedConfirmations(sorted.held, holds), sorted.save];
      const ids = (await about?.foresee(known)) ?? new Set<string>();
      const foreseen = memory.foreseen(dossiers, accessContexts, ids);
      const followUp = (dossier: Dossier, assessment: Scored) => {
        const accessContext = accessContexts.get(dossier.request.id);
        if (accessContext === undefined || !about?.rejects(dossier, assessment)) return null;
        return memory.followedUp({ dossier, accessContext, action: 'reject' });
      };
      const onProgress = (done: number) => {
        progress.update('score', known.size + done, dossiers.length);
        void saveNowAndThen();
      };
      onProgress(0);
      // INVARIANT: no key is asked for when there is nothing to ask.
      const result =
        rest.length + foreseen.rest.length === 0
          ? NOTHING_SCORED
          : await score(rest, { ...asking, foreseen: foreseen.rest, followUp, ...(await reached()), keep, onProgress });
      await yieldBetween(dossiers);
      await save();
      await yieldBetween(dossiers);
      const assessments = new Map([...known, ...result.assessments]);
      confirmed = new Map([...foreseen.known, ...result.confirmations]);
      return { ...(await told({ ...result, assessments, confirmations: confirmed })), ...cost() };
    },
    async confirm(candidates) {
      const { known, rest } = memory.sortedOut(candidates);
      const onProgress = (done: number, total: number) => progress.update('confirm', done, total);
      let answered: ConfirmResult = NOTHING_CONFIRMED;
      if (rest.length > 0 && options !== null) {
        onProgress(0, rest.length);
        answered = await told(await confirm(rest, { ...options, ...(await reached()), onProgress }));
      }
      memory.keepHolding(confirmed, rest, answered);
      if (memory.any() || rest.length > 0) await save();
      return { ...answered, confirmations: new Map([...known, ...answered.confirmations]), ...cost() };
    },
    close: () => client?.close(),
  };
}

const NOTHING_ASKED = { usage: NO_USAGE, problems: [], notes: [] };
const NOTHING_SCORED: ScoreResult = {
  ...NOTHING_ASKED,
  assessments: new Map(),
  confirmations: new Map(),
};
const NOTHING_CONFIRMED: ConfirmResult = { ...NOTHING_ASKED, confirmations: new Map(), second: new Map() };

type Access = { readonly client: OpenModelClient } | { readonly why: string; readonly advice: string | null };

async function accessTo(
  { config: { model }, vault, signal, runId, network, clock }: ScoreParts,
  budget: Budget | undefined,
): Promise<Access> {
  const clientWith = (key: string): Access => ({
    client: createModelClient({
      apiKey: () => Promise.resolve(key),
      baseUrl: model.baseUrl,
      model: model.model,
      sharedModel: model.sharedModel,
      timeoutMs: model.timeoutMs,
      ca: model.ca,
      proxy: model.proxy,
      network,
      budget,
      clock,
    }),
  });
  if (model.assetId === undefined) {
    if (model.apiKey !== undefined) return clientWith(model.apiKey);
    return { why: 'no model key is configured', advice: 'set OPENAI_ASSET_ID, or OPENAI_API_KEY for a trial' };
  }
  try {
    return clientWith(await vault.secret(model.assetId, `Portcullis needs its model key for run ${runId}`, signal));
  } catch (error) {
    return {
      why: `the model key could not be had: ${describeError(error)}`,
      advice: error instanceof UpstreamError ? `${error.advice}; the asset is OPENAI_ASSET_ID` : null,
    };
  }
}
