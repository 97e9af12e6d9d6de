import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ACTION_NAMES, ACTIONS } from '../../../src/domain/action.ts';
import { atLeast, atMost, compareRisk, higher, isRisk, RISKS } from '../../../src/domain/risk.ts';
import { STATUSES, statusAllows } from '../../../src/domain/status.ts';

const risk = fc.constantFrom(...RISKS);

test('Risk is compared by its order, not by its letters', () => {
  expect([...RISKS].sort(compareRisk)).toEqual(['low', 'medium', 'high', 'critical']);
  fc.assert(
    fc.property(risk, risk, (a, b) => {
      expect(compareRisk(a, b)).toBe(-compareRisk(b, a) + 0);
      expect(atLeast(a, b)).toBe(atMost(b, a));
      expect(atLeast(higher(a, b), a) && atLeast(higher(a, b), b)).toBe(true);
      expect([a, b]).toContain(higher(a, b));
    }),
  );
});

test('Only the four words are risks', () => {
  for (const word of RISKS) expect(isRisk(word)).toBe(true);
  for (const word of ['Low', 'none', '', 'constructor', '0']) expect(isRisk(word)).toBe(false);
});

test('Approve and reject start from Active, close from Approved, and no other status allows anything', () => {
  for (const action of ACTION_NAMES) {
    const allowing = Object.keys(STATUSES).filter((status) => statusAllows(status, action));
    expect(allowing).toEqual([ACTIONS[action].from]);
  }
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom('__proto__', 'constructor', 'active', 'Active '), fc.string()), (status) => {
      if (Object.hasOwn(STATUSES, status)) return;
      for (const action of ACTION_NAMES) expect(statusAllows(status, action)).toBe(false);
    }),
  );
});
