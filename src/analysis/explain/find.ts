import type { Reviewed, RunRecord } from '../../domain/run_record.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import { nearestName } from '../../text/nearest.ts';

export type Found = { readonly record: RunRecord; readonly reviewed: Reviewed };
export type NotFound = {
  readonly kind: 'no-archive' | 'no-run' | 'unknown-id';
  /** Ids that may have been meant. */
  readonly near: readonly string[];
  readonly runs: number;
  /** The oldest and the newest run that were looked at. */
  readonly reach: { readonly oldest: string; readonly newest: string } | null;
};

const MOST_NEAR = 3;

/** The newest archived run that knows the request, or the one that is named. */
export async function findRequest(
  archive: Pick<RunArchive, 'ids' | 'load'>,
  id: string,
  runId: string | null,
): Promise<Found | NotFound> {
  const ids = await archive.ids();
  const [oldest, newest] = [ids[0], ids.at(-1)];
  if (oldest === undefined || newest === undefined) return { kind: 'no-archive', near: [], runs: 0, reach: null };
  const missing = (kind: NotFound['kind'], near: readonly string[]): NotFound => {
    return { kind, near, runs: ids.length, reach: { oldest, newest } };
  };
  if (runId !== null && !ids.includes(runId)) return missing('no-run', near(runId, ids));

  const seen = new Set<string>();
  for (const run of runId === null ? ids.toReversed() : [runId]) {
    const record = await archive.load(run);
    for (const reviewed of record?.reviewed ?? []) {
      if (record !== null && reviewed.dossier.request.id === id) return { record, reviewed };
      seen.add(reviewed.dossier.request.id);
    }
  }
  return missing('unknown-id', near(id, [...seen]));
}

/** What contains the given text first (people copy half an id), then what is one slip of the finger away. */
function near(given: string, known: readonly string[]): string[] {
  const plain = given.trim().toLowerCase();
  const holding = plain.length < 3 ? [] : known.filter((id) => id.toLowerCase().includes(plain));
  if (holding.length > 0) return holding.slice(0, MOST_NEAR);
  const meant = nearestName(given, known);
  return meant === null ? [] : [meant];
}
