/**
 * The patterns of `access.yml`: `*` any characters, `?` one, `{a,b}` either; everything else stands for itself, in either
 * case. In container paths `*` stays within one level and `**` spans any number of them, none included.
 *
 * Written here and not taken from a library: those match file names, where a leading dot hides, `..` is never matched, a
 * slash ends a star, `!` negates, and brackets and parentheses group. Names in a vault are any text.
 * INVARIANT: no value, however odd, slips through a pattern that means it.
 */
export type Pattern = { readonly text: string; readonly fits: (value: string) => boolean };
export type PatternKind = 'word' | 'path';

/** For words and sentences: types, tags, operations, names, entitlements. */
export const wordPattern = (text: string): Pattern => {
  const regex = compile(text.normalize('NFC'), 'word');
  return { text, fits: (value) => regex.test(value.normalize('NFC')) };
};

/** For the paths of containers: `/Production/**`. */
export const pathPattern = (text: string): Pattern => {
  const regex = compile(onePath(text), 'path');
  return { text, fits: (value) => regex.test(onePath(value)) };
};

/** What is wrong with a pattern, or null. */
export function patternProblem(text: string, kind: PatternKind): string | null {
  if (kind === 'path' && !text.startsWith('/')) return 'a container pattern begins with `/`, such as `/Production/**`';
  const depths = [...text.matchAll(/[{}]/g)].reduce(
    ({ depth, lowest }, [brace]) => {
      const now = depth + (brace === '{' ? 1 : -1);
      return { depth: now, lowest: Math.min(lowest, now) };
    },
    { depth: 0, lowest: 0 },
  );
  const closed = depths.depth === 0 && depths.lowest === 0;
  return closed ? null : 'the braces of the pattern do not close: `{a,b}` means either';
}

/** Whether any pattern fits any of the values. */
export const anyFits = (patterns: readonly Pattern[], values: readonly string[]): boolean =>
  patterns.some((pattern) => values.some((value) => pattern.fits(value)));

function compile(pattern: string, kind: PatternKind): RegExp {
  let depth = 0;
  const source = pattern.replace(/\/\*\*(?=\/|$)|\*+|[?{},]|[$()+./[\\\]^|]/g, (token) => {
    if (token === '/**') return kind === 'path' ? '(?:/[^]*)?' : '/[^]*';
    if (token === '*') return kind === 'path' ? '[^/]*' : '[^]*';
    if (token.startsWith('*')) return '[^]*';
    if (token === '?') return kind === 'path' ? '[^/]' : '[^]';
    if (token === ',') return depth > 0 ? '|' : ',';
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    return token === '{' ? '(?:' : token === '}' ? ')' : `\\${token}`;
  });
  return new RegExp(`^(?:${source})$`, 'iu');
}

/** `Production//Web/` → `/Production/Web`; the root is empty. */
const onePath = (path: string): string =>
  path
    .normalize('NFC')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => `/${part}`)
    .join('');
