/** When people file requests, and for how long they want the access. */
import type { Dice } from '../dice.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const NIGHT_HOURS = [19, 20, 21, 22, 23, 0, 1, 2, 4, 5, 6] as const;

/** A moment between so many days before now and now: mostly weekdays, mostly between 8 and 18 o'clock UTC. */
export function moment(dice: Dice, now: number, oldestDay: number, youngestDay = 0): number {
  for (let tries = 0; tries < 20; tries += 1) {
    const day = Math.floor(now / DAY) * DAY - dice.between(youngestDay, oldestDay) * DAY;
    const hour = dice.chance(0.1) ? dice.pick(NIGHT_HOURS) : dice.between(8, 17);
    const at = day + hour * HOUR + dice.between(0, 59) * MINUTE + dice.between(0, 59_999);
    const weekday = new Date(at).getUTCDay();
    const weekend = weekday === 0 || weekday === 6;
    if (at < now - MINUTE && at > now - oldestDay * DAY && (!weekend || dice.chance(0.12))) return at;
  }
  // Early on a Monday hardly anything of the last days fits: then any moment of the last hours does.
  return now - dice.between(2, 600) * MINUTE;
}

export function windowHours(dice: Dice): number {
  return dice.weighted([
    [20, 1],
    [30, 2],
    [30, 4],
    [14, 8],
    [6, 24],
    [4, 72],
    [2, 336],
  ]);
}
