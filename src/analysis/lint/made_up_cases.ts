import { hash } from 'node:crypto';
import type { AccessModel } from '../../policy/access_model.ts';
import type { PolicyInfo } from '../../policy/cedar_source.ts';
import { type Dimension, dimensions, type MadeUp, NEUTRAL, type Words } from './dimensions.ts';

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
  for (let made = 0; made < count; made += 1) {
    let so = NEUTRAL;
    for (const [at, { changes }] of all.entries()) {
      const [whether, which] = drawn(made, at);
      if (changes.length === 0 || whether > often) continue;
      so = changes[Math.floor(which * changes.length)]?.(so) ?? so;
    }
    yield so;
  }
}

/** Two numbers from 0 up to 1 for each case and dimension, taken from a hash: the same on every machine, every day. */
function drawn(made: number, at: number): readonly [number, number] {
  const digest = hash('sha256', `made-up case ${made}, dimension ${at}`, 'buffer');
  return [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32];
}
