import { randomInt } from 'node:crypto';

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

const STEPS = 2 ** 47;

/** Cannot be predicted, so that no text can be written for the place that it will have among others. */
export const systemRandom: Random = () => randomInt(STEPS) / STEPS;

export const shuffled = <Thing>(things: readonly Thing[], random: Random): Thing[] =>
  things
    .map((thing) => ({ thing, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ thing }) => thing);
