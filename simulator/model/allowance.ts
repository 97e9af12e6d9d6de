/** How much the simulated endpoint takes in a stretch of time, and the headers in which it says so, as OpenAI writes them. */

export type AllowanceSettings = {
  /** Questions and tokens in each stretch; what is left out is not limited. */
  readonly requests?: number;
  readonly tokens?: number;
  /** Length of a stretch in milliseconds; the next one begins with the first question after its end. */
  readonly everyMs: number;
};

export type Allowance = {
  /** Takes a question of so many tokens, or refuses it. */
  take(tokens: number): { readonly ok: boolean; readonly headers: Readonly<Record<string, string>> };
};

export function makeAllowance({ requests, tokens, everyMs }: AllowanceSettings, now: () => number): Allowance {
  let until = Number.NEGATIVE_INFINITY;
  let used = { requests: 0, tokens: 0 };

  function headersOf(name: 'requests' | 'tokens', limit: number | undefined): Record<string, string> {
    if (limit === undefined) return {};
    return {
      [`x-ratelimit-limit-${name}`]: `${limit}`,
      [`x-ratelimit-remaining-${name}`]: `${Math.max(0, limit - used[name])}`,
      [`x-ratelimit-reset-${name}`]: inWords(until - now()),
    };
  }

  return {
    take(size) {
      if (now() >= until) {
        until = now() + everyMs;
        used = { requests: 0, tokens: 0 };
      }
      const ok = used.requests + 1 <= (requests ?? Infinity) && used.tokens + size <= (tokens ?? Infinity);
      if (ok) used = { requests: used.requests + 1, tokens: used.tokens + size };
      const pause = ok
        ? {}
        : { 'retry-after': `${Math.ceil((until - now()) / 1000)}`, 'retry-after-ms': `${until - now()}` };
      return { ok, headers: { ...headersOf('requests', requests), ...headersOf('tokens', tokens), ...pause } };
    },
  };
}

/** `20ms`, `1.5s`, `6m0s`, `1h2m0s`. */
function inWords(ms: number): string {
  if (ms < 1000) return `${Math.max(0, ms)}ms`;
  const seconds = ms / 1000;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${h > 0 ? `${h}h` : ''}${h > 0 || m > 0 ? `${m}m` : ''}${Number(s.toFixed(3))}s`;
}
