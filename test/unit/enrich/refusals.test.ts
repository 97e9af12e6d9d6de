import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import { personKeys, sameThing, standingRefusal } from '../../../src/domain/recorded_decisions.ts';
import { RecordedDecisions } from '../../../src/enrich/refusals.ts';
import { AGENT, NOON, request } from '../../helpers/requests.ts';

const WHO = { accounts: [AGENT], rejectedByUs: () => false, now: NOON };
const NO = { level: 1, user: 'boss', decision: 'Rejected', message: 'no', created: NOON - 1000 };

function of(requests: readonly AccessRequest[]) {
  const decisions = new RecordedDecisions(requests);
  for (const one of requests) decisions.add(one);
  return { refusal: (one: AccessRequest) => decisions.of(one, WHO), decisions };
}

describe('Decisions of people in the window', () => {
  test('a refused request that is filed again unchanged is refused', () => {
    const refused = request({ id: 'req-0', status: 'Rejected', approvals: [NO] });
    const again = request({ id: 'req-1' });
    const window = of([refused, again]);
    expect(window.refusal(again)).toEqual({ request: 'req-0', by: 'boss', at: NOON - 1000, word: 'Rejected' });
    // Nobody asks about what is settled.
    expect(window.refusal(refused)).toBeNull();
  });

  test('of somebody else, for something else, or withdrawn ones say nothing', () => {
    const again = request({ id: 'req-1' });
    const others = [
      request({ id: 'a', approvals: [NO], requestor: { id: 'u-2', name: 'ben', displayName: 'Anna Berg' } }),
      request({ id: 'b', approvals: [NO], asset: { id: 'asset-8', name: 'srv-web-04' } }),
      request({ id: 'c', approvals: [NO], operation: 'AssetView' }),
      request({ id: 'd', status: 'Completed' }),
    ];
    expect(of([...others, again]).refusal(again)).toBeNull();
  });

  test('of a requestor without a name only the request itself tells', () => {
    const requestor = { id: null, name: null, displayName: null };
    const own = request({ id: 'a', requestor, approvals: [NO] });
    const other = request({ id: 'b', requestor });
    const window = of([own, other]);
    expect(window.refusal(own)).not.toBeNull();
    expect(window.refusal(other)).toBeNull();
  });

  test('requests on which a decision may still come are found; settled ones without any are not kept', () => {
    const one = request({ id: 'a' });
    const open = request({ id: 'b', requestor: { id: null, name: 'anna.berg', displayName: null } });
    const settled = request({ id: 'c', status: 'Completed' });
    const window = of([one, open, settled]);
    expect(window.decisions.beside(one)).toEqual([open]);
    expect(window.decisions.beside(open)).toEqual([one]);
  });

  test('a robot that asks ten thousand times is looked through once', () => {
    const asset = (n: number) => ({ id: n % 2 === 0 ? null : `a-${n}`, name: `srv-${n}` });
    const window = Array.from({ length: 10_000 }, (_, n) =>
      request({ id: `req-${n}`, asset: asset(n % 5000), approvals: n === 7 ? [NO] : [] }),
    );
    const begun = performance.now();
    const { refusal } = of(window);
    const refused = window.filter((one) => refusal(one) !== null).map(({ id }) => id);
    expect(refused).toEqual(['req-7', 'req-5007']);
    // Pair by pair it would take minutes.
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('the index finds just what looking through the whole window finds', () => {
    const pick = <T>(...values: T[]) => fc.constantFrom(...values);
    const ask = fc.record({
      status: pick('Active', 'Rejected', 'Approved'),
      requestor: fc.record({
        id: pick(null, 'u-1', 'u-2'),
        name: pick('anna', 'CORP\\Anna', 'ben', null),
        displayName: pick(null, 'Anna'),
      }),
      asset: fc.option(fc.record({ id: pick('a', 'b', 'A ', null), name: pick('x', 'y', 'X', null) }), { nil: null }),
      operation: pick('AssetView', 'assetview ', 'AssetUnlock', null),
      approvals: pick([], [NO], [{ ...NO, decision: 'Approved', created: NOON }]),
    });
    fc.assert(
      fc.property(fc.array(ask, { maxLength: 12 }), (asks) => {
        const window = asks.map((part, n) => request({ id: `req-${n}`, ...part }));
        const { refusal } = of(window);
        for (const one of window.filter(({ status }) => status === 'Active')) {
          const keys = personKeys(one);
          const same = window.filter(
            (other) => other === one || (personKeys(other).some((key) => keys.includes(key)) && sameThing(one, other)),
          );
          expect(refusal(one) === null, JSON.stringify(one)).toBe(standingRefusal(same, WHO) === null);
        }
      }),
    );
  });
});
