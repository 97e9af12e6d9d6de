/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `now`; null when it is absent or means nothing.
 * Both forms of RFC 9110 are taken: whole seconds, and an HTTP date (one in the past means "at once").
 */
export function retryAfterMs(header: string | undefined | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // `Date.parse` also takes `-5` or `2026`; an HTTP date begins with the name of a weekday.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return null;
  // The oldest of its three forms names no zone, and none but UTC is meant.
  const date = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
