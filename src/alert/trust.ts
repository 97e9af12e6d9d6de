import tls from 'node:tls';

/**
 * The certificate authorities to trust: those this Node trusts anyway and, when one is given, the private one as well.
 * Giving `ca` to a TLS socket replaces the defaults, and behind one setting may stand a private sign-in server and the
 * public Graph. Undefined means: the defaults.
 */
export function trustedAuthorities(ca: string | undefined): string[] | undefined {
  return ca === undefined ? undefined : [...tls.getCACertificates('default'), ca];
}
