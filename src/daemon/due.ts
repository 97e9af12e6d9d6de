import { Cron } from 'croner';

/*
 * Why croner beside node-cron, which fires the schedule: node-cron 4.6.0 cannot tell which moments passed. It leaves out
 * a run whose time a clock change skips, and one of the two hours that a clock change makes of one, without an
 * `execution:missed`; its next runs are counted from now only, not from the last run; and to match every minute since
 * then, daylight saving included, would be a calendar of our own. test/unit/daemon/node_cron.test.ts holds these facts
 * and fails when node-cron can do it: then croner can go.
 */

export type Schedule = { readonly cron: string; readonly timeZone: string };

/**
 * The latest scheduled moment at or before `now` (milliseconds since the epoch); null when there was none since `since`.
 * A wall-clock time that a daylight-saving gap leaves out counts as due right after the gap, and one that comes twice is
 * due the first time.
 */
export function lastDue({ cron, timeZone }: Schedule, since: number, now: number): number | null {
  // Day of month and day of week are combined with "and", as node-cron does.
  const calendar = new Cron(cron, { timezone: timeZone, paused: true, domAndDow: true });
  let last: number | null = null;
  let from = since;
  // A daemon that slept for months over a schedule of every second must not count every second of it.
  for (let i = 0; i < MOST_STEPS; i++) {
    const next = calendar.nextRun(new Date(from))?.getTime();
    if (next === undefined || next > now) return last;
    last = next;
    from = next;
  }
  return now;
}
const MOST_STEPS = 2_000;

/** The next scheduled moment after `now`, or null when the pattern has none. */
export function nextDue({ cron, timeZone }: Schedule, now: number): number | null {
  return (
    new Cron(cron, { timezone: timeZone, paused: true, domAndDow: true }).nextRun(new Date(now))?.getTime() ?? null
  );
}
