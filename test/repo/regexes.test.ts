import { checkSync } from 'recheck';
import { describe, expect, test } from 'vitest';
import linear from './linear_regexes.json' with { type: 'json' };
import { type FoundRegex, inSources, isBounded, isCounted, madeAtLoad, regexesOf, written } from './regexes.ts';

/**
 * Regular expressions look at texts of requestors, assets and models. One that goes over the same stretch again and
 * again lets a text of a few kilobytes stop the program. So each of them must
 *
 * - look at a bounded stretch from wherever it begins (`isBounded`), or
 * - be linear by the analysis of `recheck`: those that it has been asked about stand in linear_regexes.json, new ones are
 *   asked about here (`node scripts/regexes.ts` puts them into the list, which keeps this test quick), or
 * - stand here with the reason why it is harmless all the same.
 */
const EXCEPTIONS: readonly {
  readonly file: RegExp;
  readonly only?: (source: string) => boolean;
  readonly because: string;
}[] = [
  {
    file: /^src\/enrich\/screening\/orders\/phrase\.ts$/,
    because:
      'made of words parted by one blank; a gap is counted in words and an attempt begins at a word, so that each word is looked at by a bounded number of attempts. The analysis cannot count words; test/unit/enrich/screening/linear.test.ts measures it',
  },
  {
    file: /^src\/enrich\/screening\/(encoded|records|spoofing|neutralise)\.ts$/,
    only: isCounted,
    because:
      'every repetition has a limit, also that of a repeated group; too many ways for the analysis, and measured in test/unit/enrich/screening/linear.test.ts',
  },
];

/** `new RegExp(…)` that is called later and not while the file is loaded: what it makes cannot be collected. */
const MADE_LATER: Readonly<Record<string, string>> = {
  'src/analysis/lint/attributes.ts': 'made of names of our own schema, and read over the text of the policies only',
};

const excused = (regex: FoundRegex): boolean =>
  EXCEPTIONS.some(({ file, only }) => file.test(regex.file) && (only === undefined || only(regex.source)));

/** Why an expression must not stand in the program; null when it may. */
function complaint(regex: FoundRegex): string | null {
  if (isBounded(regex.source) || linear.includes(written(regex)) || excused(regex)) return null;
  process.env.RECHECK_BACKEND = 'pure';
  const found = checkSync(regex.source, regex.flags, { timeout: 60_000 });
  if (found.status === 'safe') return null;
  const how = found.status === 'vulnerable' ? found.complexity.summary : 'not known to be linear';
  return `${regex.file}:${regex.line} ${written(regex)} is ${how}`;
}

test('every regular expression takes time that grows with the length of the text and no faster', async () => {
  const { literals, makers } = inSources();
  const files = [...new Set(makers.map(({ file }) => file))];
  const made = await madeAtLoad(files.filter((file) => !Object.hasOwn(MADE_LATER, file)));
  const all = new Map([...literals, ...made].map((regex) => [written(regex), regex]));
  expect([...all.values()].map(complaint).filter((one) => one !== null)).toEqual([]);
  // A place that makes expressions, and of which nothing was seen, would hide them.
  const seen = new Set([...made.map(({ file }) => file), ...Object.keys(MADE_LATER)]);
  expect(files.filter((file) => !seen.has(file))).toEqual([]);
  expect(all.size).toBeGreaterThan(200);
});

test('no reason is kept for something that is gone', () => {
  const { literals, makers } = inSources();
  const files = new Set(makers.map(({ file }) => file));
  expect(Object.keys(MADE_LATER).filter((file) => !files.has(file))).toEqual([]);
  const all = [...literals, ...makers].map(({ file }) => file);
  expect(EXCEPTIONS.filter(({ file }) => !all.some((one) => file.test(one)))).toEqual([]);
});

describe('what is held against an expression', () => {
  test.each([
    ['an exponential one', '^(a+)+$'],
    ['a quadratic one', '\\s+$'],
    ['one with two stars', 'a.*b.*c'],
  ])('%s', (_name, source) => {
    expect(complaint({ file: 'src/x.ts', line: 1, source, flags: '' })).toMatch(/exponential|polynomial/);
  });

  // None with a look-behind: `recheck` judges those by trying texts, and on a busy machine not always alike.
  test.each(['^a*$', '^[^/]*$', '\\d{1,9}'])('nothing: %s', (source) => {
    expect(complaint({ file: 'src/x.ts', line: 1, source, flags: '' })).toBeNull();
  });

  test.each([
    ['abc', true],
    ['a?b{2,5}c??', true],
    ['[*+]\\*\\+', true],
    ['(?:ab?|c){3}', true],
    ['\\p{L}{1,63}', true],
    ['(?<year>\\d{4})', true],
    ['a*', false],
    ['a+?', false],
    ['a{3,}', false],
    ['(?:a{1,5}){1,5}', false],
    ['((?:ab{1,2}c)d){2}', false],
  ])('%s is bounded: %s', (source, bounded) => {
    expect(isBounded(source)).toBe(bounded);
  });

  test('they are found as the program means them: no division, no comment, no text', () => {
    const code = "const a = 4 / 2 / 1; // /not/\nconst b = '/nor this/'; const c = /yes\\/[/]/gu;\nnew RegExp(b);";
    expect(regexesOf('x.ts', code)).toEqual({
      literals: [{ file: 'x.ts', line: 2, source: 'yes\\/[/]', flags: 'gu' }],
      makers: [{ file: 'x.ts', line: 3 }],
    });
  });
});
