/** The story of one scenario, one line per event; two scenarios are the same when their digests are. */
import { createHash } from 'node:crypto';

export type Trace = {
  /** `who` is a simulated process, or a word for the world. */
  say(who: string, what: string): void;
  readonly lines: readonly string[];
  digest(): string;
};

export function makeTrace(now: () => number): Trace {
  const lines: string[] = [];
  const began = now();
  return {
    say: (who, what) => void lines.push(`${since(now() - began)}  ${who.padEnd(6)} ${what}`),
    lines,
    digest: () => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16),
  };
}

/** Days, hours, minutes, seconds and milliseconds since the scenario began. */
function since(ms: number): string {
  const part = (unit: number, length: number, per = Number.POSITIVE_INFINITY) =>
    `${Math.floor(ms / unit) % per}`.padStart(length, '0');
  return `${part(86_400_000, 1)}d ${part(3_600_000, 2, 24)}:${part(60_000, 2, 60)}:${part(1000, 2, 60)}.${part(1, 3, 1000)}`;
}
