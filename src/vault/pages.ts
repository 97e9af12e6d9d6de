import type { AccessRequest, MalformedRecord } from '../domain/access_request.ts';
import { UpstreamError } from '../util/errors.ts';
import { interning } from '../util/intern.ts';
import { openReadAhead } from './read_ahead.ts';
import type { Session } from './session.ts';
import { errorBesideList, isMalformed, pageFromWire, requestFromWire, timeUnitOf, wireKeyOf } from './wire.ts';
import { digestOf } from './wire_shapes.ts';

export type PageOptions = {
  readonly path: string;
  readonly pageSize: number;
  readonly maxPages: number;
  /** Pages that are read at the same time; 1 reads each when it is asked for. */
  readonly concurrency: number;
};

export type Page = {
  /** Where it begins: where it was wanted, or a little before. */
  readonly offset: number;
  /** What each record is known by, in the order of the page. */
  readonly keys: readonly string[];
  /** How many of them were never read before. */
  readonly fresh: number;
  /** How many records at the end were created in the same millisecond; the server may give those in any order. */
  readonly ties: number;
  readonly total: number | null;
};

/** The vault's list of requests, one page at a time, and everything that was found on the pages so far. */
export type Pages = {
  readonly found: ReadonlyMap<string, AccessRequest | MalformedRecord>;
  count(): number;
  /** The unit of the times on them, where that is a finer one than milliseconds. */
  timeUnit(): 'microseconds' | 'nanoseconds' | null;
  /** @throws {UpstreamError} also for one page too many */
  read(offset: number): Promise<Page>;
  /** The reader goes on at `offset` after `page`: what is likely to be wanted from there is read ahead. */
  goesOn(offset: number, page: Page): void;
  /** Ends what is still under way. */
  close(): Promise<void>;
};

/** A page as it came, before anybody looked at what is new on it. */
type RawPage = Omit<Page, 'fresh'> & {
  readonly records: readonly (AccessRequest | MalformedRecord)[];
  /** Grows with the pages in the order in which they came. */
  readonly came: number;
};

export function openPages(session: Session, options: PageOptions, from: number, signal?: AbortSignal): Pages {
  const { path, pageSize, maxPages, concurrency } = options;
  const found = new Map<string, AccessRequest | MalformedRecord>();
  const share = interning();
  /** How the vault wrote each id. */
  const written = new Map<string, string>();
  /** Ids that several different records of one page had. */
  const shared = new Set<string>();
  let count = 0;
  let timeUnit = null as ReturnType<typeof timeUnitOf>;
  let arrived = 0;
  /** The page that was taken last: the next one begins with some of its records. */
  let taken: { readonly came: number; readonly keys: ReadonlySet<string> } = { came: 0, keys: new Set() };
  /** The most records of one millisecond that stood at the end of a page. */
  let mostTies = 1;

  async function fetchPage(offset: number, until?: AbortSignal): Promise<RawPage> {
    if (count >= maxPages) throw endless(`goes on after ${maxPages} pages`);
    count++;
    const query = { from, pgs: pageSize, pgp: offset, s: 'created,desc', rqt: 1 };
    const answer = await session.readJson('list requests', path, query, until);
    const error = errorBesideList(answer);
    if (error !== null) {
      throw new UpstreamError(
        'vault',
        'refused',
        `the vault answered an error in place of its list of requests: ${error}`,
      );
    }
    const page = pageFromWire(answer);
    if (page === null) {
      throw new UpstreamError('vault', 'wrong-shape', 'the vault answered no list when asked to list requests');
    }
    for (const raw of page.records) timeUnit ??= timeUnitOf(raw);
    const read = page.records.map((raw, i) => onlyOneOf(requestFromWire(raw, offset + i, share), raw, offset + i));
    const { records, keys } = apart(read, page.records, offset, shared);
    arrived += 1;
    return { offset, keys, records, ties: tiesAtEnd(records), total: page.total, came: arrived };
  }

  /** INVARIANT: two records are one only where the vault wrote the very same id: `12` and `"12"` are two. */
  function onlyOneOf(record: AccessRequest | MalformedRecord, raw: unknown, position: number) {
    if (isMalformed(record)) return { ...record, key: digestOf([wireKeyOf(raw), record.problem]) };
    const way = wireKeyOf(raw);
    const before = written.get(record.id) ?? way;
    written.set(record.id, before);
    if (before === way) return record;
    return {
      position,
      id: record.id,
      problem: 'another request has the same id, written in another way',
      key: digestOf(way),
    };
  }

  const either = (giveUp: AbortSignal) => (signal === undefined ? giveUp : AbortSignal.any([signal, giveUp]));
  const ahead = openReadAhead((offset, giveUp) => fetchPage(offset, either(giveUp)), concurrency);

  return {
    found,
    count: () => count,
    timeUnit: () => timeUnit,
    async read(wanted) {
      const { records, came, ...page } = await (ahead.take(wanted) ?? fetchPage(wanted, signal));
      const before = found.size;
      for (const [i, record] of records.entries()) {
        const key = page.keys[i] ?? '';
        // The later reading wins: it is closer to now. A page that was read ahead may have come before the one before it.
        if (came > taken.came || !taken.keys.has(key)) found.set(key, record);
      }
      taken = { came, keys: new Set(page.keys) };
      return { ...page, fresh: found.size - before };
    },
    goesOn(offset, { keys, ties, total }) {
      if (concurrency <= 1 || total === null) return;
      mostTies = Math.max(mostTies, ties);
      // Where so many have the same time, nobody can foretell where the next page has to begin.
      const stride = keys.length - mostTies;
      if (stride < keys.length / 2) return;
      ahead.plan({ offset, stride, end: total, left: maxPages - count });
    },
    close: () => ahead.close(),
  };
}

export function endless(how: string): UpstreamError {
  return new UpstreamError('vault', 'endless', `the vault's list of requests ${how}`);
}

/**
 * The records of one page with their keys; `shared` remembers the ids that several had. INVARIANT: two that differ are never taken
 * for one: where several on a page have the same id, nobody knows which of them an action would be about, and none is a request.
 */
function apart(
  read: readonly (AccessRequest | MalformedRecord)[],
  raw: readonly unknown[],
  offset: number,
  shared: Set<string>,
) {
  const keys = read.map((record, i) => keyOf(record, raw[i]));
  const places = Map.groupBy(keys.keys(), (i) => keys[i] ?? '');
  for (const [key, some] of places) {
    if (some.length > 1 && new Set(some.map((i) => digestOf(raw[i]))).size > 1) shared.add(key);
  }
  if (shared.size === 0) return { records: read, keys };
  const records = read.map((record, i) => {
    if (!shared.has(keys[i] ?? '')) return record;
    const key = digestOf(raw[i]);
    keys[i] = `!${key}`;
    return { position: offset + i, id: record.id, problem: 'other requests on the same page have the same id', key };
  });
  return { records, keys };
}

/** A malformed record is told from others by what the vault wrote, so that a page read twice does not count it twice. */
function keyOf(record: AccessRequest | MalformedRecord, raw: unknown): string {
  return isMalformed(record) ? `!${wireKeyOf(raw)}` : record.id;
}

function tiesAtEnd(records: readonly (AccessRequest | MalformedRecord)[]): number {
  const createdOf = (record: AccessRequest | MalformedRecord | undefined) =>
    record === undefined || isMalformed(record) ? null : record.created;
  const last = createdOf(records.at(-1));
  const before = records.findLastIndex((record) => createdOf(record) !== last);
  return last === null ? 1 : records.length - 1 - before;
}
