import { type Assessment, addUsage, type ModelUsage } from '../request/assessment.ts';
import type { Dossier } from '../request/dossier.ts';
import type { Votes } from '../request/vote.ts';
import { caseKey, type History, PHASES } from './history.ts';
import type { Ratings, Side, VoteCandidate } from './side.ts';

/** The model, asked about archived dossiers as a run asks it. */
export type Rescore = {
  score(dossiers: readonly Dossier[]): Promise<Told & { readonly assessments: ReadonlyMap<string, Assessment> }>;
  /** Only for what the last `score` saw. */
  confirm(candidates: readonly VoteCandidate[]): Promise<Told & { readonly votes: Votes }>;
};
type Told = { readonly usage: ModelUsage; readonly problems: readonly { readonly message: string }[] };

export type Rescored = {
  readonly ratings: Ratings;
  readonly usage: ModelUsage;
  readonly problems: readonly string[];
};

/** Rates the newest state of every case anew, and gives those that would be approved or rejected their second look. */
export async function rescored(
  { cases }: History,
  model: Rescore,
  judged: (ratings: Ratings) => Promise<{ readonly before: Side | null; readonly after: Side }>,
): Promise<Rescored> {
  const ratings = new Map<string, { assessment: Assessment; vote: null }>();
  const told: Told[] = [];
  // The waiting ones last: the second look is about them, and may only be asked about what was rated last.
  for (const phase of PHASES.toReversed()) {
    const dossiers = [...cases.values()].filter((one) => one.phase === phase).map(({ dossier }) => dossier);
    const answer = await model.score(dossiers);
    told.push(answer);
    for (const { request } of dossiers) {
      const assessment = answer.assessments.get(request.id) ?? { kind: 'unscored', why: 'it was not asked about' };
      ratings.set(caseKey(request.id, phase), { assessment, vote: null });
    }
  }
  const { before, after } = await judged(ratings);
  const candidates = new Map([...(before?.candidates() ?? []), ...after.candidates()]);
  const looked = await model.confirm([...candidates.values()]);
  told.push(looked);
  const withVotes = [...ratings].map(([key, { assessment }]) => {
    const candidate = candidates.get(key);
    const vote = candidate === undefined ? null : (looked.votes.get(candidate.dossier.request.id) ?? null);
    return [key, { assessment, vote }] as const;
  });
  return {
    ratings: new Map(withVotes),
    usage: told.map(({ usage }) => usage).reduce(addUsage),
    problems: told.flatMap(({ problems }) => problems.map(({ message }) => message)),
  };
}
