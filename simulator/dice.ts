/** Chance that repeats: the same seed rolls the same numbers on every machine. */

export type Dice = {
  /** A number from 0 up to, not including, 1. */
  roll(): number;
  /** A whole number between both bounds, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Picks a row in proportion to the weight in its first cell. */
  weighted<T>(rows: readonly (readonly [weight: number, value: T])[]): T;
};

/** A seed from a text (FNV-1a): for chance that hangs on what is asked and not on when. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

export function makeDice(seed: number): Dice {
  let state = seed >>> 0;
  // mulberry32: small, fast, and good enough to look unplanned. Nothing secret depends on it.
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new Error('cannot pick from an empty list');
    return list[Math.floor(roll() * list.length)] as T;
  };
  return {
    roll,
    pick,
    between: (low, high) => low + Math.floor(roll() * (high - low + 1)),
    chance: (probability) => roll() < probability,
    weighted: (rows) => {
      let left = roll() * rows.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of rows) {
        left -= weight;
        if (left < 0) return value;
      }
      return pick(rows)[1];
    },
  };
}
