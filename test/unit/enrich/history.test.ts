import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccessRequest, requestorKey } from '../../../src/domain/access_request.ts';
import { oldestFirst, RequestHistory } from '../../../src/enrich/history.ts';
import { People } from '../../../src/enrich/people.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';
import { NOON, request } from '../../helpers/requests.ts';

const NOBODY = { id: null, name: null, displayName: null };
const asked = (id: string, who: string | null, what: string | null, at: number, over: Partial<AccessRequest> = {}) =>
  request({
    id,
    created: NOON + at,
    requestor: who === null ? NOBODY : { id: `u-${who}`, name: who, displayName: null },
    asset: what === null ? null : { id: what, name: `name of ${what}` },
    ...over,
  });
const historyOf = (requests: readonly AccessRequest[]): RequestHistory => {
  const people = new People();
  for (const one of requests) people.add(one);
  const history = new RequestHistory(people);
  for (const one of oldestFirst(requests)) history.add(one);
  return history;
};
const firsts = (requests: readonly AccessRequest[]): string[] => {
  const history = historyOf(requests);
  return requests.filter((one) => history.of(one).firstForAsset).map(({ id }) => id);
};
const counts = (requests: readonly AccessRequest[]): number[] => {
  const history = historyOf(requests);
  return requests.map((one) => history.of(one).requestsInHour);
};

describe('The first request of a person for an asset', () => {
  test('is the oldest one, whatever the order of the list and whatever became of it', () => {
    const list = [
      asked('third', 'anna', 'x', 3),
      asked('first', 'anna', 'x', 1, { status: 'Rejected' }),
      asked('second', 'anna', 'x', 2),
    ];
    expect(firsts(list)).toEqual(['first']);
    expect(firsts([...list].reverse())).toEqual(['first']);
  });

  test('is one for each person and each asset', () => {
    const list = [
      asked('a-x', 'anna', 'x', 1),
      asked('b-x', 'ben', 'x', 2),
      asked('a-y', 'anna', 'y', 3),
      asked('a-x again', 'anna', 'x', 4),
    ];
    expect(firsts(list)).toEqual(['a-x', 'b-x', 'a-y']);
  });

  test('goes by the id of the asset, so that another name for it makes it no new one', () => {
    const list = [asked('one', 'anna', 'x', 1), asked('two', 'anna', 'x', 2, { asset: { id: 'x', name: 'renamed' } })];
    expect(firsts(list)).toEqual(['one']);
  });

  test('goes by the account without case and domain where the vault gives no id', () => {
    const by = (name: string) => ({ requestor: { id: null, name, displayName: null } });
    const list = [asked('one', null, 'x', 1, by('CORP\\anna')), asked('two', null, 'x', 2, by('ANNA@corp.example'))];
    expect(firsts(list)).toEqual(['one']);
  });

  test('goes by the operation where there is no asset', () => {
    const list = [
      asked('space', 'anna', null, 1, { operation: 'SpaceJoin' }),
      asked('same', 'anna', null, 2, { operation: 'SpaceJoin' }),
      asked('other', 'anna', null, 3, { operation: 'SpaceEdit' }),
    ];
    expect(firsts(list)).toEqual(['space', 'other']);
  });

  test('of somebody whom the vault does not name is every one: they may be of different people', () => {
    const list = [asked('one', null, 'x', 1), asked('two', null, 'x', 2)];
    expect(firsts(list)).toEqual(['one', 'two']);
  });

  test('is told apart for ids and assets that are names of every object', () => {
    const list = [
      asked('__proto__', '__proto__', 'constructor', 1),
      asked('constructor', 'constructor', '__proto__', 2),
    ];
    expect(firsts(list)).toEqual(['__proto__', 'constructor']);
  });
});

describe('The requests of a person in the fullest hour that holds one of them', () => {
  test('count this one and those of the same moment, in both directions, and span less than an hour', () => {
    const list = [
      asked('hour ago', 'anna', 'x', -HOUR_MS),
      asked('just inside', 'anna', 'x', -HOUR_MS + 1),
      asked('twin', 'anna', 'y', 0),
      asked('now', 'anna', 'x', 0),
      asked('later', 'anna', 'x', 1),
    ];
    expect(counts(list)).toEqual([2, 3, 3, 3, 3]);
  });

  test('are those of one person, for whatever asset', () => {
    const list = [asked('a', 'anna', 'x', 0), asked('b', 'ben', 'x', 1), asked('c', 'anna', 'y', 2)];
    expect(counts(list)).toEqual([2, 1, 2]);
  });

  test('of somebody whom the vault does not name is this one alone', () => {
    expect(counts([asked('a', null, 'x', 0), asked('b', null, 'x', 1)])).toEqual([1, 1]);
  });

  test('of a script make a burst, which the first of it sees as a whole', () => {
    const script = Array.from({ length: 25 }, (_, n) => asked(`r-${n}`, 'bot', `asset-${n}`, n * 60_000));
    expect(counts(script)).toEqual(script.map(() => 25));
    expect(counts([...script].reverse())).toEqual(script.map(() => 25));
  });

  test('count those of one account in all its spellings', () => {
    const spelt = [
      { id: 'u-7', name: 'CORP\\eva', displayName: null },
      { id: null, name: 'eva@corp.example', displayName: null },
      { id: 'u-7', name: null, displayName: null },
      { id: null, name: ' EVA ', displayName: 'Somebody Else' },
    ];
    const list = spelt.map((requestor, n) => asked(`r-${n}`, null, 'x', n, { requestor }));
    expect(counts(list)).toEqual([4, 4, 4, 4]);
  });

  test('are told quickly for a service account that makes every tenth request of a large window', () => {
    const script = Array.from({ length: 100_000 }, (_, n) => asked(`r-${n}`, 'bot', 'x', n * 100));
    const history = historyOf(script);
    const began = performance.now();
    for (const one of script) history.of(one);
    expect(performance.now() - began).toBeLessThan(3000);
    expect(script.map((one) => history.of(one).requestsInHour)).toContain(36_000);
  });
});

test('Whatever the list, the habits are those that plain counting gives', () => {
  const one = fc.record({
    who: fc.option(fc.constantFrom('anna', 'ben')),
    what: fc.option(fc.constantFrom('x', 'y')),
    at: fc.integer({ min: -9, max: 9 }).map((n) => (n * HOUR_MS) / 3),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 14 }), (drawn) => {
      const list = drawn.map(({ who, what, at }, n) => asked(`r-${n}`, who, what, at));
      const history = historyOf(list);
      for (const about of list) {
        const same = list.filter((r) => requestorKey(r) !== null && requestorKey(r) === requestorKey(about));
        const earlier = same.filter(
          (r) => (r.asset?.id ?? r.operation) === (about.asset?.id ?? about.operation) && r.created < about.created,
        );
        const { firstForAsset, requestsInHour } = history.of(about);
        if (earlier.length > 0) expect(firstForAsset).toBe(false);
        const hours = same
          .filter(({ created }) => created <= about.created && created > about.created - HOUR_MS)
          .map((first) => same.filter((r) => r.created >= first.created && r.created < first.created + HOUR_MS).length);
        expect(requestsInHour).toBe(Math.max(1, ...hours));
      }
      const pairs = new Set(
        list.map((r) => (requestorKey(r) === null ? r.id : `${requestorKey(r)} ${r.asset?.id ?? r.operation}`)),
      );
      expect(firsts(list)).toHaveLength(pairs.size);
    }),
  );
});
