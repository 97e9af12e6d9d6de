import { type BreakGlassUse, type Reviewed, requestorOf, subjectOf } from '../domain/run_record.ts';

/** A person's word about one use of emergency access. */
type Review = { readonly by: string; readonly at: number; readonly note: string };

/**
 * Emergency access that people have to look at: what this run saw, and what earlier runs saw (`earlier`) and nobody has
 * reviewed; unreviewed first, then by age. Pure.
 * INVARIANT: a use leaves the list by being reviewed, not by getting old, not because its request left the window or is
 * not recognised any more, and not by a run that failed.
 */
export function breakGlassUses(
  prepared: readonly Reviewed[],
  earlier: readonly BreakGlassUse[],
  reviews: ReadonlyMap<string, Review>,
): BreakGlassUse[] {
  const current = prepared.filter(({ accessContext }) => accessContext.breakGlass).map(useOf);
  const ids = new Set(current.map(({ requestId }) => requestId));
  const left = earlier.filter(({ requestId }) => !ids.has(requestId));
  // Of the whole window only those that are still carried on.
  const carried = new Set(left.map(({ requestId }) => requestId));
  const seen = new Map(
    prepared.flatMap((one) => (carried.has(one.dossier.request.id) ? [[one.dossier.request.id, useOf(one)]] : [])),
  );
  const uses = [
    ...current.map((use) => reviewedUse(use, reviews)),
    ...left
      .map((use) => reviewedUse(seen.get(use.requestId) ?? use, reviews))
      .filter(({ reviewed }) => reviewed === null),
  ];
  return uses.sort(unreviewedFirst);
}

const useOf = ({ dossier: { request } }: Reviewed): Omit<BreakGlassUse, 'reviewed'> => ({
  requestId: request.id,
  requestor: requestorOf(request),
  subject: subjectOf(request),
  status: request.status,
  since: request.approved ?? request.created,
});

function reviewedUse(
  { requestId, requestor, subject, status, since }: Omit<BreakGlassUse, 'reviewed'>,
  reviews: ReadonlyMap<string, Review>,
): BreakGlassUse {
  const review = reviews.get(requestId);
  const reviewed = review === undefined ? null : { by: review.by, at: review.at, note: review.note };
  return { requestId, requestor, subject, status, since, reviewed };
}

const unreviewedFirst = (a: BreakGlassUse, b: BreakGlassUse): number =>
  Number(a.reviewed !== null) - Number(b.reviewed !== null) || a.since - b.since;
