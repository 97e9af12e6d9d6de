import { z } from 'zod';
import { DAY_MS } from '../util/durations.ts';
import { ConfigError, type ConfigProblem } from '../util/errors.ts';

/** Milliseconds since the epoch, both ends inclusive. */
export type Range = { readonly from: number; readonly to: number };

const Day = z.iso.date();
const Moment = z.iso.datetime({ offset: true });

/** `2026-11-01` is the whole UTC day, for either end; anything else is a moment with its zone. @throws {ConfigError} */
export function rangeOf(from: string, to: string): Range {
  const [start, end] = [momentsOf(from)?.first, momentsOf(to)?.last];
  const problems: ConfigProblem[] = [];
  if (start === undefined) problems.push({ setting: '--from', message: SHAPE });
  if (end === undefined) problems.push({ setting: '--to', message: SHAPE });
  if (start !== undefined && end !== undefined && start > end) {
    problems.push({ setting: '--to', message: 'must not be before --from' });
  }
  if (start === undefined || end === undefined || problems.length > 0) throw new ConfigError(problems);
  return { from: start, to: end };
}

const SHAPE = 'must be a day such as `2026-11-01` (UTC) or a moment such as `2026-11-01T08:00:00Z`';

function momentsOf(text: string): { first: number; last: number } | null {
  if (Day.safeParse(text).success) return { first: Date.parse(text), last: Date.parse(text) + DAY_MS - 1 };
  if (Moment.safeParse(text).success) return { first: Date.parse(text), last: Date.parse(text) };
  return null;
}
