import type { AccessModel } from '../../policy/access_model.ts';
import type { PolicyInfo } from '../../policy/policy_info.ts';
import { type Dimension, dimensions } from './dimensions.ts';
import { type MadeUp, NEUTRAL } from './neutral.ts';
import type { Words } from './words.ts';

/** How many of the things differ in a request of the second part, and how many of those that one policy reads. */
const SOME = 0.15;
const MOST = 0.75;

/**
 * First the neutral request and every single change of it, then `more` that differ in several things, always the same
 * ones: a check has to say the same today and tomorrow.
 */
export function* madeUpCases(
  model: AccessModel,
  words: Words,
  textFlags: readonly string[],
  more: number,
): Generator<MadeUp> {
  const all = dimensions(model, words, textFlags);
  yield NEUTRAL;
  for (const change of all.flatMap(({ changes }) => changes)) yield change(NEUTRAL);
  yield* mixed(all, SOME, more);
}

/** Requests that differ in what one policy reads, in its own words: for one that is too special for the others. */
export function* casesFor(
  { text }: Pick<PolicyInfo, 'text'>,
  model: AccessModel,
  words: Words,
  textFlags: readonly string[],
  more: number,
): Generator<MadeUp> {
  yield* mixed(
    dimensions(model, words, textFlags).filter(({ read }) => read.test(text)),
    MOST,
    more,
  );
}

function* mixed(all: readonly Dimension[], often: number, count: number): Generator<MadeUp> {
  const random = dice(12);
  for (let made = 0; made < count; made += 1) {
    let so = NEUTRAL;
    for (const { changes } of all) {
      if (changes.length === 0 || random() > often) continue;
      so = changes[Math.floor(random() * changes.length)]?.(so) ?? so;
    }
    yield so;
  }
}

/** Mulberry32: small, and the same everywhere. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
