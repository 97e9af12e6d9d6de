import type { Caps } from '../../decide/caps.ts';
import type { ActionPolicy } from '../../decide/decide.ts';
import type { ModelUsage } from '../../domain/assessment.ts';
import type { Dossier } from '../../domain/dossier.ts';
import type { Policy } from '../../policy/load.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import { type ArchiveSpan, archivedRuns } from '../replay/archived_runs.ts';
import type { LeftOut } from '../replay/checked_archive.ts';
import { byClass, type ClassAgreement } from './by_class.ts';
import { type History, type PastCase, readHistory } from './history.ts';
import { type Measures, measure } from './measures.ts';
import { type Rescore, rescored } from './rescored.ts';
import { type Ratings, Side, type SideResult } from './side.ts';

export type BacktestOptions = {
  readonly archive: Pick<RunArchive, 'ids' | 'load'>;
  readonly span: ArchiveSpan;
  readonly policy: Policy;
  /** The policy under trial, to be compared with `policy`; null to look at `policy` alone. */
  readonly trial: Policy | null;
  /** PROMOTE_AT: the agreement at which a class is ready. */
  readonly promoteAt: number;
  /** Limits of today; the switches count as on, or an installation that only observes could try nothing. */
  readonly settings: ActionPolicy;
  readonly caps: Caps;
  /** Asks the model anew; null uses the ratings of the archive. */
  readonly rescore: Rescore | null;
  /** What the archive leaves out by then, because the ledger does not say that it was decided so. */
  readonly leftOut?: () => LeftOut;
};

export type Backtest = {
  readonly history: Pick<History, 'runs' | 'from' | 'to'>;
  readonly passedOver: readonly string[];
  readonly leftOut: LeftOut;
  readonly settings: ActionPolicy;
  readonly policies: { readonly old: PolicyName | null; readonly new: PolicyName };
  /** Of the policy under trial, or of the only one. */
  readonly measures: Measures;
  /** Of the present policy, when two are compared. */
  readonly measuresBefore: Measures | null;
  /** Of the policy under trial, or of the only one. */
  readonly classes: readonly ClassAgreement[];
  readonly promoteAt: number;
  /** Compared: exactly the requests with another verdict. Alone: those that would have been acted on. */
  readonly affected: readonly Affected[];
  /** Cases whose rating is of a run that asked for no confidence: they count as sure. */
  readonly confidenceNotAsked: number;
  readonly rescored: { readonly usage: ModelUsage; readonly problems: readonly string[] } | null;
};
export type PolicyName = { readonly dir: string; readonly digest: string };
export type Affected = {
  readonly id: string;
  readonly phase: SideResult['phase'];
  readonly requestor: string;
  readonly subject: string;
  /** By the present policy; what the runs decided when only one policy is looked at. */
  readonly old: SideResult['verdict'];
  readonly new: SideResult['verdict'];
  readonly oldBasis: readonly string[];
  readonly newBasis: readonly string[];
  readonly says: string;
  readonly runId: string;
  readonly assumesConfirmation: boolean;
};

/** Replays the archived runs with the policy of today, or with two. Null when the span holds no run. */
export async function backtest(options: BacktestOptions): Promise<Backtest | null> {
  const { archive, span, policy, trial, settings, caps, rescore } = options;
  const passedOver = new Set<string>();
  const runs = () => archivedRuns(archive, span, 'oldest first', (id) => passedOver.add(id));
  const history = await readHistory(runs());
  if (history.runs.length === 0) return null;

  const decideAgain = async (ratings: Ratings) => {
    const before = trial === null ? null : new Side(policy, settings);
    const after = new Side(trial ?? policy, settings);
    for await (const record of runs()) for (const side of [before, after]) side?.decide(record, ratings);
    return { before, after };
  };
  // By the policy under trial, as of the last run: the model is told what that policy knows.
  const classify = (dossiers: readonly Dossier[]) => (trial ?? policy).classify(dossiers, history.to ?? span.to);
  const asked = rescore === null ? null : await rescored(history, rescore, classify, decideAgain);
  const { before, after } = await decideAgain(asked?.ratings ?? history.cases);

  const results = after.results();
  const leftOut = options.leftOut?.() ?? NOTHING_LEFT_OUT;
  return {
    history: { runs: history.runs, from: history.from, to: history.to },
    passedOver: [...passedOver].filter((id) => !leftOut.runs.includes(id)),
    leftOut,
    settings,
    policies: { old: before === null ? null : nameOf(policy), new: nameOf(after.policy) },
    measures: measure(results.values(), history, caps),
    measuresBefore: before === null ? null : measure(before.results().values(), history, caps),
    promoteAt: options.promoteAt,
    classes: byClass(results.values(), history, after.policy.access, options.promoteAt),
    affected: affectedOf(results, before?.results() ?? null, history.cases),
    confidenceNotAsked: asked === null ? [...history.cases.values()].filter(notAsked).length : 0,
    rescored: asked === null ? null : { usage: asked.usage, problems: asked.problems },
  };
}

const NOTHING_LEFT_OUT: LeftOut = { runs: [], lines: 0, early: 0, unreadable: null };

const notAsked = ({ assessment }: PastCase): boolean =>
  assessment.kind === 'scored' && assessment.confidence === undefined;

const nameOf = ({ dir, digest }: Policy): PolicyName => ({ dir, digest });

function affectedOf(
  results: ReadonlyMap<string, SideResult>,
  before: ReadonlyMap<string, SideResult> | null,
  cases: ReadonlyMap<string, PastCase>,
): Affected[] {
  return [...results].flatMap(([key, now]) => {
    const past = cases.get(key);
    const then = before?.get(key);
    const old = before === null ? (past?.recorded ?? 'hold') : (then?.verdict ?? 'hold');
    if (before === null ? now.verdict === 'hold' || now.recalled : now.verdict === old) return [];
    return [
      {
        id: now.id,
        phase: now.phase,
        requestor: past?.requestor ?? 'unknown',
        subject: past?.subject ?? '',
        old,
        new: now.verdict,
        oldBasis: then?.basis ?? [],
        newBasis: now.basis,
        says: now.says,
        runId: now.runId,
        assumesConfirmation: now.assumesConfirmation,
      },
    ];
  });
}
