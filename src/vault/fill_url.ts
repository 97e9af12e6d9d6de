import { UpstreamError } from '../util/errors.ts';

/** A place for a value in an address; a parsed address has its braces encoded. */
const PLACE = /\{[^{}/]*\}|%7B(?:[^/%]|%(?!7[BD]))*%7D/gi;

/**
 * Puts the values into the places of an address, in order: the names of the places are the vault's own affair.
 * INVARIANT: an id, which comes from the vault, stays within its place and never leads to another address.
 * @throws {UpstreamError} for a value that cannot be kept there
 */
export function fillUrl(url: string, values: readonly string[]): string {
  let next = 0;
  return url.replace(PLACE, () => segment(values[next++] ?? ''));
}

export const placesIn = (url: string): number => url.match(PLACE)?.length ?? 0;

/** Dots alone are a step in a path, not a name: servers and proxies would follow it, encoded or not. */
function segment(value: string): string {
  if (/^\.{0,2}$/.test(value) || !value.isWellFormed()) {
    throw new UpstreamError('vault', 'refused', `the id ${JSON.stringify(value)} cannot stand in an address`);
  }
  return encodeURIComponent(value);
}
