import { describe, expect, test } from 'vitest';
import { openFreshReading, type Wanted } from '../../../src/vault/fresh_reading.ts';
import { type Row, rows, serveList } from './moving_list.ts';
import { DEFAULT_PATHS, failure, MINUTE, NOON, openTestSession, serverOfFile } from './tools.ts';

const server = await serverOfFile();

/** A reader that knows where everything of `listed` stood, from pages of the given size. */
function readerOf(listed: readonly Row[], { pageSize = 40, gives }: { pageSize?: number; gives?: number } = {}) {
  const options = { path: DEFAULT_PATHS.list, pageSize, maxPages: 50, concurrency: 8 };
  const reader = openFreshReading(openTestSession(server), options);
  reader.knows({ of: new Map(listed.map(({ id }, place) => [id, place])), pageSize: gives ?? pageSize });
  return reader;
}
/** One that never read the list. */
const unknowing = () => readerOf([]);
const at = (list: readonly Row[], place: number): Row => {
  const row = list[place];
  if (row === undefined) throw new Error('nothing to look up');
  return row;
};
const asked = () => server.calls.map(({ url }) => new URL(url, server.origin).searchParams);
const GONE: Wanted = { id: 'gone', created: NOON - 300 * MINUTE };

describe('One request', () => {
  test('whose place is known costs one call, also when the server gives smaller pages', async () => {
    const list = rows(500);
    for (const cap of [200, 40, 15, 4, 1]) {
      server.calls.length = 0;
      serveList(server, list, { cap });
      const reader = readerOf(list, { gives: Math.min(cap, 40) });
      expect(await reader.lookUp(at(list, 333))).toMatchObject({ id: 'r333' });
      expect(server.calls).toHaveLength(1);
    }
  });

  test('is looked for among few records first, and on a whole page before the list is walked', async () => {
    const list = rows(900);
    const reader = readerOf(list, { pageSize: 200 });
    const wanted = at(list, 700);
    list.unshift(...rows(90, 'new', NOON + MINUTE));
    serveList(server, list, { cap: 200 });
    expect(await reader.lookUp(wanted)).toMatchObject({ id: 'r700' });
    expect(asked().map((query) => [query.get('pgs'), query.get('pgp')])).toEqual([
      ['60', '690'],
      ['200', '690'],
    ]);
    // How far the list has moved is known by then.
    expect(await reader.lookUp(wanted)).toMatchObject({ id: 'r700' });
    expect(server.calls).toHaveLength(3);
  });

  test.each([
    ['3 arrivals', (live: Row[]) => live.unshift(...rows(3, 'new', NOON + MINUTE)), 1],
    ['3 removals', (live: Row[]) => live.splice(0, 3), 1],
    ['90 arrivals', (live: Row[]) => live.unshift(...rows(90, 'new', NOON + MINUTE)), 15],
    ['90 removals', (live: Row[]) => live.splice(0, 90), 15],
  ])('is found although %s have shifted it since', async (_name, shift, calls) => {
    const list = rows(300);
    const reader = readerOf(list);
    const wanted = at(list, 200);
    shift(list);
    serveList(server, list, { cap: 40 });
    expect(await reader.lookUp(wanted)).toMatchObject({ id: 'r200' });
    expect(server.calls.length).toBeLessThanOrEqual(calls);
  });

  test('without a known place is found by a walk, which stops where it is', async () => {
    const list = rows(100);
    serveList(server, list, { cap: 40 });
    expect(await unknowing().lookUp(at(list, 0))).toMatchObject({ id: 'r000' });
    expect(server.calls).toHaveLength(1);
    expect(await unknowing().lookUp(at(list, 99))).toMatchObject({ id: 'r099' });
  });

  test('is given as it is now, not as it was listed', async () => {
    const list = rows(5);
    const reader = readerOf(list);
    serveList(server, list, { cap: 40 });
    list[3] = { ...at(list, 3), status: 'Completed' };
    expect(await reader.lookUp(at(list, 3))).toMatchObject({ status: 'Completed' });
  });

  test.each([0, 1, 2, 39, 40, 41, 200])('that is gone is null, with %i others in the list', async (others) => {
    serveList(server, rows(others), { cap: 40 });
    const reader = readerOf([...rows(20, 'x'), GONE as Row]);
    expect(await reader.lookUp(GONE)).toBeNull();
    expect(await unknowing().lookUp(GONE)).toBeNull();
  });

  test('that slips across a border while it is looked for is found all the same', async () => {
    const list = rows(100);
    const wanted = at(list, 42);
    serveList(server, list, { cap: 40, before: { 2: (live) => live.splice(0, 5) } });
    expect(await unknowing().lookUp(wanted)).toMatchObject({ id: 'r042' });
  });

  test('whose record has become unreadable is not given', async () => {
    const [first] = rows(1);
    serveList(server, [{ ...first, status: null } as unknown as Row], { cap: 40 });
    expect(await unknowing().lookUp(first as Row)).toBeNull();
  });

  test('of a server that repeats the same page for ever gives an error, not "it is gone"', async () => {
    server.answer = () => ({ body: { data: rows(40) } });
    expect(await failure(unknowing().lookUp({ id: 'gone', created: NOON - MINUTE }))).toMatchObject({
      code: 'endless',
    });
  });
});

