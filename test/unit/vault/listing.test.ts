import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listRequests } from '../../../src/vault/listing.ts';
import { examples } from '../../suite/property_runs.ts';
import { visit } from '../simulator/visitor.ts';
import { type Row, rows, serveList, sessionOver } from './moving_list.ts';
import { DEFAULT_PATHS, failure, MINUTE, NOON, openTestSession, placeOf, serverOfFile } from './tools.ts';

const server = await serverOfFile();

const FROM = NOON - 1_000 * MINUTE;
const options = { path: DEFAULT_PATHS.list, pageSize: 10, maxPages: 50, concurrency: 1 };
const read = (changes: Partial<typeof options> = {}, from = FROM) =>
  listRequests(openTestSession(server), { ...options, ...changes }, from);
const ids = async (changes: Partial<typeof options> = {}) => (await read(changes)).requests.map(({ id }) => id);
const idsOf = (list: readonly Pick<Row, 'id'>[]) => list.map(({ id }) => id);

describe('a list that stands still', () => {
  test.each([0, 1, 2, 3, 9, 10, 11, 19, 20, 21, 28, 29, 100])('of %i requests is read wholly', async (count) => {
    const list = rows(count);
    serveList(server, list, { cap: 10 });
    expect(await ids()).toEqual(idsOf(list));
  });

  test.each([2, 3, 7, 10])('is read wholly from a server that gives only %i at a time', async (cap) => {
    const list = rows(23);
    serveList(server, list, { cap });
    expect(await ids({ pageSize: 200 })).toEqual(idsOf(list));
  });

  test('that a server gives one by one is refused, because nobody could tell whether one slipped through', async () => {
    serveList(server, rows(3), { cap: 1 });
    expect(await failure(read())).toMatchObject({ code: 'endless' });
  });

  test.each(['total', 'totalCount', 'count', 'rowCount'])('is read wholly when `%s` counts the page', async (name) => {
    const list = rows(35);
    serveList(server, list, { cap: 10, extra: (page) => ({ [name]: page.length }) });
    expect(await ids()).toEqual(idsOf(list));
  });

  test.each([[0], [-5], [1e9], ['many'], [null]])('is read wholly when the total is %j', async (total) => {
    const list = rows(25);
    serveList(server, list, { cap: 10, extra: () => ({ total }) });
    expect(await ids()).toEqual(idsOf(list));
  });

  test('asks with the parameters of the contract, and with an offset, not a page number', async () => {
    serveList(server, rows(25), { cap: 10 });
    await read();
    const queries = server.calls.map(({ url }) => Object.fromEntries(new URL(url, server.origin).searchParams));
    expect(queries[0]).toEqual({ from: `${FROM}`, pgs: '10', pgp: '0', s: 'created,desc', rqt: '1' });
    expect(queries.map(({ pgp }) => Number(pgp))).toEqual([0, 9, 18, 0]);
  });

  test('whose requests all have the same id gives none of them: an action on it could be about any', async () => {
    serveList(
      server,
      rows(4).map((row) => ({ ...row, id: 'same' })),
      { cap: 10 },
    );
    const { requests, malformed } = await read();
    expect(requests).toEqual([]);
    expect(malformed.map(({ problem }) => problem)).toEqual(
      Array(4).fill('other requests on the same page have the same id'),
    );
  });

  test('on which one request stands twice in the same words gives it once', async () => {
    const [first, ...others] = rows(4);
    serveList(server, [first, first, ...others] as Row[], { cap: 10 });
    const { requests, malformed } = await read();
    expect([requests.length, malformed]).toEqual([4, []]);
  });

  test('says how old the newest is where all are older than the time asked for', async () => {
    serveList(server, [{ id: 'old', status: 'Active', created: FROM - 1 }], { cap: 10, ignoresFrom: true });
    expect(await read()).toMatchObject({ requests: [], malformed: [], onlyOlder: FROM - 1 });
    serveList(server, rows(2), { cap: 10 });
    expect(await read()).toMatchObject({ onlyOlder: null });
  });

  test('gives nothing that was created before the time asked for, even if the server does', async () => {
    const list = rows(5);
    serveList(server, [...list, { id: 'old', status: 'Active', created: FROM - 1 }], { cap: 10, ignoresFrom: true });
    expect(await ids()).toEqual(idsOf(list));
  });

  test('says how far it is', async () => {
    serveList(server, rows(25), { cap: 10 });
    const progress: unknown[] = [];
    await listRequests(openTestSession(server), options, FROM, undefined, (...step) => progress.push(step));
    expect(progress).toEqual([
      [10, 25],
      [19, 25],
      [25, 25],
    ]);
  });

  test('of the simulated vault with all its oddities is the same as what the vault holds', async () => {
    const { sim, close } = await visit({ data: 'realistic', requests: 150, malformed: 3, vault: { pageCap: 20 } });
    const { requests, malformed } = await listRequests(openTestSession(placeOf(sim)), options, NOON - 400 * 86_400_000);
    expect(malformed).toHaveLength(3);
    expect(requests).toHaveLength(sim.vault.all().length - 3);
    expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length);
    await close();
  });
});

