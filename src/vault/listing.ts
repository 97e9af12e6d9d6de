import type { AccessRequest, MalformedRecord } from '../domain/access_request.ts';
import { UpstreamError } from '../util/errors.ts';
import { yieldBetween } from '../util/event_loop.ts';
import { openPages, type PageOptions, type Pages } from './pages.ts';
import type { Session } from './session.ts';
import { rereadHead, walk } from './walk.ts';
import { isMalformed } from './wire.ts';

export type Listing = {
  /** Newest first. */
  readonly requests: readonly AccessRequest[];
  readonly malformed: readonly MalformedRecord[];
  readonly pages: number;
};

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
  try {
    await walk(pages, ({ total }) => {
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
  return { requests, malformed: records.filter(isMalformed), pages: pages.count() };
}

/** How far before its old position a request is looked for: some may have left, but more will have arrived. */
const HEADROOM = 10;
/** As many records are read there first: two looks for each action, and a whole page is a lot of records for one. */
const NEARBY = 50;

/**
 * Reads one request as it is now; null when the list does not hold it any more. There is no address for a single
 * request, so the list is read from just before its creation. `position` is where it stood in the list before: a few
 * records around it are tried first, then a page, so that a look-up costs one call, not a walk.
 * @throws {UpstreamError}
 */
export async function lookUpRequest(
  session: Session,
  options: PageOptions,
  wanted: { readonly id: string; readonly created: number },
  position = 0,
  signal?: AbortSignal,
): Promise<AccessRequest | null> {
  // What is read ahead of the one that is wanted would be read in vain.
  const open = (pageSize: number) =>
    openPages(session, { ...options, pageSize, concurrency: 1 }, wanted.created - 1, signal);
  const foundOn = (pages: Pages): AccessRequest | null => {
    const record = pages.found.get(wanted.id);
    return record === undefined || isMalformed(record) ? null : record;
  };
  if (position > HEADROOM && options.pageSize > NEARBY) {
    const nearby = open(NEARBY);
    await nearby.read(position - HEADROOM);
    const found = foundOn(nearby);
    if (found !== null) return found;
  }
  const pages = open(options.pageSize);
  if (position > HEADROOM) await pages.read(position - HEADROOM);
  if (foundOn(pages) === null) await walk(pages, () => foundOn(pages) !== null);
  return foundOn(pages);
}

/** So few are looked up one by one, each where it stood before. */
const FEW = 2;

/**
 * Reads several requests as they are now: by id, without those that the list does not hold any more. `positionOf` says
 * where one stood in the list before.
 * @throws {UpstreamError} also for one that cannot be understood any more
 */
export async function lookUpRequests(
  session: Session,
  options: PageOptions,
  wanted: readonly { readonly id: string; readonly created: number }[],
  positionOf: (id: string) => number | undefined,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, AccessRequest>> {
  if (wanted.length <= FEW) {
    const found = await Promise.all(
      wanted.map((one) => lookUpRequest(session, options, one, positionOf(one.id), signal)),
    );
    return new Map(found.flatMap((one) => (one === null ? [] : [[one.id, one] as const])));
  }
  const oldest = wanted.reduce((least, { created }) => Math.min(least, created), Number.POSITIVE_INFINITY);
  const pages = openPages(session, { ...options, concurrency: 1 }, oldest - 1, signal);
  await walk(pages, () => wanted.every(({ id }) => pages.found.has(id)));
  return new Map(
    wanted.flatMap(({ id }) => {
      const record = pages.found.get(id);
      if (record === undefined) return [];
      if (isMalformed(record)) {
        throw new UpstreamError('vault', 'wrong-shape', `request \`${id}\` cannot be understood any more`);
      }
      return [[id, record] as const];
    }),
  );
}
