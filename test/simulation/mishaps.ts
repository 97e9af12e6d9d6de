/** When a process dies, freezes or is told to stop: rarely anywhere, mostly where it hurts. */
import type { Dice } from '../../simulator/dice.ts';
import type { Mishap } from './machine.ts';

const PLACES: readonly (readonly [weight: number, at: RegExp, most: number])[] = [
  [6, /^disk append/, 8],
  [4, /^disk replace/, 14],
  [9, /^vault PUT .*\/request\/(approve|reject|complete)\//, 4],
  [2, /^vault (POST|PUT) .*(submit|complete-request)/, 4],
  [1, /^graph POST/, 2],
  [4, /^(signIn|graph) /, 3],
  [2, /^lock/, 5],
  [4, /^vault GET/, 30],
  [5, /./, 120],
];

const WHAT: readonly (readonly [weight: number, draw: (dice: Dice) => Mishap['what']])[] = [
  [3, () => 'crash-before'],
  [4, () => 'crash-middle'],
  [4, () => 'crash-after'],
  [4, (dice) => ({ frozenMs: dice.pick([dice.between(2, 30), dice.between(30, 400), dice.between(30, 400)]) * 1000 })],
  [1, () => 'stop'],
];

export function drawMishaps(dice: Dice, chance: number): Mishap[] {
  const mishaps: Mishap[] = [];
  while (mishaps.length < 3 && dice.chance(mishaps.length === 0 ? chance : chance / 3)) {
    const [, at, most] = dice.weighted(PLACES.map((row) => [row[0], row] as const));
    const what = dice.weighted(WHAT)(dice);
    mishaps.push({ at, nth: dice.between(1, most), what });
  }
  return mishaps;
}