describe('Several requests that are asked for together', () => {
  test('share the reading of each page that holds one of them, and no other page is read', async () => {
    const list = rows(900);
    serveList(server, list, { cap: 200 });
    const reader = readerOf(list, { pageSize: 200 });
    const places = [20, 25, 31, 90, 640, 641, 700];
    const found = await Promise.all([...places, 25].map((place) => reader.lookUp(at(list, place))));
    expect(found.map((one) => one?.id)).toEqual([...places, 25].map((place) => at(list, place).id));
    // Both are asked for at once, and may come in either order.
    expect(new Set(asked().map((query) => query.get('pgp')))).toEqual(new Set(['10', '630']));
    expect(asked()).toHaveLength(2);
  });

  test('are read as far as they go: nothing older than the last of them is asked for', async () => {
    const list = rows(900);
    serveList(server, list, { cap: 200 });
    await Promise.all([20, 60].map((place) => readerOf(list, { pageSize: 200 }).lookUp(at(list, place))));
    expect(asked().map((query) => Number(query.get('from')))).toContain(at(list, 60).created - 1);
  });

  test('are each answered for themselves: one that is gone, and a page that cannot be read, are no harm to the others', async () => {
    const list = rows(900);
    const reader = readerOf(list, { pageSize: 200 });
    const [gone] = list.splice(30, 1);
    serveList(server, list, { cap: 200 });
    const { answer } = server;
    server.answer = (call, response) => (call.url.includes('pgp=690') ? { status: 403 } : answer(call, response));
    const [there, missing, unread] = await Promise.allSettled(
      [at(list, 25), gone as Row, at(list, 699)].map((one) => reader.lookUp(one)),
    );
    expect(there).toMatchObject({ value: { id: 'r025' } });
    expect(missing).toMatchObject({ value: null });
    expect(unread).toMatchObject({ reason: { code: 'unauthorized' } });
  });

  test('never get a page that was being read when they asked', async () => {
    const list = rows(100);
    const reader = readerOf(list);
    const first = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    serveList(server, list, { cap: 40 });
    const { answer } = server;
    server.answer = async (call, response) => {
      const given = await answer(call, response);
      begun.resolve();
      if (server.calls.length === 1) await first.promise;
      return given;
    };
    const before = reader.lookUp(at(list, 50));
    await begun.promise;
    const wanted = at(list, 51);
    list[51] = { ...wanted, status: 'Rejected' };
    const after = reader.lookUp(wanted);
    first.resolve();
    expect(await before).toMatchObject({ id: 'r050' });
    expect(await after).toMatchObject({ id: 'r051', status: 'Rejected' });
    expect(server.calls).toHaveLength(2);
  });
});
