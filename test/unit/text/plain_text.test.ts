import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clip, firstWords, plainLine } from '../../../src/text/plain_text.ts';
import { examples } from '../../suite/property_runs.ts';

const BIDI = '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c';
const ZERO_WIDTH = '\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e';

test.each([
  ['a line break becomes a blank', 'one\r\ntwo\n\n\nthree', 'one two three'],
  ['other line separators too', 'one\u2028two\u2029three\u0085', 'one two three'],
  ['tabs and odd blanks too', 'one\ttwo\u00a0three\u3000four', 'one two three four'],
  ['terminal escapes lose their escape', 'a\u001b[31mb\u009b1mc\u0007\u007f\u0000', 'a[31mb1mc'],
  ['bidirectional overrides go', `a${BIDI}b`, 'ab'],
  ['zero-width characters go', `a${ZERO_WIDTH.replace('\ufeff', '')}b`, 'ab'],
  ['a tag that nobody sees goes', 'a\u{e0041}\u{e0042}b', 'ab'],
  ['variation selectors go', 'a\ufe01b\u{e0100}', 'ab'],
  ['Hangul fillers go', 'a\u3164\uffa0\u115f\u1160b', 'ab'],
  ['private-use characters go', 'a\ue000b\u{f0000}', 'ab'],
  ['half a surrogate pair goes', 'a\ud800b\udc00', 'ab'],
  ['look-alike full-width letters become plain', '＜ｓｃｒｉｐｔ＞', '<script>'],
  ['an accent that comes apart is put together', 'e\u0301', 'é'],
  ['an accent behind an invisible character too', 'e\u200b\u0301', 'é'],
  ['an ellipsis stays one', 'wait…', 'wait…'],
  ['other scripts and emoji stay', 'Größe 計画 🙂 עברית', 'Größe 計画 🙂 עברית'],
])('In a text of somebody else %s', (_what, text, expected) => {
  expect(plainLine(text)).toBe(expected);
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        ...'aé.…\u0301\u0345\u1100\u1161\u11a8\u200b\u202e \n\t\u0085\u2028\ufeff\ud800\udc00\ufdfa\u00a8\u2126\uff01\u3164\u{1f1e9}\u{1d15e}',
        '...',
        '....',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
);
const bound = fc.integer({ min: 1, max: 120 });

describe('Whatever was written', () => {
  test('what is shown is one line without a single control, format, private, unassigned or half character', () => {
    fc.assert(
      fc.property(anyText, bound, (text, max) => {
        expect(plainLine(text, max)).not.toMatch(/\p{C}|[\n\r\u2028\u2029\u0085]|^\s|\s$|\s\s/u);
      }),
      { numRuns: examples(1000) },
    );
  });

  test('the short way for ordinary texts gives what the long way gives', () => {
    const ordinary = fc.string({ unit: fc.constantFrom(...'aZ9 ~!-".'), maxLength: 60 });
    fc.assert(
      fc.property(ordinary, bound, (text, max) => {
        // With something that has to be taken out, the long way is taken.
        expect(plainLine(text, max)).toBe(plainLine(`\u200b${text}`, max));
      }),
    );
  });

  test('what is shown is never longer than allowed', () => {
    fc.assert(
      fc.property(anyText, bound, (text, max) => {
        expect(Array.from(plainLine(text, max)).length).toBeLessThanOrEqual(max);
        expect(Array.from(clip(text, max)).length).toBeLessThanOrEqual(max);
      }),
      { numRuns: examples(1000) },
    );
  });

  test('cleaning twice is the same as cleaning once', () => {
    fc.assert(
      fc.property(anyText, bound, (text, max) => {
        const once = plainLine(text, max);
        expect(plainLine(once, max)).toBe(once);
        expect(firstWords(firstWords(once, 5), 5)).toBe(firstWords(once, 5));
      }),
      { numRuns: examples(2000) },
    );
  });

  test('a text that fits is not cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
        expect(clip(text, 1000)).toBe(text);
      }),
    );
  });
});

test('A text of two hundred thousand characters is cleaned in a moment', () => {
  const begun = performance.now();
  for (const piece of ['a', ' ', '\u200b', 'ﷺ', '\u0301', '\n ', '. ', '🙂', 'word ']) {
    const huge = piece.repeat(200_000 / piece.length);
    plainLine(huge, 500);
    plainLine(huge, 200_000);
    firstWords(huge, 20);
    clip(huge, 500);
  }
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test('A cut is shown by an ellipsis and never splits a character', () => {
  expect(clip('abcdef', 4)).toBe('abc…');
  expect(clip('🙂🙂🙂🙂', 3)).toBe('🙂🙂…');
  expect(clip('🙂🙂🙂', 3)).toBe('🙂🙂🙂');
  expect(clip('ab   cdef', 5)).toBe('ab…');
  expect(clip('', 5)).toBe('');
});

test('The first words of a text are counted by blanks of any kind', () => {
  expect(firstWords('one  two\tthree', 5)).toBe('one two three');
  expect(firstWords('one two three', 2)).toBe('one two…');
  expect(firstWords('   ', 2)).toBe('');
});
