import { isIP } from 'node:net';

export type Headers = { readonly host: string | undefined; readonly rawHeaders: readonly string[] };

/**
 * INVARIANT: a page of somebody else in a browser of this network reads nothing here. It can only ask by a name that its
 * owner made lead here; nobody owns an IP address or `localhost`.
 */
export function isOwnHost({ host, rawHeaders }: Headers, names: readonly string[]): boolean {
  // Version 1.0 of HTTP has none, and no browser speaks it.
  if (host === undefined) return true;
  if (rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === 'host').length > 1) return false;
  const [, literal, name = ''] = /^(?:\[([^[\]]{1,100})\]|([^:[\]]{1,255}))(?::\d{0,5})?$/.exec(host) ?? [];
  if (literal !== undefined) return isIP(literal) === 6;
  const plain = name.toLowerCase().replace(/\.$/, '');
  return isIP(plain) === 4 || plain === 'localhost' || names.includes(plain);
}

/** Whether only this machine can reach an address of its own. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
