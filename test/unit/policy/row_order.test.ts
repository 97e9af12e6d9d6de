import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MappingRow } from '../../../src/policy/access_model.ts';
import { contains, meets, type Pattern, pathPattern, wordPattern } from '../../../src/policy/pattern.ts';
import { topOf } from '../../../src/policy/place.ts';
import { ambiguousAmong, canFitTogether, standsBefore } from '../../../src/policy/row_order.ts';
import { examples } from '../../suite/property_runs.ts';

type When = { readonly [key in 'asset_type' | 'container' | 'tag' | 'operation' | 'asset' | 'entity_type']?: string };
const row = (when: When, entitlement: string | null, over: readonly string[] = []): MappingRow => ({
  when: Object.fromEntries(
    Object.entries(when).map(([key, text]) => [key, key === 'container' ? pathPattern(text) : wordPattern(text)]),
  ),
  entitlement,
  over: over.map(wordPattern),
  classes: [],
  reach: null,
  place: topOf('made up'),
});

describe('One pattern within another', () => {
  test.each([
    ['AssetView', 'AssetView'],
    ['assetview', 'AssetVIEW'],
    ['AssetView', '{AssetView,AssetEdit}'],
    ['{AssetView,AssetEdit}', 'Asset*'],
    ['Asset?iew', 'Asset*'],
    ['a{b,c}d', 'a?d'],
    ['*a*', '*'],
    ['a**', 'a*'],
  ])('%s is within %s', (special, general) => {
    expect(contains(wordPattern(general), wordPattern(special))).toBe(true);
  });

  test.each([
    ['Asset*', 'AssetView'],
    ['*', '?*'],
    ['{a,b}', 'a'],
    ['?', 'a'],
    ['*a', 'a*'],
  ])('%s is not within %s', (special, general) => {
    expect(contains(wordPattern(general), wordPattern(special))).toBe(false);
  });

  test.each([
    ['/Tier 0/PKI/**', '/Tier 0/**', true],
    ['/Tier 0/**', '/Tier 0/PKI/**', false],
    ['/Test/*', '/Test/**', true],
    ['/Test/**', '/Test/*', false],
    ['/Test', '/Test/**', true],
    ['/Test//Web/', '/Test/Web', true],
    ['/Testing/**', '/Test/**', false],
    ['/*/Web', '/**', true],
  ])('of paths, %s within %s: %j', (special, general, within) => {
    expect(contains(pathPattern(general), pathPattern(special))).toBe(within);
  });

  const word = fc
    .array(fc.constantFrom('a', 'b', '*', '?', '{a,b}', '{ab,}'), { maxLength: 5 })
    .map((parts) => wordPattern(parts.join('')));
  const value = fc.array(fc.constantFrom('a', 'b', 'x'), { maxLength: 6 }).map((letters) => letters.join(''));

  test('says of no value what the patterns themselves do not say', () => {
    fc.assert(
      fc.property(word, word, fc.array(value, { maxLength: 40 }), (a, b, values) => {
        if (contains(a, b)) for (const one of values) expect(!b.fits(one) || a.fits(one)).toBe(true);
        if (!meets(a, b)) for (const one of values) expect(a.fits(one) && b.fits(one)).toBe(false);
        expect(meets(a, b)).toBe(meets(b, a));
      }),
      { numRuns: examples(300) },
    );
  });

  const every: string[] = ['', 'a', 'b', 'x'];
  for (let length = 1, last = every.slice(1); length < 5; length += 1) {
    last = last.flatMap((one) => ['a', 'b', 'x'].map((letter) => one + letter));
    every.push(...last);
  }

  test('misses none: where it says no, a short value tells the two apart', () => {
    const short = fc
      .array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 3 })
      .map((parts) => wordPattern(parts.join('')));
    const told = (a: Pattern, b: Pattern) => every.some((one) => b.fits(one) && !a.fits(one));
    fc.assert(
      fc.property(short, short, (a, b) => {
        if (!contains(a, b)) expect(told(a, b)).toBe(true);
        if (meets(a, b)) expect(every.some((one) => a.fits(one) && b.fits(one))).toBe(true);
      }),
      { numRuns: examples(300) },
    );
  });

  test('gives up on patterns made to be slow, and then says no', () => {
    const started = performance.now();
    const slow = wordPattern(`*${'{a,b}*'.repeat(60)}`);
    const other = wordPattern(`*${'a?'.repeat(40)}*`);
    contains(slow, other);
    contains(other, slow);
    meets(slow, other);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('Of two rows that give different entitlements', () => {
  const general = row({ container: '/Test/**' }, 'test:any');
  test.each([
    ['a narrower container', row({ container: '/Test/Web/**' }, 'web:any')],
    ['one key more', row({ container: '/Test/**', operation: 'AssetView' }, 'test:read')],
    ['both', row({ container: '/Test/Web/**', tag: 'x' }, 'web:x')],
    ['what it says it is over', row({ tag: 'x' }, 'x:y', ['test:*'])],
  ])('the one with %s stands before the other', (_what, special) => {
    expect(standsBefore(special, general)).toBe(true);
    expect(ambiguousAmong([special, general])).toEqual([]);
  });

  test.each([
    ['the same patterns', row({ container: '/Test/**' }, 'other:any')],
    ['the same patterns in other words', row({ container: '/test//**' }, 'other:any')],
    ['another key', row({ tag: 'Environment :: Test' }, 'other:any')],
    ['a narrower key and one key less', row({ asset_type: 'Server' }, 'other:any')],
    ['any operation, which narrows nothing', row({ container: '/Test/**', operation: '*' }, 'other:any')],
    ['patterns that only overlap', row({ container: '/*/Web/**' }, 'web:any')],
    ['an `over` that names others', row({ tag: 'x' }, 'x:y', ['prod:*'])],
  ])('neither stands before the other with %s', (_what, other) => {
    expect([standsBefore(other, general), standsBefore(general, other)]).toEqual([false, false]);
    expect(ambiguousAmong([other, general])).toEqual([other.entitlement, 'test:any']);
    expect(ambiguousAmong([general, other])).toEqual(['test:any', other.entitlement]);
  });

  test('the general one first is ambiguous: the file says the one, and the patterns the other', () => {
    const special = row({ container: '/Test/Web/**' }, 'web:any');
    expect(ambiguousAmong([general, special])).toEqual(['test:any', 'web:any']);
  });

  test('rows without an entitlement, and of the same one, contradict nobody', () => {
    const same = row({ tag: 'x' }, 'TEST:any');
    expect(ambiguousAmong([row({ operation: 'AssetEdit' }, null), general, same])).toEqual([]);
    expect(ambiguousAmong([])).toEqual([]);
  });

  test('a second row of the same entitlement may be the narrower one', () => {
    const rows = [row({ tag: 'x' }, 'web:any'), row({ container: '/Test/Web/**' }, 'web:any'), general];
    expect(ambiguousAmong(rows)).toEqual([]);
  });

  test('every further entitlement is named', () => {
    const rows = [row({ tag: 'a' }, 'a:a'), row({ tag: 'b' }, 'b:b'), row({ tag: 'c' }, 'c:c')];
    expect(ambiguousAmong(rows)).toEqual(['a:a', 'b:b', 'c:c']);
  });
});

describe('Two rows can plainly fit one request', () => {
  test.each([
    ['with the same key overlapping', { container: '/Test/**' }, { container: '/*/Web' }, true],
    ['with different keys', { container: '/Test/**' }, { tag: 'x' }, true],
    ['with overlapping tags', { tag: 'Duty :: *' }, { tag: '*Payment' }, true],
    ['not with two operations', { operation: 'AssetView' }, { operation: '{AssetEdit,AssetUnlock}' }, false],
    ['not with two containers', { container: '/Test/**' }, { container: '/Production/**' }, false],
    ['not with two tags, which an asset may have', { tag: 'a' }, { tag: 'b' }, false],
    ['not with a space and an asset', { entity_type: 'Space' }, { container: '/Test/**' }, false],
    ['with any kind of thing and an asset', { entity_type: '*' }, { container: '/Test/**' }, true],
    ['with a space and an operation', { entity_type: 'Space' }, { operation: 'Join' }, true],
  ])('%s', (_what, a: When, b: When, can) => {
    expect(canFitTogether(row(a, 'a:a'), row(b, 'b:b'))).toBe(can);
    expect(canFitTogether(row(b, 'b:b'), row(a, 'a:a'))).toBe(can);
  });
});
