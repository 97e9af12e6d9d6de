import picomatch from 'picomatch';

/**
 * The patterns of `access.yml`: `*` any characters, `?` one, `{a,b}` either; everything else stands for itself, in either
 * case. In container paths `*` stays within one level and `**` spans any number of them, none included.
 */
export type Pattern = { readonly text: string; readonly fits: (value: string) => boolean };

/** For words and sentences: types, tags, operations, names, entitlements. */
export const wordPattern = (text: string): Pattern => {
  const regex = compile(plain(wholeWord(text)), { bash: true });
  return { text, fits: (value) => regex.test(wholeWord(value)) };
};

/** For the paths of containers: `/Production/**`. */
export const pathPattern = (text: string): Pattern => {
  const regex = compile(plain(wholePath(text)), {});
  return { text, fits: (value) => regex.test(wholePath(value)) };
};

/** What is wrong with a pattern, or null. */
export function patternProblem(text: string, kind: 'word' | 'path'): string | null {
  if (kind === 'path' && !text.startsWith('/')) return 'a container pattern begins with `/`, such as `/Production/**`';
  if (/\{[^{}]*\.\.[^{}]*\}/.test(text)) return 'ranges are not supported in patterns; write `{1,2,3}`';
  try {
    (kind === 'path' ? pathPattern : wordPattern)(text);
    return null;
  } catch {
    return 'the braces of the pattern do not close: `{a,b}` means either';
  }
}

/** Whether any pattern fits any of the values. */
export const anyFits = (patterns: readonly Pattern[], values: readonly string[]): boolean =>
  patterns.some((pattern) => values.some((value) => pattern.fits(value)));

// INVARIANT: no value, however odd, slips through a pattern that means it. picomatch is made for file names: a leading
// dot hides, `.` and `..` are never matched, a slash ends a star, a leading `!` negates, brackets and parentheses group.
// A letter before each part keeps all but the last from happening, the escapes that, and `s` makes a line break ordinary.
const LETTER = '=';
const OPTIONS = { dot: true, nonegate: true, noextglob: true, nobracket: true, strictBrackets: true, flags: 'is' };

function compile(pattern: string, options: { bash?: boolean }): RegExp {
  // `debug` makes picomatch throw on a pattern it cannot read; without it, such a pattern would silently fit nothing.
  return picomatch.makeRe(pattern, { ...OPTIONS, ...options, debug: true });
}

const plain = (pattern: string): string => pattern.replace(/[^\p{L}\p{M}\p{N}*?{},/= \u2215\u29f5]/gu, '\\$&');

// The slash and the backslash divide and escape in a file matcher, whatever its options: their twins do neither.
const wholeWord = (word: string): string => LETTER + twins(word).replaceAll('/', '\u2215');
const twins = (text: string): string => text.normalize('NFC').replaceAll('\\', '\u29f5');

function wholePath(path: string): string {
  const parts = path
    .normalize('NFC')
    .split('/')
    .filter((part) => part !== '');
  return ['', ...parts].map((part) => (part === '**' ? part : LETTER + part)).join('/');
}
