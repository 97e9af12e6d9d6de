import { formsOf, onePath } from './container_path.ts';

/**
 * The patterns of `access.yml`: `*` any characters, `?` one, `{a,b}` either; everything else stands for itself, in either
 * case. In container paths `*` stays within one level and `**` spans any number of them, none included.
 *
 * Written here and not taken from a library: those match file names, where a leading dot hides, `..` is never matched, a
 * slash ends a star, `!` negates, and brackets and parentheses group. Names in a vault are any text.
 * INVARIANT: no value, however odd, slips through a pattern that means it.
 * INVARIANT: the time grows with the length of the value and of the pattern, never with more: whoever names an asset may
 * know the patterns, and a regular expression with three stars takes hours for the wrong name.
 */
export type Pattern = {
  readonly text: string;
  readonly kind: PatternKind;
  readonly fits: (value: string) => boolean;
};
export type PatternKind = 'word' | 'path';

/** For words and sentences: types, tags, operations, names, entitlements. */
export const wordPattern = (text: string): Pattern => {
  const fits = walker(wayOf(text, 'word'));
  return { text, kind: 'word', fits: (value) => fits(value.normalize('NFC')) };
};

/**
 * For the paths of containers: `/Production/**`, or in the report's own words `Root Container / Production / **`.
 * INVARIANT: what a path fitted letter by letter, as in version 0.1, it still fits.
 */
export const pathPattern = (text: string): Pattern => {
  const ways = formsOf(text).map((form) => walker(compile(form, 'path')));
  return { text, kind: 'path', fits: (value) => formsOf(value).some((form, at) => ways[at]?.(form)) };
};

const wayOf = (text: string, kind: PatternKind): Step =>
  compile(kind === 'path' ? onePath(text) : text.normalize('NFC'), kind);

/** Whether every value that fits `special` fits `general` too. Where it would take too long to find out: no. */
export function contains(general: Pattern, special: Pattern): boolean {
  const letters = lettersOf(general, special);
  const [wide, narrow] = [reachedOf(general), reachedOf(special)];
  return everyWay(narrow, wide, (one, others) => {
    if (one.ends && !others.some(({ ends }) => ends)) return null;
    return one.takers.flatMap((taker) =>
      letters.flatMap((letter) => {
        if (!taker.takes(letter)) return [];
        const behind = others.flatMap(({ takers }) =>
          takers.flatMap((other) => (other.takes(letter) ? other.behind : [])),
        );
        return [{ one: taker.behind, others: [...new Set(behind)] }];
      }),
    );
  });
}

/** Whether some value fits both. */
export function meets(a: Pattern, b: Pattern): boolean {
  const letters = lettersOf(a, b);
  return !everyWay(reachedOf(a), reachedOf(b), (one, [other]) => {
    if (other === undefined) return [];
    if (one.ends && other.ends) return null;
    return one.takers.flatMap((taker) =>
      other.takers.flatMap((second) =>
        letters.some((letter) => taker.takes(letter) && second.takes(letter))
          ? [{ one: taker.behind, others: [second.behind] }]
          : [],
      ),
    );
  });
}

type Pair = { readonly one: Reached; readonly others: readonly Reached[] };

/** Goes through all pairs that can be reached; false as soon as `next` answers null, and when there are too many. */
function everyWay(
  one: Reached,
  other: Reached,
  next: (one: Reached, others: readonly Reached[]) => readonly Pair[] | null,
): boolean {
  const names = new Map<Reached, number>();
  const nameOf = (reached: Reached) => {
    if (!names.has(reached)) names.set(reached, names.size);
    return names.get(reached) ?? 0;
  };
  const seen = new Set<string>();
  const pairs: Pair[] = [{ one, others: [other] }];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const name = `${nameOf(pair.one)}:${pair.others.map(nameOf).sort((a, b) => a - b)}`;
    if (seen.has(name)) continue;
    if (seen.size >= MOST_PAIRS) return false;
    seen.add(name);
    const further = next(pair.one, pair.others);
    if (further === null) return false;
    pairs.push(...further);
  }
  return true;
}
const MOST_PAIRS = 20_000;

/** Every letter that one of them treats in its own way, and one for all the others. */
const lettersOf = (a: Pattern, b: Pattern): string[] => [
  ...new Set([...Array.from(`${onePath(a.text)}${onePath(b.text)}/`, sameCase), OTHER]),
];
const OTHER = '\u0001';

