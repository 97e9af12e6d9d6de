import type { Clock } from '../util/clock.ts';
import { UpstreamError } from '../util/errors.ts';
import { openClockWatch } from './clock_watch.ts';
import { type Answer, type Call, type ExchangeOptions, openExchange } from './exchange.ts';
import { Passing, retried } from './retried.ts';
import { claimsOf } from './token.ts';

export type SessionOptions = ExchangeOptions;

/** One signed-in, keep-alive connection pool to one vault. */
export type Session = {
  readonly url: string;
  /**
   * Reads with retries for what may pass (dropped connections, 429, 5xx unless `isFinal`); resolves for every other
   * HTTP status. @throws {UpstreamError}
   */
  read(url: string, options?: ReadOptions): Promise<Answer>;
  /** Reads JSON, with retries for what may pass. @throws {UpstreamError} */
  readJson(what: string, url: string, query?: Query, signal?: AbortSignal): Promise<unknown>;
  /**
   * Writes once, never repeated here; resolves for every HTTP status. Takes no signal: a write under way is finished.
   * @throws {UpstreamError} with `maybeDone` when the answer got lost
   */
  write(method: 'PUT' | 'POST', url: string, body: string, contentType: string): Promise<Answer>;
  /** How far the vault's clock is ahead of ours, in milliseconds; negative behind, null when no answer told. */
  clockAhead(): number | null;
  /** Closes the connections. */
  close(): void;
};
export type Query = Readonly<Record<string, string | number>>;
export type ReadOptions = {
  readonly query?: Query;
  readonly signal?: AbortSignal | undefined;
  readonly isFinal?: (answer: Answer) => boolean;
};

export function openSession(options: SessionOptions, clock: Clock): Session {
  const exchange = openExchange(options);
  const tokenNote = () => noteOn(options.token, clock.now());
  const watch = openClockWatch();

  async function send(call: Call): Promise<Answer> {
    const sent = clock.now();
    const answer = await exchange.send(call);
    watch.heard(answer.date, { sent, received: clock.now() });
    return answer;
  }

  async function get<T>(
    url: string,
    query: Query | undefined,
    signal: AbortSignal | undefined,
    take: (answer: Answer) => T,
  ): Promise<T> {
    const call = { method: 'GET', url: absolute(options.url, url), query, signal } as const;
    return retried(clock, async () => take(await send(call)), signal);
  }

  return {
    url: options.url,
    read: (url, { query, signal, isFinal } = {}) =>
      get(url, query, signal, (answer) => {
        if (mayPass(answer) && !isFinal?.(answer)) throw passing('answer', answer);
        return answer;
      }),
    readJson: (what, url, query, signal) => get(url, query, signal, (answer) => parsed(what, answer, tokenNote)),
    write: async (method, url, body, contentType) =>
      send({ method, url: absolute(options.url, url), body: { text: body, type: contentType } }),
    clockAhead: () => watch.ahead(),
    close: () => exchange.close(),
  };
}

/** Everything is appended to the vault's address; discovery hands out absolute addresses of the same origin. */
function absolute(base: string, url: string): string {
  if (url.startsWith('/')) return base + url;
  const address = URL.parse(url);
  // A user in an address would take the place of the token.
  const bare = address !== null && address.username === '' && address.password === '';
  if (bare && address.origin === new URL(base).origin) return address.href;
  throw new UpstreamError('vault', 'refused', `\`${address?.origin ?? url}\` is not the vault; the token stays here`);
}

const mayPass = ({ status }: Answer): boolean => status === 429 || status >= 500;

function passing(what: string, { status, retryAfter }: Answer): Passing {
  return new Passing(
    new UpstreamError('vault', 'server-error', `the vault failed to ${what}: ${status}`, { status }),
    retryAfter,
  );
}

function parsed(what: string, answer: Answer, tokenNote: () => string): unknown {
  const { status } = answer;
  if (mayPass(answer)) throw passing(what, answer);
  if (status === 401 || status === 403) {
    throw new UpstreamError('vault', 'unauthorized', `the vault refused to ${what}: ${status}${tokenNote()}`, {
      status,
    });
  }
  if (status !== 200) {
    // A redirect is never followed: the token would go along.
    const toWhere = status >= 300 && status < 400 ? ', a redirect to another address' : '';
    throw new UpstreamError('vault', 'refused', `the vault refused to ${what}: ${status}${toWhere}`, { status });
  }
  return jsonOf(what, answer);
}

/** @throws {UpstreamError} */
export function jsonOf(what: string, { text }: Answer): unknown {
  if (isTooDeep(text)) {
    throw new UpstreamError('vault', 'too-large', `the vault answered lists nested without end when asked to ${what}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UpstreamError('vault', 'not-json', `the vault answered ${looksOf(text)} when asked to ${what}`);
  }
}

/** Deeper than anything that is meant. Each level takes memory, so that a long answer of brackets alone could take all of it. */
const DEEPEST = 100_000;

export function isTooDeep(text: string): boolean {
  if (text.length <= DEEPEST) return false;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '[' || c === '{') depth++;
    else if (c === ']' || c === '}') depth--;
    if (depth > DEEPEST) return true;
  }
  return false;
}

const looksOf = (text: string): string => (isWebPage(text) ? 'a web page' : 'something that is not complete JSON');

/** A log-in wall or a proxy in front of the vault answers with a page, and with status 200 at that. */
export const isWebPage = (text: string): boolean => /^\s*</.test(text);

function noteOn(token: string, now: number): string {
  const { user, expires } = claimsOf(token);
  const whose = user === null ? '' : ` of \`${user}\``;
  if (expires === null) return ` (token${whose})`;
  const end = new Date(expires).toISOString();
  return expires <= now ? ` (the token${whose} expired ${end})` : ` (token${whose} ends ${end})`;
}
