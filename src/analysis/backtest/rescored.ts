import type { AccessContext } from '../../domain/access_context.ts';
import { type Assessment, addUsage, type ModelUsage } from '../../domain/assessment.ts';
import type { Confirmations } from '../../domain/confirmation.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { caseKey, PHASES } from './as_it_waited.ts';
import type { History } from './history.ts';
import type { ConfirmCandidate, Ratings, Side } from './side.ts';

/** The model, asked about archived dossiers as a run asks it. */
export type Rescore = {
  score(
    dossiers: readonly Dossier[],
    accessContexts: ReadonlyMap<string, AccessContext>,
  ): Promise<Told & { readonly assessments: ReadonlyMap<string, Assessment> }>;
  /** Only for what the last `score` saw. */
  confirm(candidates: readonly ConfirmCandidate[]): Promise<Told & { readonly confirmations: Confirmations }>;
};
type Told = { readonly usage: ModelUsage; readonly problems: readonly { readonly message: string }[] };

export type Rescored = {
  readonly ratings: Ratings;
  readonly usage: ModelUsage;
  readonly problems: readonly string[];
};

/** Rates the newest state of every case anew, and gives those that would be approved or rejected their confirmation. */
export async function rescored(
  { cases }: History,
  model: Rescore,
  classify: (dossiers: readonly Dossier[]) => ReadonlyMap<string, AccessContext>,
  decideAgain: (ratings: Ratings) => Promise<{ readonly before: Side | null; readonly after: Side }>,
): Promise<Rescored> {
  // What people decided before a run saw it wait is evidence, and not worth a question.
  const open = [...cases.values()].filter(({ recalled }) => !recalled);
  const accessContexts = classify(open.map(({ dossier }) => dossier));
  const ratings = new Map<string, { assessment: Assessment; confirmation: null }>();
  const told: Told[] = [];
  // The waiting ones last: the confirmation is about them, and may only be asked about what was rated last.
  for (const phase of PHASES.toReversed()) {
    const dossiers = open.filter((one) => one.phase === phase).map(({ dossier }) => dossier);
    const answer = await model.score(dossiers, accessContexts);
    told.push(answer);
    for (const { request } of dossiers) {
      const assessment = answer.assessments.get(request.id) ?? { kind: 'unscored', why: 'it was not asked about' };
      ratings.set(caseKey(request.id, phase), { assessment, confirmation: null });
    }
  }
  const { before, after } = await decideAgain(ratings);
  const candidates = new Map([...(before?.candidates() ?? []), ...after.candidates()]);
  const looked = await model.confirm([...candidates.values()]);
  told.push(looked);
  const withConfirmations = [...ratings].map(([key, { assessment }]) => {
    const candidate = candidates.get(key);
    const confirmation =
      candidate === undefined ? null : (looked.confirmations.get(candidate.dossier.request.id) ?? null);
    return [key, { assessment, confirmation }] as const;
  });
  return {
    ratings: new Map(withConfirmations),
    usage: told.map(({ usage }) => usage).reduce(addUsage),
    problems: told.flatMap(({ problems }) => problems.map(({ message }) => message)),
  };
}
