import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listRequests } from '../../../src/vault/listing.ts';
import { openReadAhead } from '../../../src/vault/read_ahead.ts';
import { type Row, rows, serveList } from './moving_list.ts';
import { DEFAULT_PATHS, failure, MINUTE, NOON, openTestSession, serverOfFile, TOKEN } from './tools.ts';

const server = await serverOfFile();

const options = { path: DEFAULT_PATHS.list, pageSize: 10, maxPages: 200, concurrency: 4 };
const read = (changes: Partial<typeof options> = {}, signal?: AbortSignal) =>
  listRequests(openTestSession(server, undefined), { ...options, ...changes }, NOON - 5_000 * MINUTE, signal);
const idsOf = (list: readonly Pick<Row, 'id'>[]) => list.map(({ id }) => id);
const offsets = () => server.calls.map(({ url }) => Number(new URL(url, server.origin).searchParams.get('pgp')));

/** Holds every answer back until `most` calls wait, or nothing moves any more; gives how many waited at a time. */
function countAtOnce(): () => number {
  const { answer } = server;
  let waiting = 0;
  let most = 0;
  server.answer = async (call, response) => {
    most = Math.max(most, ++waiting);
    for (let turns = 0; turns < 20; turns++) await turn();
    waiting--;
    return answer(call, response);
  };
  return () => most;
}

describe('a list whose length is known', () => {
  test.each([1, 2, 4])('is read %i pages at a time, and never more', async (concurrency) => {
    serveList(server, rows(200), { cap: 10 });
    const most = countAtOnce();
    expect(idsOf((await read({ concurrency })).requests)).toEqual(idsOf(rows(200)));
    expect(most()).toBe(concurrency);
  });

  test('costs no more calls than one that is read page by page', async () => {
    const calls: number[] = [];
    for (const concurrency of [1, 8]) {
      server.calls.length = 0;
      serveList(server, rows(300), { cap: 10 });
      expect((await read({ concurrency })).pages).toBe(server.calls.length);
      calls.push(server.calls.length);
    }
    expect(calls[1]).toBe(calls[0]);
  });

  test('whose requests come in pairs of the same millisecond costs hardly more calls', async () => {
    const list = rows(300).map((row, i) => ({ ...row, created: NOON - (1 + Math.floor(i / 2)) * MINUTE }));
    serveList(server, list, { cap: 10 });
    const { requests } = await read();
    expect(idsOf(requests).sort()).toEqual(idsOf(list).sort());
    // With an overlap of two, 38 pages and the head once more; what was read ahead before that was known comes on top.
    expect(server.calls.length).toBeLessThanOrEqual(38 + 1 + options.concurrency);
  });

  test('whose requests have all the same time is read page by page', async () => {
    serveList(
      server,
      rows(60).map((row) => ({ ...row, created: NOON })),
      { cap: 10 },
    );
    const most = countAtOnce();
    expect((await read()).requests).toHaveLength(60);
    expect(most()).toBe(1);
  });
});

describe('a total that is not true', () => {
  test('and too small: the rest is read page by page', async () => {
    serveList(server, rows(95), { cap: 10, extra: () => ({ total: 40 }) });
    expect(idsOf((await read()).requests)).toEqual(idsOf(rows(95)));
  });

  test('and too large: no more pages than may be under way are read in vain', async () => {
    serveList(server, rows(95), { cap: 10, extra: () => ({ total: 1e9 }) });
    expect(idsOf((await read()).requests)).toEqual(idsOf(rows(95)));
    expect(server.calls.length).toBeLessThanOrEqual(11 + 1 + options.concurrency);
  });

  test.each([
    ['counting the page', (page: readonly Row[]) => ({ total: page.length })],
    ['missing', () => ({ total: undefined })],
  ])('or %s: every page is read when it is wanted', async (_name, extra) => {
    serveList(server, rows(95), { cap: 10, extra });
    const most = countAtOnce();
    expect(idsOf((await read()).requests)).toEqual(idsOf(rows(95)));
    expect(most()).toBe(1);
  });
});

