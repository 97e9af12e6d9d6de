import type { Assessment, ModelUsage } from '../domain/assessment.ts';
import type { Decision, Outcome } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Reviewed } from '../domain/run_record.ts';
import type { Confirmed, Fetched, Scores } from './steps.ts';

/** What a step tells about its work in its one line of the log. */
export type StepCounts = Readonly<Record<string, number>>;

/** By step: how its result is counted. */
export const STEP_COUNTS = {
  fetch: ({ requests, malformed, pages }: Fetched) => ({
    ...{ requests: requests.length, malformed: malformed.length, pages },
  }),
  enrich: (dossiers: readonly Dossier[]) => ({
    requests: dossiers.length,
    assets: new Set(dossiers.flatMap(({ asset }) => asset?.id ?? [])).size,
    gaps: dossiers.filter(({ gaps }) => gaps.length > 0).length,
  }),
  score: ({ assessments, usage }: Scores) => {
    const count = (kind: (one: Assessment) => boolean) => [...assessments.values()].filter(kind).length;
    const remembered = count((one) => one.kind === 'scored' && one.remembered === true);
    const unscored = count(({ kind }) => kind === 'unscored');
    return { asked: assessments.size - remembered, remembered, unscored, ...usageOf(usage) };
  },
  decide: ({ decisions }: { readonly decisions: readonly Decision[] }) => {
    const of = (verdict: Decision['verdict']) => decisions.filter((one) => one.verdict === verdict).length;
    return { approve: of('approve'), reject: of('reject'), close: of('close'), hold: of('hold') };
  },
  confirm: ({ confirmations, usage }: Pick<Confirmed, 'confirmations' | 'usage'>) => ({
    confirmations: confirmations.size,
    ...usageOf(usage),
  }),
  act: (reviewed: readonly Reviewed[]) => {
    const of = (kind: Outcome['kind']) => reviewed.filter(({ outcome }) => outcome?.kind === kind).length;
    return { done: of('done'), failed: of('failed'), unknown: of('unknown'), skipped: of('skipped') };
  },
  report: ({ bytes }: { readonly bytes: number }) => ({ bytes }),
  alert: ({ sent }: { readonly sent: number }) => ({ mails: sent }),
} as const;
export type StepName = keyof typeof STEP_COUNTS;
/** What the result of a step has to hold, so that it can be counted. */
export type StepResult<N extends StepName> = Parameters<(typeof STEP_COUNTS)[N]>[0];

const usageOf = ({ calls, promptTokens, completionTokens }: ModelUsage) => ({
  ...{ questions: calls, promptTokens, completionTokens },
});
