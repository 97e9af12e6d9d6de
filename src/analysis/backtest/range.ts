import { DAY_MS, HOUR_MS } from '../../util/durations.ts';

const UNITS = { h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS } as const;
/** More than any archive holds, and still a number that a calendar can take. */
const MOST_DAYS = 3660;

/** `60d`, `12h` or `8w` in milliseconds; null for anything else. */
export function rangeOf(text: string): number | null {
  const parts = /^(\d{1,5})([hdw])$/.exec(text.trim());
  if (parts === null) return null;
  const length = Number(parts[1]) * UNITS[parts[2] as keyof typeof UNITS];
  return length > 0 && length <= MOST_DAYS * DAY_MS ? length : null;
}
