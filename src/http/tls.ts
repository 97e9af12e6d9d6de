import tls from 'node:tls';

/**
 * The certificate authorities that a client trusts, as options of its connections: those this Node trusts anyway and, when
 * one is given, the private one as well. Giving `ca` to a TLS socket replaces the defaults, and behind one setting may
 * stand a private sign-in server and the public Graph.
 *
 * One context for all connections of a client: given as a list of certificates, Node would read all of them again for
 * each connection, and hold a copy of them for as long as it is open.
 */
export function tlsOptions(ca: string | undefined): { readonly secureContext?: tls.SecureContext } {
  if (ca === undefined) return {};
  const secureContext = contexts.get(ca) ?? tls.createSecureContext({ ca: [...tls.getCACertificates('default'), ca] });
  contexts.set(ca, secureContext);
  return { secureContext };
}

/** A process knows the authorities of its settings, three at the most. */
const contexts = new Map<string, tls.SecureContext>();
