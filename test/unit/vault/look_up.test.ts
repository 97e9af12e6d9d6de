import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { lookUpRequest } from '../../../src/vault/listing.ts';
import { type Row, rows, serveList } from './moving_list.ts';
import { DEFAULT_PATHS, failure, MINUTE, NOON, openTestSession, type Server, startServer } from './tools.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.calls.length = 0;
});

const options = { path: DEFAULT_PATHS.list, pageSize: 40, maxPages: 50, concurrency: 8 };
const lookUp = (wanted: Pick<Row, 'id' | 'created'> | undefined, position?: number) => {
  if (wanted === undefined) throw new Error('nothing to look up');
  return lookUpRequest(openTestSession(server), options, wanted, position);
};

test('a request whose position is known costs one call, also when the server gives smaller pages', async () => {
  const list = rows(500);
  for (const cap of [200, 40, 15]) {
    server.calls.length = 0;
    serveList(server, list, { cap });
    expect(await lookUp(list[333], 333)).toMatchObject({ id: 'r333' });
    expect(server.calls).toHaveLength(1);
  }
});

test('a request is looked for among few records first, and on a whole page before the list is walked', async () => {
  const list = rows(900);
  const wanted = list[700];
  list.unshift(...rows(90, 'new', NOON + MINUTE));
  serveList(server, list, { cap: 200 });
  const session = openTestSession(server);
  const page = { ...options, pageSize: 200 };
  expect(await lookUpRequest(session, page, wanted as Row, 700)).toMatchObject({ id: 'r700' });
  const asked = server.calls.map(({ url }) => new URL(url, server.origin).searchParams);
  expect(asked.map((query) => [query.get('pgs'), query.get('pgp')])).toEqual([
    ['50', '690'],
    ['200', '690'],
  ]);
  expect(await lookUpRequest(session, page, wanted as Row, 790)).toMatchObject({ id: 'r700' });
  expect(server.calls).toHaveLength(3);
});

test.each([
  ['3 arrivals', (live: Row[]) => live.unshift(...rows(3, 'new', NOON + MINUTE)), 1],
  ['3 removals', (live: Row[]) => live.splice(0, 3), 1],
  ['90 arrivals', (live: Row[]) => live.unshift(...rows(90, 'new', NOON + MINUTE)), 15],
  ['90 removals', (live: Row[]) => live.splice(0, 90), 15],
])('a request is found although %s have shifted it since', async (_name, shift, calls) => {
  const list = rows(300);
  const wanted = list[200];
  shift(list);
  serveList(server, list, { cap: 40 });
  expect(await lookUp(wanted, 200)).toMatchObject({ id: 'r200' });
  expect(server.calls.length).toBeLessThanOrEqual(calls);
});

test('a request without a known position is found by a walk, which stops where it is', async () => {
  const list = rows(100);
  serveList(server, list, { cap: 40 });
  expect(await lookUp(list[0])).toMatchObject({ id: 'r000' });
  expect(server.calls).toHaveLength(1);
  expect(await lookUp(list[99])).toMatchObject({ id: 'r099' });
});

test('the request that is there now is given, not the one that was listed', async () => {
  const list = rows(5);
  serveList(server, list, { cap: 40 });
  list[3] = { ...(list[3] as Row), status: 'Completed' };
  expect(await lookUp(list[3], 3)).toMatchObject({ status: 'Completed' });
});

test.each([0, 1, 2, 39, 40, 41, 200])('a request that is gone is null, with %i others in the list', async (others) => {
  serveList(server, rows(others), { cap: 40 });
  expect(await lookUp({ id: 'gone', created: NOON - 300 * MINUTE }, 20)).toBeNull();
  expect(await lookUp({ id: 'gone', created: NOON - 300 * MINUTE })).toBeNull();
});

test('a request that slips across a border while it is looked for is found all the same', async () => {
  const list = rows(100);
  serveList(server, list, { cap: 40, before: { 2: (live) => live.splice(0, 5) } });
  expect(await lookUp(list[42])).toMatchObject({ id: 'r042' });
});

test('a request whose record has become unreadable is not given', async () => {
  const [first] = rows(1);
  serveList(server, [{ ...first, status: null } as unknown as Row], { cap: 40 });
  expect(await lookUp(first)).toBeNull();
});

test('a server that repeats the same page for ever gives an error, not "it is gone"', async () => {
  server.answer = () => ({ body: { data: rows(40) } });
  expect(await failure(lookUp({ id: 'gone', created: NOON - MINUTE }))).toMatchObject({ code: 'endless' });
});
