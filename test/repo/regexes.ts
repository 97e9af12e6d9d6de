/** Every regular expression of the program, as it is in the end: also those that are put together from parts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vitest/node';

const ROOT = join(import.meta.dirname, '../..');

export type FoundRegex = {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
};
/** A place that puts one together, `new RegExp(…)`. */
export type Maker = { readonly file: string; readonly line: number };

export const written = ({ source, flags }: Pick<FoundRegex, 'source' | 'flags'>): string => `/${source}/${flags}`;

type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** Looks at the syntax tree, so that a division, a comment or a text is not taken for one. */
export function regexesOf(file: string, code: string): { literals: FoundRegex[]; makers: Maker[] } {
  const literals: FoundRegex[] = [];
  const makers: Maker[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(one);
    if (!isNode(value)) return;
    const line = code.slice(0, value.start).split('\n').length;
    if (value.type === 'Literal' && value.regex) {
      const { pattern, flags } = value.regex as { pattern: string; flags: string };
      literals.push({ file, line, source: pattern, flags });
    }
    if (/^(New|Call)Expression$/.test(value.type) && (value.callee as { name?: string }).name === 'RegExp') {
      makers.push({ file, line });
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(parseAst(code, { lang: 'ts' }));
  return { literals, makers };
}

export function inSources(): { literals: FoundRegex[]; makers: Maker[] } {
  const files = ['src', 'simulator', 'bin'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const found = files
    .filter((file) => /\.[jt]s$/.test(file))
    .map((file) => regexesOf(file, readFileSync(join(ROOT, file), 'utf8')));
  return { literals: found.flatMap(({ literals }) => literals), makers: found.flatMap(({ makers }) => makers) };
}

/**
 * Those that the makers make while their files, and those beside and above them that call them, are loaded: the
 * constructor is watched meanwhile.
 */
export async function madeAtLoad(files: readonly string[]): Promise<FoundRegex[]> {
  const made: FoundRegex[] = [];
  const real = globalThis.RegExp;
  const watch = (regex: RegExp) => {
    // Under this name and not another: libraries make their own.
    const from = new Error().stack?.split('\n').find((frame) => frame.includes('/src/')) ?? '';
    const file = files.find((one) => from.includes(one));
    if (file !== undefined) made.push({ file, line: 0, source: regex.source, flags: regex.flags });
    return regex;
  };
  globalThis.RegExp = new Proxy(real, {
    construct: (target, given, newTarget) => watch(Reflect.construct(target, given, newTarget) as RegExp),
    apply: (target, self, given) => watch(Reflect.apply(target, self, given) as RegExp),
  });
  try {
    for (const file of filesAround(files)) await import(join(ROOT, file));
  } finally {
    globalThis.RegExp = real;
  }
  return made;
}

/** Everything in the folder of each file: what `src/enrich/screening/orders/phrase.ts` offers is called by the files around it. */
function filesAround(files: readonly string[]): string[] {
  const folders = new Set(files.map((file) => file.split('/').slice(0, 2).join('/')));
  return [...folders].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
}

/**
 * Whether an expression looks at a bounded stretch of text from wherever it begins, and can do so in a bounded number of
 * ways: nothing in it repeats without a limit, and nothing that varies in length is repeated as a whole. Then it takes at
 * most so many steps for each character of any text. Careful: what is not understood counts as unbounded.
 */
export function isBounded(source: string): boolean {
  /** For each open group, whether something in it varies in length. */
  const groups = [false];
  let varies = false;
  for (const token of tokensOf(source)) {
    const limits = limitsOf(token);
    if (token === ')') {
      varies = groups.pop() ?? true;
      if (varies) groups[groups.length - 1] = true;
    } else if (limits !== null) {
      const [least, most] = limits;
      if (most === Number.POSITIVE_INFINITY || (varies && most > 1)) return false;
      if (least !== most && most > 1) groups[groups.length - 1] = true;
    } else {
      varies = false;
      if (token.startsWith('(')) groups.push(false);
    }
  }
  return true;
}

/** Whether every repetition in it has a limit; what is repeated may vary in length. */
export const isCounted = (source: string): boolean =>
  tokensOf(source).every((token) => limitsOf(token)?.[1] !== Number.POSITIVE_INFINITY);

const TOKEN =
  /\\[pPuk][{<][^}>]*[}>]|\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:|<[^>]*>)|(?:[*+?]|\{\d+(?:,\d*)?\})\??|./gsu;
const tokensOf = (source: string): readonly string[] => source.match(TOKEN) ?? [];

/** How often the thing before a quantifier may stand there; null for what is none. */
function limitsOf(token: string): readonly [number, number] | null {
  if (/^[*+]/.test(token)) return [0, Number.POSITIVE_INFINITY];
  if (token.startsWith('?')) return [0, 1];
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(token) ?? [];
  if (least === undefined) return null;
  return [Number(least), comma === '' ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most)];
}
