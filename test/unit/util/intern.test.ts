import { expect, test } from 'vitest';
import { interning } from '../../../src/util/intern.ts';

test('Equal values are one instance from the second on, and none is changed', () => {
  const share = interning();
  const one = { name: 'Tier 0', tags: ['a', null, 1.5], of: { deep: true } };
  const first = share(one);
  expect(first).toEqual(one);
  expect(share(structuredClone(one))).toBe(first);
  expect(share({ ...one, name: 'Tier 1' })).not.toBe(first);
  expect(share(['x'])).toBe(share(['x']));
});

test.each([['a text'], [''], [0], [Number.MAX_SAFE_INTEGER], [true], [null], [undefined]])(
  '%j stays what it is',
  (value) => {
    expect(interning()(value)).toBe(value);
  },
);

test('A value and the text that JSON makes of it are two things', () => {
  const share = interning();
  expect(share('{"a":1}')).toBe('{"a":1}');
  expect(share({ a: 1 })).toEqual({ a: 1 });
});

test('No more distinct values are kept than it was told', () => {
  const share = interning(2);
  const first = share({ n: 1 });
  share({ n: 2 });
  share({ n: 3 });
  expect(share({ n: 1 })).not.toBe(first);
  expect(share({ n: 1 })).toEqual(first);
});
