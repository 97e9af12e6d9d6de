import type { AccessRequest } from '../domain/access_request.ts';
import { openPages, type PageOptions, type Pages } from './pages.ts';
import type { Session } from './session.ts';
import { walk } from './walk.ts';
import { isMalformed } from './wire.ts';

/** A request that somebody wants to see as it is now. */
export type Wanted = { readonly id: string; readonly created: number };

type Asked = Wanted & PromiseWithResolvers<AccessRequest | null>;

/** Where requests stood in the list, and how many the vault gives on a page. */
export type Places = { readonly of: ReadonlyMap<string, number>; readonly pageSize: number };

/** How far before its old place a request is looked for: some may have left, but more will have arrived. */
const HEADROOM = 10;
/** So many records more than needed are read first: a whole page is a lot of records for a few. */
const NEARBY = 50;

/**
 * Reads requests as they are now, one page for all that were asked for in the same turn of the event loop and stand on it.
 * There is no address for a single request, so the list is read from a little before its old place down to it; where it is
 * not there any more, a whole page is read, and then the list is walked. Pages that hold nothing that is wanted are not read.
 * INVARIANT: every answer comes from a page whose reading began after it was asked for.
 */
export function openFreshReading(session: Session, options: PageOptions, signal?: AbortSignal) {
  let places: Places = { of: new Map(), pageSize: options.pageSize };
  /** How far the list has moved down since then: what was filed meanwhile stands before all others. */
  let moved = 0;
  let asked: Asked[] = [];

  function readAll(): void {
    const all = asked;
    asked = [];
    for (const stretch of stretchesOf(all, places)) void readStretch(stretch);
  }

  async function readStretch(stretch: Stretch): Promise<void> {
    let left = stretch.wanted;
    try {
      if (stretch.first !== null) {
        const from = Math.max(0, stretch.first + moved - headroom(places));
        const few = stretch.last - stretch.first + headroom(places) + NEARBY;
        const sizes = few < options.pageSize ? [few, options.pageSize] : [options.pageSize];
        for (const pageSize of sizes) {
          if (left.length === 0) return;
          const pages = opened(left, pageSize);
          const { keys, offset } = await pages.read(from);
          noteMoved(keys, offset, left);
          left = answered(left, pages);
        }
      }
      if (left.length === 0) return;
      const pages = opened(left, options.pageSize);
      await walk(pages, () => left.every(({ id }) => pages.found.has(id)));
      // The whole list does not hold them.
      for (const { resolve } of answered(left, pages)) resolve(null);
    } catch (error) {
      for (const { reject } of left) reject(error);
    }
  }

  /** What is read ahead of those that are wanted would be read in vain, and so would be what is older than they are. */
  function opened(wanted: readonly Wanted[], pageSize: number): Pages {
    const oldest = wanted.reduce((least, { created }) => Math.min(least, created), Number.POSITIVE_INFINITY);
    return openPages(session, { ...options, pageSize, concurrency: 1 }, oldest - 1, signal);
  }

  function noteMoved(keys: readonly string[], offset: number, wanted: readonly Wanted[]): void {
    const known = wanted.find(({ id }) => keys.includes(id));
    if (known !== undefined) moved = offset + keys.indexOf(known.id) - (places.of.get(known.id) ?? 0);
  }

  return {
    /** What a reading of the whole list has told. */
    knows(now: Places): void {
      places = now;
      moved = 0;
    },
    /** Null when the list does not hold it any more. @throws {UpstreamError} */
    lookUp({ id, created }: Wanted): Promise<AccessRequest | null> {
      const mine = { id, created, ...Promise.withResolvers<AccessRequest | null>() };
      if (asked.push(mine) === 1) setImmediate(readAll);
      return mine.promise;
    },
  };
}

/** Answers those that were found, and gives the others. */
function answered(wanted: readonly Asked[], { found }: Pages): Asked[] {
  return wanted.filter(({ id, resolve }) => {
    const record = found.get(id);
    if (record === undefined || isMalformed(record)) return true;
    resolve(record);
    return false;
  });
}

/** Requests that one page may hold, from the first old place to the last; `first` is null where no place is known. */
type Stretch = { readonly wanted: Asked[]; readonly first: number | null; last: number };

const headroom = ({ pageSize }: Places): number => Math.min(HEADROOM, Math.floor(pageSize / 4));

function stretchesOf(all: readonly Asked[], places: Places): Stretch[] {
  const placed = all.flatMap((one) => {
    const place = places.of.get(one.id);
    return place === undefined ? [] : [{ one, place }];
  });
  placed.sort((a, b) => a.place - b.place);
  const lost = all.filter(({ id }) => !places.of.has(id));
  const stretches: Stretch[] = lost.length === 0 ? [] : [{ wanted: lost, first: null, last: 0 }];
  // Room at both ends: the list may have moved a little since it was last seen to.
  const reach = Math.max(1, places.pageSize - 2 * headroom(places));
  let current: (Stretch & { first: number }) | null = null;
  for (const { one, place } of placed) {
    if (current === null || place - current.first >= reach) {
      current = { wanted: [], first: place, last: place };
      stretches.push(current);
    }
    current.wanted.push(one);
    current.last = place;
  }
  return stretches;
}