describe('a list that moves while several pages of it are read', () => {
  test('is not read from the beginning of each page again: where nothing joins, one page is read anew', async () => {
    serveList(server, rows(300), { cap: 10, before: { 12: (live) => live.splice(0, 7) } });
    const { requests } = await read();
    expect(idsOf(requests)).toEqual(expect.arrayContaining(idsOf(rows(300).slice(7))));
    expect(server.calls.length).toBeLessThanOrEqual(34 + 1 + 2 + 2 * options.concurrency);
  });

  test('gives a request as it was read last', async () => {
    const change = (live: Row[]) => live.splice(9, 1, { ...(live[9] as Row), status: 'Completed' });
    serveList(server, rows(60), { cap: 10, before: { 2: change } });
    const { requests } = await read();
    expect(requests.find(({ id }) => id === 'r009')).toMatchObject({ status: 'Completed' });
  });

  test('gives a request as it was read last also where the page before came later', async () => {
    const live = rows(60);
    serveList(server, live, { cap: 10 });
    const { answer } = server;
    const next = Promise.withResolvers<void>();
    server.answer = async (call, response) => {
      if (call.url.includes('pgp=9&')) {
        await next.promise;
        // Long enough for the other page to arrive; then what stands on both is closed.
        for (let turns = 0; turns < 200; turns++) await turn();
        live[18] = { ...(live[18] as Row), status: 'Completed' };
      }
      const page = await answer(call, response);
      if (call.url.includes('pgp=18&')) next.resolve();
      return page;
    };
    const { requests } = await read();
    expect(requests.find(({ id }) => id === 'r018')).toMatchObject({ status: 'Completed' });
  });
});

describe('the end of it', () => {
  test('never comes after more than the greatest number of pages', async () => {
    serveList(server, rows(500), { cap: 10 });
    expect(await failure(read({ maxPages: 20 }))).toMatchObject({ code: 'endless' });
    expect(server.calls).toHaveLength(20);
  });

  test('with an error comes as soon as a page failed that was wanted, and nothing is asked for after it', async () => {
    serveList(server, rows(500), { cap: 10 });
    const { answer } = server;
    server.answer = async (call, response) => {
      if (!call.url.includes('pgp=36&')) return answer(call, response);
      // What may be on its way by then has come, so that what comes later was asked for later.
      while (!offsets().includes(36 + (options.concurrency - 1) * 9)) await turn();
      return { status: 403 };
    };
    expect(await failure(read())).toMatchObject({ code: 'unauthorized' });
    const asked = server.calls.length;
    for (let turns = 0; turns < 50; turns++) await turn();
    expect(server.calls).toHaveLength(asked);
    expect(Math.max(...offsets())).toBeLessThanOrEqual(36 + options.concurrency * 9);
  });

  test('a page behind the end that fails is nobody’s concern', async () => {
    serveList(server, rows(35), { cap: 10, extra: () => ({ total: 100 }) });
    const { answer } = server;
    server.answer = (call, response) => (offsetOf(call.url) > 40 ? { status: 400 } : answer(call, response));
    expect((await read()).requests).toHaveLength(35);
  });

  test('a stop ends what is under way', async () => {
    const stop = new AbortController();
    serveList(server, rows(500), { cap: 10 });
    const { answer } = server;
    server.answer = (call, response) => {
      if (server.calls.length < 6) return answer(call, response);
      stop.abort();
      return null;
    };
    expect(await failure(read({}, stop.signal), TOKEN)).toMatchObject({ code: 'stopped' });
  });
});

const offsetOf = (url: string) => Number(new URL(url, server.origin).searchParams.get('pgp'));

describe('reading ahead by itself', () => {
  const route = { offset: 0, stride: 10, end: 1_000, left: 100 };

  test('holds no more than it may, however slowly they are taken', async () => {
    const asked: number[] = [];
    const ahead = openReadAhead(async (offset) => asked.push(offset), 3);
    ahead.plan(route);
    await turn();
    ahead.plan(route);
    expect(asked).toEqual([0, 10, 20]);
    await ahead.take(0);
    ahead.plan(route);
    expect(asked).toEqual([0, 10, 20, 30]);
    await ahead.close();
  });

  test('gives a page that begins a little before, and gives up the rest when none does', async () => {
    const given: AbortSignal[] = [];
    const ahead = openReadAhead(async (offset, signal) => {
      given.push(signal);
      return offset;
    }, 3);
    ahead.plan(route);
    expect(await ahead.take(4)).toBe(0);
    expect(ahead.take(9)).toBeNull();
    expect(given.map(({ aborted }) => aborted)).toEqual([true, true, true]);
    expect(ahead.take(20)).toBeNull();
  });
});
