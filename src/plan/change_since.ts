import type { AccessRequest } from '../domain/access_request.ts';
import { contentDigest } from './digest.ts';
import type { PlanEntry } from './plan.ts';

/** What became of a planned request since the plan was made, in words; null when it is as it was. */
export function changeSince(
  entry: PlanEntry,
  planned: Pick<AccessRequest, 'status'>,
  live: AccessRequest | undefined,
): string | null {
  if (live === undefined) return 'it is no longer in the list';
  if (live.status !== planned.status) {
    return `its status went from ${planned.status} to ${live.status} since the plan was made`;
  }
  return contentDigest(live) === entry.content_digest ? null : 'it was changed since the plan was made';
}
