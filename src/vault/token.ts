import { jwtDecode } from 'jwt-decode';

export type TokenClaims = {
  /** The user that the token acts as (claim `ousr`). */
  readonly user: string | null;
  /** Milliseconds since the epoch. */
  readonly expires: number | null;
};

/** The last moment that a `Date` can hold; some tokens say "never" with a number beyond it. */
const LAST_SECOND = 8.64e12;

/**
 * Reads what the token says about itself. It is not verified: only the vault can do that, and nothing is granted on the
 * strength of these claims.
 */
export function claimsOf(token: string): TokenClaims {
  try {
    const claims = jwtDecode<{ ousr?: unknown; exp?: unknown }>(token);
    return {
      user: typeof claims.ousr === 'string' && claims.ousr.trim() !== '' ? claims.ousr.trim() : null,
      expires: typeof claims.exp === 'number' && Math.abs(claims.exp) <= LAST_SECOND ? claims.exp * 1000 : null,
    };
  } catch {
    return { user: null, expires: null };
  }
}
