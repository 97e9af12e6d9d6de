import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deep } from '../../../simulator/vault/odd_values.ts';
import { digestOf, shapeOf } from '../../../src/vault/wire_shapes.ts';
import { examples } from '../../suite/property_runs.ts';

test.each<[unknown, string]>([
  [undefined, 'missing'],
  [null, 'missing'],
  [true, 'true or false'],
  [1777493141, 'a number of 10 digits'],
  [-5, 'a negative number of 1 digit'],
  [3.25, 'a number of 1 digit with decimals'],
  [1e300, 'a number of more than 21 digits'],
  ['', 'an empty text'],
  ['30/11/2026 10:00', 'a text such as 99/99/9999 99:99'],
  ['Hunter2!', 'a text such as Aaaaaa9?'],
  ['x'.repeat(300), 'a text of 300 characters'],
  [[], 'an empty list'],
  [[2026, 11, 30], 'a list of 3 numbers'],
  [['a'], 'a list of 1 text'],
  [[1, 'a'], 'a list of 2 values'],
  [deep(1000), 'a list of 1 list'],
  [{}, 'an empty object'],
  [{ epochMillis: 5 }, 'an object with epochMillis'],
  [{ 'hunter2 secret': 5, a: 1 }, 'an object with a and 1 more'],
  [{ 1: 5 }, 'an object of 1 fields'],
])('The shape of %j is told without its value: %s', (raw, shape) => {
  expect(shapeOf(raw)).toBe(shape);
});

test('A shape is short, visible, and holds no digit or letter of a text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const shape = shapeOf(text);
      expect(shape.length).toBeLessThan(80);
      expect(shape.replace(/^an? (empty )?text( such as | of \d+ characters)?/, '')).toMatch(/^[9Aa? :.,/+-]*$/);
    }),
    { numRuns: examples(300) },
  );
});

test('A digest tells values apart, however deep they are', () => {
  expect(digestOf(deep(10_000))).toBe(digestOf(deep(10_000)));
  expect(digestOf(deep(10_000))).not.toBe(digestOf(deep(9_999)));
  expect(digestOf({ a: 1, b: 2 })).not.toBe(digestOf({ a: 2, b: 1 }));
  expect(digestOf([1, [2]])).not.toBe(digestOf([[1], 2]));
});
