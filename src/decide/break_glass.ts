import { type BreakGlassUse, type Problem, type Reviewed, requestorOf, subjectOf } from '../domain/run_record.ts';
import type { Disk } from '../store/disk.ts';
import { readReviews } from '../store/reviews.ts';
import { lastRecord, type RunArchive } from '../store/run_archive.ts';
import { adviceOf, describeError } from '../util/errors.ts';
import { yieldBetween } from '../util/event_loop.ts';

/**
 * Emergency access that people have to look at: what this run saw, and what earlier runs saw and nobody has reviewed.
 * INVARIANT: a use leaves the list by being reviewed, not by getting old, and not by a run that failed.
 */
export async function breakGlassUses(
  prepared: readonly Reviewed[],
  { archive, stateDir, disk }: { archive: RunArchive; stateDir: string; disk: Disk },
): Promise<{ uses: BreakGlassUse[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const noted = (error: unknown) => {
    problems.push({ where: 'reviews', message: describeError(error), advice: adviceOf(error) });
  };
  const reviews = (await readReviews(stateDir, disk).catch(noted)) ?? { all: [], byRequest: new Map(), damaged: 0 };
  if (reviews.damaged > 0) {
    const lines = reviews.damaged === 1 ? 'one line' : `${reviews.damaged} lines`;
    const advice = 'what such a line said counts as not reviewed: record the review again with `portcullis review`';
    problems.push({ where: 'reviews', message: `${lines} of reviews.jsonl cannot be understood`, advice });
  }
  const earlier = (await lastRecord(archive).catch(noted)) ?? null;
  await yieldBetween(prepared);
  const current = prepared.filter(({ accessContext }) => accessContext.breakGlass).map(useOf);
  const ids = new Set(current.map(({ requestId }) => requestId));
  // Out of the window, or not recognised any more: by another policy, or without deep analysis. Records of earlier
  // versions have no such list.
  const left = (earlier?.breakGlass ?? []).filter(({ requestId }) => !ids.has(requestId));
  // Of the whole window only those that are still carried on.
  const carried = new Set(left.map(({ requestId }) => requestId));
  const seen = new Map(
    prepared.flatMap((one) => (carried.has(one.dossier.request.id) ? [[one.dossier.request.id, useOf(one)]] : [])),
  );
  const uses = [
    ...current.map((use) => reviewedUse(use, reviews.byRequest)),
    ...left
      .map((use) => reviewedUse(seen.get(use.requestId) ?? use, reviews.byRequest))
      .filter(({ reviewed }) => reviewed === null),
  ];
  return { uses: uses.sort(unreviewedFirst), problems };
}

const useOf = ({ dossier: { request } }: Reviewed): Omit<BreakGlassUse, 'reviewed'> => ({
  requestId: request.id,
  requestor: requestorOf(request),
  subject: subjectOf(request),
  status: request.status,
  since: request.approved ?? request.created,
});

type ByRequest = Awaited<ReturnType<typeof readReviews>>['byRequest'];

function reviewedUse(use: Omit<BreakGlassUse, 'reviewed'>, reviews: ByRequest): BreakGlassUse {
  const { requestId, requestor, subject, status, since } = use;
  const review = reviews.get(requestId);
  const reviewed = review === undefined ? null : { by: review.by, at: review.at, note: review.note };
  return { requestId, requestor, subject, status, since, reviewed };
}

const unreviewedFirst = (a: BreakGlassUse, b: BreakGlassUse): number =>
  Number(a.reviewed !== null) - Number(b.reviewed !== null) || a.since - b.since;
