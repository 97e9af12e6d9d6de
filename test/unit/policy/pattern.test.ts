import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathPattern, patternProblem, wordPattern } from '../../../src/policy/pattern.ts';
import { examples } from '../../suite/property_runs.ts';

describe('patterns of words', () => {
  test.each([
    ['*:admin', 'payment:admin', true],
    ['*:admin', 'payment:administer', false],
    ['*:admin', 'group/unit:admin', true],
    ['prod:*', 'PROD:read', true],
    ['prod:*', 'production:read', false],
    ['{repo,wiki}:read', 'wiki:read', true],
    ['{repo,wiki}:read', 'mail:read', false],
    ['WS-1?', 'WS-10', true],
    ['WS-1?', 'WS-1', false],
    ['Component :: *', 'Component :: Server :: Windows', true],
    // What means something to a shell or to a regular expression means itself here.
    ['Server (old)', 'Server (old)', true],
    ['Server (old)', 'Server old', false],
    ['C++ [build] a|b ^x$', 'C++ [build] a|b ^x$', true],
    ['a.b', 'axb', false],
    ['!secret', 'anything', false],
    ['CORP\\ann', 'CORP\\ann', true],
    ['Z\u00fcrich', 'Zu\u0308rich', true],
  ])('`%s` and `%s`: %s', (pattern, value, fits) => {
    expect(wordPattern(pattern).fits(value)).toBe(fits);
  });
});

describe('patterns of container paths', () => {
  test.each([
    ['/Production/**', '/Production', true],
    ['/Production/**', '/Production/', true],
    ['/Production/**', '/Production/Databases/Oracle', true],
    ['/Production/**', 'Production/Databases', true],
    ['/Production/**', '/production/web', true],
    ['/Production/**', '/ProductionTest', false],
    ['/Production/**', '/Test/Production', false],
    ['/Production/*', '/Production/Web', true],
    ['/Production/*', '/Production/Web/Old', false],
    ['/**/Databases', '/Databases', true],
    ['/**/Databases', '/a/b/Databases', true],
    ['/Tier 0', '/Tier 0', true],
    ['/', '/', true],
    ['/', '/Test', false],
    ['/**', '/', true],
    ['/{Test,Lab}/**', '/Lab/x', true],
    // Names that mean something to a file system.
    ['/Production/**', '/Production/..', true],
    ['/Production/**', '/Production/../Test', true],
    ['/Production/**', '/Production/.hidden/x', true],
    ['/Production/*', '/Production/.', true],
    ['/Production/**', '/Production/a\nb/c', true],
    // However pattern and path are written.
    ['Root Container / Servers / Development', 'Root Container / Servers / Development', true],
    ['Root Container / Servers / Development', '/Servers/Development', true],
    ['Root Container / Servers / Development', 'servers/development/', true],
    ['Root Container / Servers / Development', 'Root Container / Servers / Development / Web', false],
    ['/Servers/Development', 'Root Container / Servers / Development', true],
    ['Servers/**', 'ROOT CONTAINER/Servers/Development', true],
    ['Servers / *', 'Root Container / Servers / Development', true],
    ['/Root Container/**', '/Servers/Development', true],
    ['/Root Container/Servers/**', ' / Root Container / Servers / x', true],
    ['/*/Servers/**', 'Root Container / Servers / x', true],
    ['**/Servers', 'Root Container / a / Servers', true],
    ['/Tier 0/**', 'Root Container / Tier 0 / PKI', true],
    // More than its author can see is never meant.
    ['/Servers/**', 'Root Container / Old / Servers / x', false],
    ['/Servers/**', 'Root / Servers / x', false],
    ['/Root/**', 'Root Container / Servers', false],
    ['/Servers/Development', '/Root Container/Root Container/Servers/Development', false],
    ['/Production/*', '/Production/ /Web', false],
    // What a pattern of version 0.1 fitted letter by letter.
    ['/Root Container / Servers /**', 'Root Container / Servers / x', true],
    ['/Root Container */ Servers */**', 'Root Container / Servers / x', true],
    ['/Root Container */**', 'Root Container / Servers', true],
  ])('`%s` and `%s`: %s', (pattern, value, fits) => {
    expect(pathPattern(pattern).fits(value)).toBe(fits);
  });
});

