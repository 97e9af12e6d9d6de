import { describe, expect, test } from 'vitest';
import { addressIn, createRateLimit, createSeenIds, sourceOf } from '../../../src/intake/limits.ts';

const MINUTE = 60_000;

describe('how often one address may ask', () => {
  test('as many at once as in a minute, and then evenly', () => {
    const rate = createRateLimit(6);
    expect(Array.from({ length: 7 }, () => rate('a', 0))).toEqual([0, 0, 0, 0, 0, 0, 10]);
    expect([rate('a', 9_000), rate('a', 10_000), rate('a', 10_000)]).toEqual([1, 0, 10]);
    expect(rate('b', 0)).toBe(0);
    expect(Array.from({ length: 7 }, () => rate('a', 10 * MINUTE)).filter((wait) => wait === 0)).toHaveLength(6);
  });

  test('a clock that is put back gives nobody more, and keeps nobody out for long', () => {
    const rate = createRateLimit(2);
    expect([rate('a', MINUTE), rate('a', MINUTE), rate('a', 0), rate('a', 31_000)]).toEqual([0, 0, 30, 0]);
  });

  test('who asks all the time stays limited however many others come', () => {
    const rate = createRateLimit(1);
    rate('a', 0);
    for (let n = 0; n < 15_000; n++) {
      rate(`other ${n}`, 0);
      if (n % 100 === 0) expect(rate('a', 0)).toBeGreaterThan(0);
    }
  });
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:DB8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('the source of %s is %s', (address, source) => {
  expect(sourceOf(address)).toBe(source);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:4711', '192.0.2.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]:4711', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['unknown', null],
  ['a'.repeat(9_000), null],
  ['', null],
])('a proxy that says %s means %s', (text, address) => {
  expect(addressIn(text)).toBe(address);
});

describe('ids of messages', () => {
  test('are known with the same content, taken with another, and forgotten after their time', () => {
    const seen = createSeenIds();
    expect(seen.look('a', 'x', 0)).toBe('new');
    seen.remember('a', 'x', 100);
    expect([seen.look('a', 'x', 100), seen.look('a', 'y', 100), seen.look('b', 'x', 100)]).toEqual([
      ...['known', 'other', 'new'],
    ]);
    expect(seen.look('a', 'x', 101)).toBe('new');
  });

  test('are a bounded number', () => {
    const seen = createSeenIds();
    for (let n = 0; n < 10_000; n++) seen.remember(`${n}`, 'x', 100);
    expect([seen.look('more', 'x', 0), seen.look('7', 'x', 0), seen.look('more', 'x', 200)]).toEqual([
      ...['full', 'known', 'new'],
    ]);
  });
});
