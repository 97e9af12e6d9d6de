import { UpstreamError } from '../kit/errors.ts';
import { sharing } from '../kit/sharing.ts';
import type { AccessRequest, MalformedRecord } from '../request/access_request.ts';
import type { Session } from './session.ts';
import { isMalformed, pageFromWire, requestFromWire } from './wire.ts';

export type PageOptions = { readonly path: string; readonly pageSize: number; readonly maxPages: number };

export type Page = {
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
  /** @throws {UpstreamError} also for one page too many */
  read(offset: number): Promise<Page>;
};

export function openPages(session: Session, options: PageOptions, from: number, signal?: AbortSignal): Pages {
  const found = new Map<string, AccessRequest | MalformedRecord>();
  const share = sharing();
  let count = 0;
  return {
    found,
    count: () => count,
    async read(offset) {
      if (count >= options.maxPages) throw endless(`goes on after ${options.maxPages} pages`);
      count++;
      const query = { from, pgs: options.pageSize, pgp: offset, s: 'created,desc', rqt: 1 };
      const page = pageFromWire(await session.readJson('list requests', options.path, query, signal));
      if (page === null) {
        throw new UpstreamError('vault', 'wrong-shape', 'the vault answered no list when asked to list requests');
      }
      const before = found.size;
      const records = page.records.map((raw, i) => requestFromWire(raw, offset + i, share));
      const keys = records.map((record, i) => keyOf(record, page.records[i]));
      // The later reading wins: it is closer to now.
      for (const [i, record] of records.entries()) found.set(keys[i] ?? '', record);
      return { keys, fresh: found.size - before, ties: tiesAtEnd(records), total: page.total };
    },
  };
}

export function endless(how: string): UpstreamError {
  return new UpstreamError('vault', 'endless', `the vault's list of requests ${how}`);
}

/** A record without an id is told from others by its text, so that a page read twice does not count it twice. */
function keyOf(record: AccessRequest | MalformedRecord, raw: unknown): string {
  return isMalformed(record) ? `!${record.id ?? JSON.stringify(raw)}` : record.id;
}

function tiesAtEnd(records: readonly (AccessRequest | MalformedRecord)[]): number {
  const createdOf = (record: AccessRequest | MalformedRecord | undefined) =>
    record === undefined || isMalformed(record) ? null : record.created;
  const last = createdOf(records.at(-1));
  const before = records.findLastIndex((record) => createdOf(record) !== last);
  return last === null ? 1 : records.length - 1 - before;
}