describe('requests made in the same millisecond', () => {
  test.each([3, 10, 11, 35])('are all found when %i of them lie across the borders of pages', async (count) => {
    const list = rows(40).map((row, i) => (i >= 5 && i < 5 + count ? { ...row, created: NOON - 6 * MINUTE } : row));
    serveList(server, list, { cap: 10 });
    expect((await ids()).sort()).toEqual(idsOf(list).sort());
  });

  test('are all found when the server gives them in another order each time', async () => {
    const list = rows(40).map((row, i) => (i >= 7 && i < 13 ? { ...row, created: NOON - 8 * MINUTE } : row));
    for (const turn of [1, 2, 3, 4, 5]) {
      serveList(server, list, { cap: 10, tiesTurnBy: turn });
      expect((await ids()).sort()).toEqual(idsOf(list).sort());
    }
  });
});

describe('a list that moves while it is read', () => {
  test.each([1, 5, 8, 9, 10, 11, 18, 19, 20, 30])('%i arrivals between two pages hide nothing', async (count) => {
    const list = rows(45);
    serveList(server, list, { cap: 10, before: { 2: (live) => live.unshift(...rows(count, 'new', NOON + MINUTE)) } });
    expect(await ids()).toEqual([...idsOf(rows(count, 'new')), ...idsOf(rows(45))]);
  });

  test.each([1, 5, 9, 10, 11, 20, 25])(
    '%i removals between two pages hide nothing that is still there',
    async (count) => {
      const list = rows(60);
      serveList(server, list, { cap: 10, before: { 4: (live) => live.splice(0, count) } });
      const found = await ids();
      expect(found).toEqual(expect.arrayContaining(idsOf(rows(60).slice(count))));
      expect(new Set(found).size).toBe(found.length);
    },
  );

  test('further removals while it steps back hide nothing either', async () => {
    const list = rows(100);
    const gone = (from: number, count: number) => (live: Row[]) => live.splice(from, count);
    serveList(server, list, { cap: 10, before: { 5: gone(0, 25), 6: gone(0, 9), 7: gone(3, 4) } });
    const found = await ids();
    expect(found).toEqual(expect.arrayContaining(idsOf(list)));
  });

  test('a list that shrinks to one, or to none, ends', async () => {
    serveList(server, rows(30), { cap: 10, before: { 2: (live) => live.splice(0, 29) } });
    expect(await ids()).toContain('r029');
    serveList(server, rows(30), { cap: 10, before: { 2: (live) => live.splice(0, 30) } });
    expect(await ids()).toHaveLength(10);
  });

  test('a single request that leaves while two arrive is no server that gives one by one', async () => {
    const replace = (live: Row[]) => live.splice(0, 1, ...rows(2, 'new', NOON + MINUTE));
    serveList(server, rows(1), { cap: 10, before: { 2: replace } });
    expect(await ids()).toEqual(expect.arrayContaining(idsOf(rows(2, 'new'))));
  });

  test('an arrival does not let a server that gives one by one pass for one with a single request', async () => {
    serveList(server, rows(3), { cap: 1, before: { 2: (live) => live.unshift(...rows(1, 'new', NOON + MINUTE)) } });
    expect(await failure(read())).toMatchObject({ code: 'endless' });
  });

  test('a request that changes its status meanwhile is taken as it was read last, and once', async () => {
    const list = rows(25);
    serveList(server, list, {
      cap: 10,
      before: { 4: (live) => live.splice(0, 1, { ...rows(1)[0], status: 'Completed' } as Row) },
    });
    const { requests } = await read();
    expect(requests.filter(({ id }) => id === 'r000')).toMatchObject([{ status: 'Completed' }]);
  });

  test('whatever arrives and leaves in between: what was there all the time is found, and nothing twice', async () => {
    const change = fc.record({
      at: fc.integer({ min: 2, max: 14 }),
      kind: fc.constantFrom('arrive', 'leave'),
      place: fc.double({ min: 0, max: 0.999, noNaN: true }),
      count: fc.integer({ min: 1, max: 9 }),
    });
    const story = fc.record({
      size: fc.integer({ min: 0, max: 45 }),
      cap: fc.integer({ min: 1, max: 9 }),
      concurrency: fc.constantFrom(1, 2, 3, 8),
      lateBy: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 9 }),
      /** How many requests have the same time as the one before. */
      tied: fc.array(fc.boolean(), { maxLength: 45 }),
      changes: fc.array(change, { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(story, async ({ size, cap, concurrency, lateBy, tied, changes }) => {
        const list = rows(size);
        for (const [i, row] of list.entries()) if (tied[i]) row.created = list[i - 1]?.created ?? row.created;
        const there = new Set(idsOf(list));
        let n = 0;
        const before: Record<number, (live: Row[]) => void> = {};
        for (const { at, kind, place, count } of changes) {
          const earlier = before[at];
          before[at] = (live) => {
            earlier?.(live);
            if (kind === 'arrive')
              for (let i = 0; i < count; i++) live.unshift({ id: `new${++n}`, status: 'Active', created: NOON + n });
            else for (const { id } of live.splice(Math.floor(place * live.length), count)) there.delete(id);
          };
        }
        const session = sessionOver(list, { cap, before, lateBy });
        const reading = listRequests(session, { ...options, maxPages: 400, concurrency }, FROM);
        // Only a server that gives one by one may be refused, and then nothing is half-read.
        const { requests } = cap > 1 ? await reading : await reading.catch(() => ({ requests: null }));
        if (requests === null) return;
        const found = idsOf(requests);
        expect(new Set(found).size).toBe(found.length);
        expect(found).toEqual(expect.arrayContaining([...there]));
      }),
      { numRuns: examples(500) },
    );
  });
});

describe('a server whose list has no end', () => {
  test('because every page is new is given up after the greatest number of pages', async () => {
    let n = 0;
    server.answer = () => ({
      body: { data: Array.from({ length: 10 }, () => ({ id: `r${n++}`, status: 'Active', created: NOON - n })) },
    });
    const error = await failure(read({ maxPages: 30 }));
    expect(error).toMatchObject({ code: 'endless', message: "the vault's list of requests goes on after 30 pages" });
    expect(server.calls).toHaveLength(30);
  });

  test.each([2, 5, 10])('because it repeats the same page of %i is given up soon', async (size) => {
    server.answer = () => ({ body: { data: rows(size), total: 1_000 } });
    expect(await failure(read())).toMatchObject({
      code: 'endless',
      message: expect.stringContaining('does not advance'),
    });
    expect(server.calls.length).toBeLessThan(20);
  });

  test('because its pages do not overlap, as when `pgp` were a page number, is given up and not half-read', async () => {
    const list = rows(100);
    serveList(server, list, { cap: 10, offsetOf: (pgp) => pgp * 10 });
    expect(await failure(read())).toMatchObject({ code: 'endless' });
  });
});

describe('records that cannot be requests', () => {
  test('are counted once, although pages overlap and are read again', async () => {
    const list: unknown[] = rows(30);
    list[0] = { status: 'Active', created: NOON, message: 'no id' };
    list[9] = { id: 'r009', created: NOON - 10 * MINUTE };
    list[18] = { id: 'r018', status: 'Active' };
    list[19] = null;
    list[29] = 'text';
    serveList(server, list as Row[], { cap: 10, keepsOrder: true });
    const { requests, malformed } = await read();
    expect(malformed).toHaveLength(5);
    expect(malformed.map(({ id }) => id).sort()).toEqual(['r009', 'r018', null, null, null].sort());
    expect(requests).toHaveLength(25);
  });

  test('because their ids differ in blanks or composition only are each counted, and none stands for another', async () => {
    const ids = ['r1', 'r1 ', ' r1', 'r1\u200b', 'ré', 're\u0301', 'R1', 'r  1', 'r 1'];
    const list = [...rows(12), ...ids.map((id, at) => ({ id, status: 'Active', created: NOON - (100 + at) * MINUTE }))];
    serveList(server, list as Row[], { cap: 5, keepsOrder: true });
    const { requests, malformed } = await read();
    expect(malformed.map(({ id }) => id).sort()).toEqual(['r1 ', ' r1', 'r1\u200b', 're\u0301', 'r  1'].sort());
    expect(requests).toHaveLength(12 + 4);
  });

  test('because one id is a number and the other its digits are two', async () => {
    const ids = [12, '12'].map((id, at) => ({ id, status: 'Active', created: NOON - (100 + at) * MINUTE }));
    serveList(server, [...rows(12), ...ids] as Row[], { cap: 5, keepsOrder: true });
    const { requests, malformed } = await read();
    expect(requests.filter(({ id }) => id === '12')).toHaveLength(1);
    expect(malformed).toMatchObject([{ id: '12', problem: expect.stringContaining('the same id') }]);
  });

  test('may be all there is', async () => {
    serveList(server, [{}, { a: 1 }, 7] as unknown as Row[], { cap: 10, keepsOrder: true });
    expect(await read()).toMatchObject({ requests: [], malformed: [{}, {}, {}] });
  });

  test('whose times could mean two days are reported, where leaving them out would look like an empty vault', async () => {
    const written = { created: '11/12/2026 10:00' };
    serveList(server, rows(3).map((row) => ({ ...row, ...written })) as unknown as Row[], {
      cap: 10,
      ignoresFrom: true,
    });
    const { malformed } = await read();
    expect(malformed).toMatchObject(
      [0, 1, 2].map(() => ({ unread: [{ field: 'created', shape: 'a text such as 99/99/9999 99:99' }] })),
    );
    expect(new Set(malformed.map(({ key }) => key)).size).toBe(3);
  });
});

test.each([
  ['a bare list', []],
  ['no list', { total: 0 }],
  ['an error in an envelope', { error: 'no', data: null }],
  ['null', 'null'],
  ['a text', '"x"'],
])('%s instead of a page ends with a clear sentence', async (_name, body) => {
  server.answer = () => ({ body });
  expect(await failure(read())).toMatchObject({
    code: 'wrong-shape',
    message: 'the vault answered no list when asked to list requests',
  });
});

test.each([
  ['an error', { data: [], total: 0, error: 'backend down' }, 'backend down'],
  ['an error as an object', { data: [], error: { message: 'session expired' } }, 'session expired'],
  ['a list of errors', { data: [], errors: [{ code: 'E17' }] }, ''],
  ['no success', { success: false, data: [], message: 'not authorized' }, 'not authorized'],
  ['a status', { status: 'error', data: [], msg: 'no' }, 'no'],
  ['a number', { status: 503, data: [] }, 'without a word'],
])('an empty list beside %s is a failure, and no quiet week', async (_name, body, says) => {
  server.answer = () => ({ body });
  const error = await failure(read());
  expect(error).toMatchObject({ code: 'refused' });
  expect(error.message).toContain(says);
});

test.each([
  { error: null },
  { errors: [] },
  { error: '' },
  { success: true, message: 'ok' },
  { status: 'ok' },
  { status: 200, errorCode: 0 },
])('an empty list beside %j is an empty list', async (beside) => {
  server.answer = () => ({ body: { data: [], ...beside } });
  expect((await read()).requests).toEqual([]);
});