describe('no name slips through a pattern that means it', () => {
  // Every name that a file matcher, a shell or a regular expression would take for something else.
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        '*',
        '?',
        '{',
        '}',
        '[',
        ']',
        '(',
        ')',
        '!',
        '.',
        '\n',
        '\\',
        '|',
        '+',
        '^',
        '$',
        ',',
        ':',
        ' ',
        'a',
      ),
    }),
  );

  test('a star takes any name', () => {
    fc.assert(fc.property(odd, (name) => wordPattern('*').fits(name)));
    fc.assert(fc.property(odd, (name) => wordPattern('*:admin').fits(`${name}:admin`)));
    fc.assert(fc.property(odd, (name) => wordPattern('prod:*').fits(`prod:${name}`)));
  });

  test('two stars take anything below a container, and nothing beside it', () => {
    const below = fc.array(odd, { maxLength: 4 });
    fc.assert(fc.property(below, (parts) => pathPattern('/Production/**').fits(['/Production', ...parts].join('/'))));
    fc.assert(fc.property(below, (parts) => !pathPattern('/Production/**').fits(['/Other', ...parts].join('/'))));
  });

  test('whatever a path fitted letter by letter, as in 0.1, it still fits', () => {
    const part = fc.constantFrom('Servers', ' Servers', 'Servers ', 'Root Container', 'Root Container ', ' ', '', 'a');
    const wild = fc.oneof(part, fc.constantFrom('*', '**', '* ', ' *', 'S*'));
    const path = (of: fc.Arbitrary<string>) => fc.array(of, { maxLength: 4 }).map((parts) => parts.join('/'));
    const asIn01 = (text: string) =>
      text
        .split('/')
        .filter((one) => one !== '')
        .map((one) => `/${one}`)
        .join('');
    fc.assert(
      fc.property(path(wild), path(part), (pattern, value) => {
        // A slash is a letter like any other here, so that levels count as they did.
        const levels = asIn01(pattern).split('/').slice(1);
        const source = levels.map((level) =>
          level === '**' ? '(?:/[^]*)?' : `/${level.replaceAll('**', '*').replaceAll('*', '[^/]*')}`,
        );
        if (!new RegExp(`^${source.join('')}$`, 'i').test(asIn01(value))) return;
        expect(pathPattern(`/${pattern}`).fits(value)).toBe(true);
      }),
      { numRuns: examples(2000) },
    );
  });

  test('a pattern without wildcards fits its own text, and what is longer does not fit', () => {
    const literal = odd.filter((name) => !/[*?{}]/.test(name) && name !== '');
    fc.assert(fc.property(literal, (name) => wordPattern(name).fits(name) && !wordPattern(name).fits(`${name}x`)));
  });
});

test.each([
  ['a}', /braces/],
  ['a{b', /braces/],
  ['a}b{', /braces/],
  ['/a{b/**', /braces/],
] as const)('`%s` is refused as a pattern', (pattern, why) => {
  expect(patternProblem(pattern)).toMatch(why);
});

/** The same patterns as a regular expression: right, and slow when somebody wants it to be. */
function asRegExp(pattern: string): RegExp {
  let depth = 0;
  const source = pattern.replace(/\*+|[?{},]|[$()+./[\\\]^|]/g, (token) => {
    if (token.startsWith('*')) return '[\\s\\S]*';
    if (token === '?') return '[\\s\\S]';
    if (token === ',') return depth > 0 ? '|' : ',';
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    return token === '{' ? '(?:' : token === '}' ? ')' : `\\${token}`;
  });
  return new RegExp(`^(?:${source})$`, 'iu');
}

describe('a pattern and the regular expression that it could be written as', () => {
  const letters = fc.string({
    unit: fc.constantFrom('a', 'A', 'b', 'ß', 'ẞ', 'K', 'ı', 'i', 'Σ', 'ς', '\u{10400}', '|', '.'),
  });
  const piece = fc.oneof(letters, fc.constantFrom('*', '**', '?', ','));
  const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
    pattern: fc.array(tie('part'), { maxLength: 5 }).map((parts) => parts.join('')),
    part: fc.oneof(
      { weight: 4, arbitrary: piece },
      fc.array(tie('pattern'), { minLength: 1, maxLength: 3 }).map((choices) => `{${choices.join(',')}}`),
    ),
  }));

  test('agree about every name', () => {
    fc.assert(
      fc.property(pattern, letters, (text, name) => {
        expect(wordPattern(text).fits(name)).toBe(asRegExp(text.normalize('NFC')).test(name.normalize('NFC')));
      }),
      { numRuns: examples(3000) },
    );
  });

  test('agree about every letter that has two cases', () => {
    const letter = fc
      .integer({ min: 0x80, max: 0x1e943 })
      .map((code) => String.fromCodePoint(code))
      .filter((one) => one.toLowerCase() !== one.toUpperCase() && one.normalize('NFC') === one);
    fc.assert(
      fc.property(letter, (one) => {
        for (const other of [one.toLowerCase(), one.toUpperCase(), 'i', 'k', 's'].map((text) =>
          text.normalize('NFC'),
        )) {
          expect(wordPattern(one).fits(other)).toBe(asRegExp(one).test(other));
        }
      }),
      { numRuns: examples(1000) },
    );
  });

  test('differ in the time that a name can cost', () => {
    // As a regular expression each of these would not come back.
    const name = 'a'.repeat(20_000);
    for (const text of ['*a*a*a*a*a*a*b', '{*a,*aa,*aaa}{*a,*aa}*b', '*?*?*?*?*b']) {
      expect(wordPattern(text).fits(name)).toBe(false);
      expect(wordPattern(text).fits(`${name}b`)).toBe(true);
    }
    expect(pathPattern('/**/a*/**/a*/**/b').fits('/a'.repeat(10_000))).toBe(false);
  });
});
