import { time } from './wire_times.ts';

/** When a call left and when its answer was there, by our clock. */
type Span = { readonly sent: number; readonly received: number };

/** Enough for a median; the first answers of a run say it as well as the last. */
const MOST = 101;
/** A `Date` header counts whole seconds. */
const SECOND = 1000;

/**
 * Compares the vault's clock with ours, by the `Date` of its answers. An answer may have taken long, so that only a time
 * before its call left, or after it was there, says that the clocks differ.
 */
export function openClockWatch() {
  const seen: number[] = [];
  return {
    heard(date: string | undefined, { sent, received }: Span): void {
      if (seen.length >= MOST || date === undefined || received < sent) return;
      const at = time(date);
      if (at === null) return;
      const ahead = Math.max(0, at - received);
      const behind = Math.max(0, sent - (at + SECOND));
      seen.push(ahead - behind);
    },
    /** The median in milliseconds; positive is ahead of us, null when no answer told. */
    ahead(): number | null {
      const sorted = [...seen].sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? null;
    },
  };
}
