/** Times and durations as people read them, always in UTC. Never throws: a vault may hold times that no calendar has. */
import { DAY_MS, HOUR_MS } from '../util/durations.ts';
import { plural } from './plural.ts';

/** `2026-11-20 05:40 UTC` */
export function utcMinute(ms: number | null): string {
  const iso = isoTime(ms);
  return iso === null ? 'unknown time' : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** ISO 8601 for machines; null when there is no time, or none that can be written. */
export function isoTime(ms: number | null): string | null {
  return ms !== null && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}

/** `840 ms`, `12.4 s`, `3 min 5 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How far two moments are apart, roughly: `12 minutes`, `3 hours`, `41 days`, `55 years`. */
export function apart(ms: number): string {
  const [minutes, years] = [Math.round(ms / 60_000), ms / (365.25 * DAY_MS)];
  if (minutes < 120) return plural(minutes, 'minute');
  if (ms < 2 * DAY_MS) return plural(Math.round(ms / HOUR_MS), 'hour');
  return years < 3 ? plural(Math.round(ms / DAY_MS), 'day') : plural(Math.round(years), 'year');
}

/** How long ago something was: `today`, `1 day`, `12 days`. */
export function age(days: number): string {
  if (!(days >= 1)) return 'today';
  return plural(days, 'day');
}

/** The length of a span: `8 hours`, `3 days`. */
export function span(from: number, to: number): string {
  const hours = Math.round(((to - from) / HOUR_MS) * 10) / 10;
  if (hours < 48) return plural(hours, 'hour');
  return plural(Math.round((to - from) / DAY_MS), 'day');
}
