import type { Config } from '../config/config.ts';
import type { AccessContext } from '../domain/access_context.ts';
import { NO_USAGE } from '../domain/assessment.ts';
import type { ConfirmCandidate } from '../domain/confirmation.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { RunRecord } from '../domain/run_record.ts';
import type { SecretReader } from '../domain/secret_reader.ts';
import { isOpen } from '../domain/status.ts';
import type { Network } from '../http/network.ts';
import type { Clock } from '../util/clock.ts';
import { describeError, UpstreamError } from '../util/errors.ts';
import { inPortions, yieldBetween } from '../util/event_loop.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import type { Budget } from './budget/budget.ts';
import { costMet, costWarning } from './budget/open_budget.ts';
import { createModelClient, type OpenModelClient } from './client/model_client.ts';
import { sharesQuestion } from './compose.ts';
import { type ConfirmResult, confirm } from './confirm.ts';
import { nothingRemembered, type SortRatings } from './memory/step.ts';
import type { TreatedText } from './payload.ts';
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
  /** What the questions are paid from; undefined when their price is not known. */
  readonly budget: () => Promise<Budget | undefined>;
};

/** The model as one run uses it. */
export type ScoreStep = {
  score(dossiers: readonly Dossier[], accessContexts: ReadonlyMap<string, AccessContext>): Promise<ScoreResult & Cost>;
  /** Only for what `score` saw before: it is asked with the same key and the same treated texts. */
  confirm(candidates: readonly ConfirmCandidate[]): Promise<ConfirmResult & Cost>;
  /** Closes the connections. */
  close(): void;
};

/** The limits that the cost of the run has met by then; `warnings` are those that nobody was told before. */
type Cost = Pick<RunRecord, 'costMet' | 'warnings'>;

/** Gets the key before the first question, once: waiting for a person to grant it must not be repeated for every one. */
export function scoreStep(given: ScoreParts): ScoreStep {
  const { config, prompts, agentUser, signal, progress, log, runId, random, remembered = nothingRemembered } = given;
  let access: Promise<Access> | null = null;
  let client: OpenModelClient | null = null;
  let budget: Budget | undefined;
  let warned = false;
  let options: Awaited<ReturnType<typeof optionsFor>> | null = null;

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
    concurrency: config.model.concurrency,
    windowDays: config.analysis.lookbackDays,
    agentUser,
    signal,
    random,
    screened: new Map(await inPortions(dossiers, (some) => some.map((one) => [one.request.id, treated(one)] as const))),
  });

  const treated = ({ request, texts }: Dossier): TreatedText =>
    texts.suspicious || sharesQuestion(request.status, config.actions) ? texts : { ...texts, suspicious: true };

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
    if (warned || !met.includes('threshold')) return { costMet: met, warnings: [] };
    warned = true;
    const message = costWarning(budget, config);
    log.warn('run.warning', { run: runId, message });
    return { costMet: met, warnings: [message] };
  }

  return {
    async score(dossiers, accessContexts) {
      if (dossiers.length === 0) return { ...NOTHING_SCORED, ...cost() };
      const asking = { ...(await optionsFor(dossiers)), accessContexts };
      // Only what can still be decided is confirmed: the rest of a large window need not be kept for it.
      const open = dossiers.filter(({ request }) => isOpen(request.status));
      options = await optionsFor(open);
      const { known, rest, keep, save, saveNowAndThen } = await remembered(dossiers, asking);
      const onProgress = (done: number) => {
        progress.update('score', known.size + done, dossiers.length);
        void saveNowAndThen();
      };
      onProgress(0);
      // INVARIANT: no key is asked for when there is nothing to ask.
      const result =
        rest.length === 0 ? NOTHING_SCORED : await score(rest, { ...asking, ...(await reached()), keep, onProgress });
      await yieldBetween(dossiers);
      await save();
      await yieldBetween(dossiers);
      const scored = await told({ ...result, assessments: new Map([...known, ...result.assessments]) });
      return { ...scored, ...cost() };
    },
    async confirm(candidates) {
      if (candidates.length === 0 || options === null) {
        return { confirmations: new Map(), usage: NO_USAGE, problems: [], notes: [], ...cost() };
      }
      const onProgress = (done: number, total: number) => progress.update('confirm', done, total);
      onProgress(0, candidates.length);
      const confirmed = await told(await confirm(candidates, { ...options, ...(await reached()), onProgress }));
      return { ...confirmed, ...cost() };
    },
    close: () => client?.close(),
  };
}

const NOTHING_SCORED: ScoreResult = { assessments: new Map(), usage: NO_USAGE, problems: [], notes: [] };

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
