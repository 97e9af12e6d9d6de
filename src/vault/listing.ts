import { UpstreamError } from '../kit/errors.ts';
import type { AccessRequest, MalformedRecord } from '../request/access_request.ts';
import type { Session } from './session.ts';
import { isMalformed, pageFromWire, requestFromWire } from './wire.ts';

export type ListOptions = { readonly path: string; readonly pageSize: number; readonly maxPages: number };
export type Listing = {
  /** Newest first. */
  readonly requests: readonly AccessRequest[];
  readonly malformed: readonly MalformedRecord[];
};

/** How often the walk may step back or stand still before the server counts as broken. */
const PATIENCE = 10;

/**
 * Reads every request created after `from` (milliseconds since the epoch).
 *
 * The list is paged by offset and sorted newest first, so it moves under our feet: a request that arrives pushes the
 * others down (the same one comes twice), and one that leaves pulls them up (one would slip across the border unseen).
 * Therefore each page begins with the last record of the one before. While that record is there, nothing slipped
 * through; when it is not, the walk goes back a page. At the end the head is read again for what arrived meanwhile.
 * INVARIANT: every request that was in the list during the whole walk is found, and none twice.
 * @throws {UpstreamError} also when the list does not end within `maxPages`
 */
export async function listRequests(
  session: Session,
  options: ListOptions,
  from: number,
  signal?: AbortSignal,
  onProgress: (read: number, total: number | null) => void = () => {},
): Promise<Listing> {
  const walk = newWalk(session, options, from, signal);
  let offset = 0;
  let anchor: string | undefined;
  let patience = PATIENCE;
  let fullest = 0;
  for (;;) {
    const page = await walk.read(offset);
    const { keys, fresh } = page;
    onProgress(walk.found.size, page.total);
    fullest = Math.max(fullest, keys.length);
    const joined = offset === 0 || (anchor === undefined ? fresh < keys.length : keys.includes(anchor));
    if (!joined) {
      if (patience-- <= 0) throw endless('moves faster than it can be read');
      offset = Math.max(0, offset - fullest);
      anchor = undefined;
      continue;
    }
    // The server may cap the page size, so that only a page shorter than the fullest one so far is the last. The total
    // is not used here: on some servers a field of that name counts the page.
    if (keys.length === 0 || (offset > 0 && keys.length < fullest)) break;
    anchor = keys.at(-1);
    if (fresh === 0 && offset > 0 && patience-- <= 0) throw endless('does not advance');
    // A page without news means that as many requests arrived meanwhile as a page holds.
    offset += fresh === 0 && offset > 0 ? keys.length : Math.max(1, keys.length - 1);
  }
  if (walk.pages() > 1) await rereadHead(walk);
  return walk.result();
}

/**
 * Reads one request as it is now; null when the list does not hold it any more. There is no address for a single
 * request, so the list is read from just before its creation. `position` is where it stood in the list before: one
 * page around it is tried first, so that a look-up costs one call, not a walk.
 * @throws {UpstreamError}
 */
export async function lookUpRequest(
  session: Session,
  options: ListOptions,
  wanted: { readonly id: string; readonly created: number },
  position = 0,
  signal?: AbortSignal,
): Promise<AccessRequest | null> {
  const walk = newWalk(session, options, wanted.created - 1, signal);
  if (position > 0) {
    await walk.read(Math.max(0, position - Math.floor(options.pageSize / 4)));
    const found = walk.request(wanted.id);
    if (found !== null) return found;
  }
  for (let offset = 0, patience = PATIENCE; ; ) {
    const { keys, fresh } = await walk.read(offset);
    const found = walk.request(wanted.id);
    if (found !== null) return found;
    if (keys.length === 0) return null;
    if (fresh === 0 && patience-- <= 0) return null;
    offset += fresh === 0 && offset > 0 ? keys.length : Math.max(1, keys.length - 1);
    // A page that holds nothing but its anchor is the end.
    if (keys.length === 1 && fresh === 0) return null;
  }
}

type Walk = ReturnType<typeof newWalk>;

function newWalk(session: Session, options: ListOptions, from: number, signal?: AbortSignal) {
  const found = new Map<string, AccessRequest | MalformedRecord>();
  let pages = 0;
  return {
    found,
    pages: () => pages,
    async read(offset: number): Promise<{ keys: readonly string[]; fresh: number; total: number | null }> {
      if (pages >= options.maxPages) throw endless(`goes on after ${options.maxPages} pages`);
      pages++;
      const query = { from, pgs: options.pageSize, pgp: offset, s: 'created,desc', rqt: 1 };
      const page = pageFromWire(await session.readJson('list requests', options.path, query, signal));
      if (page === null) {
        throw new UpstreamError('vault', 'wrong-shape', 'the vault answered no list when asked to list requests');
      }
      const before = found.size;
      const keys = page.records.map((raw, i) => {
        const record = requestFromWire(raw, offset + i);
        // A record without an id is told from others by its text, so that a page read twice does not count it twice.
        const key = isMalformed(record) ? `!${record.id ?? JSON.stringify(raw)}` : record.id;
        // The later reading wins: it is closer to now.
        found.set(key, record);
        return key;
      });
      return { keys, fresh: found.size - before, total: page.total };
    },
    request(id: string): AccessRequest | null {
      const record = found.get(id);
      return record === undefined || isMalformed(record) ? null : record;
    },
    result(): Listing {
      const records = [...found.values()];
      const requests = records.filter((r): r is AccessRequest => !isMalformed(r) && r.created >= from);
      requests.sort((a, b) => b.created - a.created || (a.id < b.id ? -1 : 1));
      return { requests, malformed: records.filter(isMalformed) };
    },
  };
}

/** What arrived while the pages were read stands before everything known: read on until a page holds nothing new. */
async function rereadHead(walk: Walk): Promise<void> {
  for (let offset = 0; ; ) {
    const { keys, fresh } = await walk.read(offset);
    if (fresh === 0 || fresh < keys.length) return;
    offset += Math.max(1, keys.length - 1);
  }
}

function endless(how: string): UpstreamError {
  return new UpstreamError('vault', 'endless', `the vault's list of requests ${how}`);
}
