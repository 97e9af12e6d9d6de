import { endless, type Page, type Pages } from './pages.ts';

/** How often in a row the walk may step back or stand still before the server counts as broken. */
const PATIENCE = 10;

/**
 * Reads page after page to the end, or until `enough` says so.
 *
 * The list is paged by offset and sorted newest first, so it changes while it is read: a request that arrives pushes the
 * others down (the same one comes twice), and one that leaves pulls them up (one would be left out).
 * Therefore each page begins with the last records of the one before. While one of those is there, nothing slipped
 * through: the page joins on, and its records are secured. When none is there, the walk goes back a page.
 *
 * When a page was read does not matter, so that pages may be read ahead: each is one stretch of a list in a fixed order,
 * and what was in the list all the time and stands behind a record on the page is on it, or behind its end.
 * @throws {UpstreamError}
 */
export async function walk(pages: Pages, enough: (page: Page) => boolean): Promise<void> {
  const secured = new Set<string>();
  let offset = 0;
  let fullest = 0;
  let patience = PATIENCE;
  let last: string | undefined;
  let alone: string | undefined;
  for (;;) {
    const page = await pages.read(offset);
    const { keys, ties } = page;
    offset = page.offset;
    if (enough(page)) return;
    fullest = Math.max(fullest, keys.length);
    if (offset > 0 && !keys.some((key) => secured.has(key))) {
      if (patience-- <= 0) throw endless('does not join up from page to page, as if `pgp` were no offset');
      offset = Math.max(0, offset - fullest);
      continue;
    }
    // The server may cap the page size, so that only a page shorter than the fullest one so far is the last. The total
    // is not used here: on some servers a field of that name counts the page.
    if (keys.length === 0 || keys.length < fullest) return;
    if (fullest === 1) {
      // A page of one record cannot overlap with the next one, so that there must be no next one: what stood at the head
      // before and after a look at an empty second place was alone. Otherwise others have arrived meanwhile, which a new
      // look at the head shows, or the server gives no more than one at a time.
      if (keys[0] === alone) return;
      if (patience-- <= 0) throw endless('comes one by one, so that one could slip through');
      alone = (await pages.read(1)).keys.length === 0 ? keys[0] : undefined;
      offset = 0;
      continue;
    }
    const before = secured.size;
    for (const key of keys) secured.add(key);
    if (secured.size > before) patience = PATIENCE;
    else if (keys.at(-1) === last && patience-- <= 0) throw endless('does not advance');
    last = keys.at(-1);
    offset += ties < keys.length ? keys.length - ties : keys.length - 1;
    pages.goesOn(offset, page);
  }
}

/** What arrived while the pages were read stands before everything known: read on until a page holds something known. */
export async function rereadHead(pages: Pages): Promise<void> {
  for (let offset = 0; ; ) {
    const { keys, fresh } = await pages.read(offset);
    if (fresh === 0 || fresh < keys.length) return;
    offset += Math.max(1, keys.length - 1);
  }
}
