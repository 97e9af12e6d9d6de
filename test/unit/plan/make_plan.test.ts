import { describe, expect, test } from 'vitest';
import { canonical, Plan, planDigest } from '../../../src/plan/plan.ts';
import { aReviewed } from '../../helpers/records.ts';
import { aPlan, aPlannedRun } from './plans.ts';

describe('A plan', () => {
  test('names what was decided on, in the order of the list, and nothing that is held', () => {
    const { entries } = aPlan();
    expect(entries.map(({ request_id, action }) => [request_id, action])).toEqual([
      ['req-1', 'approve'],
      ['req-3', 'reject'],
      ['req-4', 'close'],
    ]);
  });

  test('fits its own schema, also when there is nothing to do or a time is on no calendar', () => {
    const odd = aPlannedRun({ reviewed: [aReviewed({ verdict: 'approve', risk: 'low', created: 9e15 })] });
    for (const plan of [aPlan(), aPlan(aPlannedRun({ reviewed: [] })), aPlan(odd)]) {
      expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
      expect(planDigest(plan)).toBe(plan.digest);
    }
  });

  test('is the same for the same record', () => {
    expect(aPlan()).toEqual(aPlan());
  });
});

describe('The canonical text', () => {
  test('does not depend on the order of names, and depends on the order of lists', () => {
    expect(canonical({ b: 1, a: [2, { d: null, c: 'x' }] })).toBe('{"a":[2,{"c":"x","d":null}],"b":1}');
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
  });
});
