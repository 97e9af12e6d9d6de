/**
 * What can be wrong with the certificate of an upstream, each with what it is called in a message and what to do about it.
 * They share the code `certificate`; `look` names the kinds of settings that lead there.
 */
export const CERTIFICATE_FAULTS = {
  'leaf-alone': {
    says: 'its certificate comes from an authority that is not trusted, and no certificate in between is sent along',
    about:
      'most often the server sends no intermediate certificate: let it send its whole chain (`fullchain.pem`); where its authority signed it without one in between, name the PEM file of that authority',
    look: ['certificate'],
  },
  authority: {
    says: 'its certificate comes from an authority that is not trusted',
    about: 'name the PEM file of the authority that signed it: the root certificate, not that of the server',
    look: ['certificate'],
  },
  'root-missing': {
    says: 'the authority above the trusted intermediate certificate is not known',
    about: 'the PEM file holds an intermediate certificate only: add the root certificate above it to the file',
    look: ['certificate'],
  },
  'self-signed': {
    says: 'its certificate is self-signed and not trusted',
    about:
      'it signed its certificate itself: name that certificate as the PEM file if it is meant, or give the server one of an authority',
    look: ['certificate'],
  },
  expired: {
    says: 'a certificate that it sends has expired',
    about:
      'whoever runs the server has to renew its certificate, or the intermediate one that it sends along; if it is valid, the clock of this machine is wrong',
    look: [],
  },
  'not-yet-valid': {
    says: 'a certificate that it sends is not valid yet',
    about: 'the clock of this machine is behind, or the certificate was made for a later day: compare both',
    look: [],
  },
  'other-host': {
    says: 'its certificate is for another host',
    about:
      'the certificate does not name the host of the address: use a name that stands in it, or have it issued for this name too',
    look: ['address'],
  },
  revoked: {
    says: 'its certificate was revoked',
    about: 'its authority took the certificate back: whoever runs the server has to install another one',
    look: [],
  },
  purpose: {
    says: 'its certificate is not for a server',
    about: 'the certificate was issued for another purpose: the server needs one for TLS servers (`serverAuth`)',
    look: [],
  },
  weak: {
    says: 'a certificate that it sends has a key or signature that is too weak',
    about:
      'OpenSSL refuses short keys and old digests: whoever runs the server has to have the certificate issued anew',
    look: [],
  },
  'no-tls': {
    says: 'it does not speak TLS there',
    about: 'another service answers at that port, or one without TLS: look at host and port of the address',
    look: ['address'],
  },
  'tls-disagrees': {
    says: 'the two sides cannot agree on TLS',
    about:
      'the server, or what stands in front of it, allows no TLS version or cipher of ours: TLS 1.2 or 1.3 is needed',
    look: ['address'],
  },
} as const satisfies Record<string, { says: string; about: string; look: readonly ('certificate' | 'address')[] }>;
export type CertificateFault = keyof typeof CERTIFICATE_FAULTS;