const reachedOf = ({ text, kind }: Pattern): Reached => reachedFrom(wayOf(text, kind), new Map());

/** What is wrong with a pattern, or null. */
export function patternProblem(text: string): string | null {
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

/** A step on the way through a pattern: takes one character and goes on, or goes on with several at once. */
type Step = { readonly takes: (character: string) => boolean; readonly next: Step } | { readonly to: readonly Step[] };
const END: Step = { to: [] };

const ANY = () => true;
const WITHIN_LEVEL = (character: string) => character !== '/';

/** From its last token to the first, so that each step is made when the one after it is there. */
function compile(pattern: string, kind: PatternKind): Step {
  const tokens = pattern.match(/\/\*\*(?=\/|$)|\*+|./gsu) ?? [];
  const within = kind === 'path' ? WITHIN_LEVEL : ANY;
  /** What is behind the closing braces that are open at this point, and the alternatives that were read so far. */
  const open: { readonly after: Step; readonly others: Step[] }[] = [];
  let way = END;
  for (const token of tokens.reverse()) {
    const braces = open.at(-1);
    if (token === '}') open.push({ after: way, others: [] });
    else if (token === ',' && braces !== undefined) {
      braces.others.push(way);
      way = braces.after;
    } else if (token === '{' && braces !== undefined) {
      way = { to: [way, ...braces.others] };
      open.pop();
    } else if (token === '/**') {
      const below: Step = { takes: letter('/'), next: many(ANY, way) };
      way = kind === 'path' ? { to: [below, way] } : below;
    } else if (token.startsWith('*')) way = many(token === '*' ? within : ANY, way);
    else way = { takes: token === '?' ? within : letter(token), next: way };
  }
  return way;
}

function many(takes: (character: string) => boolean, next: Step): Step {
  const to: Step[] = [next];
  const step: Step = { to };
  to.push({ takes, next: step });
  return step;
}

const letter = (written: string) => {
  const one = sameCase(written);
  return (character: string) => character === one;
};

/** The steps that may take the next character, and whether the pattern may end here instead. */
type Reached = { readonly takers: readonly Taker[]; readonly ends: boolean };
type Taker = { readonly takes: (character: string) => boolean; behind: Reached; round: number };

/** All ways through the pattern are gone at once, character by character, so that none is ever gone twice. */
function walker(start: Step): (value: string) => boolean {
  const beginning = reachedFrom(start, new Map());
  let round = 0;
  return (value) => {
    let { takers, ends } = beginning;
    for (const character of PLAIN.test(value) ? value.toLowerCase() : Array.from(value, sameCase)) {
      const next: Taker[] = [];
      round += 1;
      ends = false;
      for (const { takes, behind } of takers) {
        if (!takes(character)) continue;
        ends ||= behind.ends;
        for (const taker of behind.takers) {
          if (taker.round !== round) next.push(taker);
          taker.round = round;
        }
      }
      if (next.length === 0 && !ends) return false;
      takers = next;
    }
    return ends;
  };
}

/** What can be reached without a character; known for each step when the first name comes. */
function reachedFrom(start: Step, known: Map<Step, Taker>): Reached {
  const steps = new Set([start]);
  for (const step of steps) if ('to' in step) for (const one of step.to) steps.add(one);
  const takers = [...steps].flatMap((step) => {
    if ('to' in step) return [];
    const taker = known.get(step) ?? { takes: step.takes, behind: { takers: [], ends: false }, round: 0 };
    if (!known.has(step)) {
      known.set(step, taker);
      taker.behind = reachedFrom(step.next, known);
    }
    return [taker];
  });
  return { takers, ends: steps.has(END) };
}

/**
 * One form for a character in either case, as `/…/iu` compares: one character for one, and a Turkish `ı` is no `i`.
 */
function sameCase(character: string): string {
  if (character < '\u0080') return character.toLowerCase();
  if (character === 'ı') return character;
  const upper = character.toUpperCase();
  const lower = (isOne(upper) ? upper : character).toLowerCase();
  return isOne(lower) ? lower : character;
}
/** What a computer writes; its letters have one form each. */
const PLAIN = /^[ -~]*$/;

const isOne = (text: string): boolean => text.length === ((text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
