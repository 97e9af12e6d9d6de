import { isIP } from 'node:net';

/** Addresses that are remembered; for one more the one that was quiet for longest is forgotten. */
const MOST_SOURCES = 10_000;
const MINUTE_MS = 60_000;

/** The address in `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1` or `[2001:db8::1]:4711`; null where there is none. */
export function addressIn(text: string): string | null {
  const bare = text.replace(/^\[/, '').replace(/\](?::\d{1,5})?$/, '');
  if (isIP(bare) !== 0) return bare;
  const withoutPort = bare.replace(/:\d{1,5}$/, '');
  return isIP(withoutPort) === 4 ? withoutPort : null;
}

/** Of an IPv6 address the network counts, because whoever has one has all of it. */
export function sourceOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.toLowerCase().split('%', 1)[0]?.split('::', 2) ?? [];
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const missing = tail === undefined ? 0 : Math.max(0, 8 - (before?.length ?? 0) - (after?.length ?? 0));
  return `${[...(before ?? []), ...Array<string>(missing).fill('0'), ...(after ?? [])].slice(0, 4).join(':')}::/64`;
}

/** How many seconds a source has to wait; 0 when it may ask now. */
export type RateLimit = (source: string, now: number) => number;

/** As many at once as in a minute, and then evenly. */
export function createRateLimit(perMinute: number): RateLimit {
  const sources = new Map<string, { readonly left: number; readonly at: number }>();
  return (source, now) => {
    const known = sources.get(source) ?? { left: perMinute, at: now };
    const gained = (Math.max(0, now - known.at) * perMinute) / MINUTE_MS;
    const left = Math.min(perMinute, known.left + gained);
    sources.delete(source);
    sources.set(source, { left: left < 1 ? left : left - 1, at: now });
    const [quietest] = sources.keys();
    if (sources.size > MOST_SOURCES && quietest !== undefined) sources.delete(quietest);
    return left < 1 ? Math.ceil(((1 - left) * MINUTE_MS) / perMinute / 1000) : 0;
  };
}

const MOST_SEEN = 10_000;

/** `known`: the same message came before. `other`: another one had this id. `full`: no more can be remembered. */
export type Seen = 'new' | 'known' | 'other' | 'full';

/** The ids of messages, each for as long as its time would be taken. */
export function createSeenIds() {
  const seen = new Map<string, { readonly digest: string; readonly until: number }>();
  return {
    look(id: string, digest: string, now: number): Seen {
      for (const [old, { until }] of seen) if (until < now) seen.delete(old);
      const known = seen.get(id);
      if (known !== undefined) return known.digest === digest ? 'known' : 'other';
      return seen.size >= MOST_SEEN ? 'full' : 'new';
    },
    remember: (id: string, digest: string, until: number): void => void seen.set(id, { digest, until }),
  };
}
