import type { AccessRequest, MalformedRecord } from '../domain/access_request.ts';
import { yieldBetween } from '../util/event_loop.ts';
import { openPages, type PageOptions } from './pages.ts';
import type { Session } from './session.ts';
import { rereadHead, walk } from './walk.ts';
import { isMalformed } from './wire.ts';

export type Listing = {
  /** Newest first. */
  readonly requests: readonly AccessRequest[];
  readonly malformed: readonly MalformedRecord[];
  readonly pages: number;
  /** How many the vault gives on a page: it may be fewer than were asked for. */
  readonly pageSize: number;
  /** How many the vault counts, where it listed none at all; null where it does not say. */
  readonly promised: number | null;
  /** When the newest was asked for, where all that it listed are older than the window; null otherwise. */
  readonly onlyOlder: number | null;
  /** The unit of its times, where that is a finer one than milliseconds. */
  readonly timeUnit: 'microseconds' | 'nanoseconds' | null;
};

const newestOf = (records: readonly (AccessRequest | MalformedRecord)[]): number =>
  records.reduce(
    (newest, one) => (isMalformed(one) ? newest : Math.max(newest, one.created)),
    Number.NEGATIVE_INFINITY,
  );

/**
 * Reads every request created after `from` (milliseconds since the epoch).
 * INVARIANT: every request that was in the list during the whole walk is found, and none twice.
 * @throws {UpstreamError} also when the list does not end within `maxPages`
 */
export async function listRequests(
  session: Session,
  options: PageOptions,
  from: number,
  signal?: AbortSignal,
  onProgress: (read: number, total: number | null) => void = () => {},
): Promise<Listing> {
  const pages = openPages(session, options, from, signal);
  let fullest = 0;
  let counted: number | null = null;
  try {
    await walk(pages, ({ keys, total }) => {
      fullest = Math.max(fullest, keys.length);
      if (total !== null) counted = Math.max(counted ?? 0, total);
      onProgress(pages.found.size, total);
      return false;
    });
    if (pages.count() > 1) await rereadHead(pages);
  } finally {
    await pages.close();
  }
  const records = [...pages.found.values()];
  await yieldBetween(records);
  const requests = records.filter((r): r is AccessRequest => !isMalformed(r) && r.created >= from);
  await yieldBetween(records);
  requests.sort((a, b) => b.created - a.created || (a.id < b.id ? -1 : 1));
  await yieldBetween(records);
  const pageSize = pages.count() > 1 ? fullest : options.pageSize;
  return {
    requests,
    malformed: records.filter(isMalformed),
    pages: pages.count(),
    pageSize,
    promised: records.length === 0 ? counted : null,
    onlyOlder: requests.length > 0 || records.length === 0 || records.some(isMalformed) ? null : newestOf(records),
    timeUnit: pages.timeUnit(),
  };
}
