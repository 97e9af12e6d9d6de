import { jwtDecode } from 'jwt-decode';
import type { TokenEnd } from '../domain/run_record.ts';
import { DAY_MS } from '../util/durations.ts';

export type TokenClaims = {
  /** The user that the token acts as (claim `ousr`). */
  readonly user: string | null;
  /** Milliseconds since the epoch. */
  readonly expires: number | null;
  /** When it was issued, else from when on it holds; milliseconds since the epoch. */
  readonly issued: number | null;
};

const UNREADABLE: TokenClaims = { user: null, expires: null, issued: null };

/** The last moment that a `Date` can hold; some tokens say "never" with a number beyond it. */
const LAST_SECOND = 8.64e12;
/** No token is meant to hold until the year 33,000: a number from here on that a century of ours fits is milliseconds. */
const FIRST_MILLISECOND = 1e12;
const LAST_MILLISECOND = 4.2e12;

/**
 * Reads what the token says about itself. It is not verified: only the vault can do that, and nothing is granted on the
 * strength of these claims.
 */
export function claimsOf(token: string): TokenClaims {
  try {
    const { ousr, exp, iat, nbf } = jwtDecode<Readonly<Record<'ousr' | 'exp' | 'iat' | 'nbf', unknown>>>(token);
    return {
      user: typeof ousr === 'string' && ousr.trim() !== '' ? ousr.trim() : null,
      expires: momentOf(exp),
      issued: momentOf(iat) ?? momentOf(nbf),
    };
  } catch {
    return UNREADABLE;
  }
}

/** Seconds, as the standard has it; also as digits in a text, and milliseconds, which some issuers write. */
function momentOf(claim: unknown): number | null {
  const given = typeof claim === 'string' && /^\d{1,15}(\.\d{1,6})?$/.test(claim) ? Number(claim) : claim;
  if (typeof given !== 'number' || !Number.isFinite(given)) return null;
  if (given >= FIRST_MILLISECOND && given <= LAST_MILLISECOND) return given;
  return Math.abs(given) <= LAST_SECOND ? given * 1000 : null;
}

/** So short before its end a token is a problem, and before that a warning. */
const CLOSE_MS = 3 * DAY_MS;
/** The same for one that does not say when it was issued: it may be made anew each day. */
const CLOSE_OF_UNKNOWN_LIFE_MS = DAY_MS / 2;

/**
 * Null when the token does not say when it ends. It is told for `warnMs` before its end, or for the last third of its life
 * when that is shorter, so that a token of an hour that something renews is not always about to end. It is a problem in
 * the last three days, or in the second half of that time. 0: neither, until it has ended.
 */
export function tokenEnd(token: string, now: number, warnMs: number): TokenEnd | null {
  const { user, expires, issued } = claimsOf(token);
  if (expires === null) return null;
  // A token that was issued after its end says nothing about its life.
  const life = issued !== null && issued < expires ? expires - issued : null;
  const told = Math.min(warnMs, life === null ? warnMs : life / 3);
  const closeFor = Math.min(life === null ? CLOSE_OF_UNKNOWN_LIFE_MS : CLOSE_MS, told / 2);
  return { user, expires, warnFrom: expires - told, near: nearness(expires - now, told, closeFor) };
}

function nearness(left: number, told: number, closeFor: number): TokenEnd['near'] {
  if (left <= 0) return 'over';
  if (left <= closeFor) return 'close';
  return left <= told ? 'near' : 'far';
}
