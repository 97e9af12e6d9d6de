import { CERTIFICATE_FAULTS, type CertificateFault } from '../util/certificate_faults.ts';
import type { UpstreamCode } from '../util/errors.ts';

/**
 * Why a fetch came to nothing, in our words alone: it holds nothing of the request, of the answer or of the error below.
 * Clients find it in what their SDK makes of it with `faultIn`.
 */
export class FetchFault extends Error {
  /** The names that SDKs know from every fetch; they tell a stop and a time-out from the rest by them. */
  override readonly name: 'AbortError' | 'TimeoutError' | 'FetchFault';
  readonly code: UpstreamCode;
  /** Whether the upstream may have received the request. */
  readonly sent: boolean;
  /** What is wrong with the certificate, where that is the cause. */
  readonly certificate: CertificateFault | undefined;

  constructor(code: UpstreamCode, says: string, sent: boolean, certificate?: CertificateFault) {
    super(says);
    this.certificate = certificate;
    this.name = code === 'stopped' ? 'AbortError' : code === 'timeout' ? 'TimeoutError' : 'FetchFault';
    this.code = code;
    this.sent = sent;
  }
}

/** The fault in an error or in the chain of its causes. An error that no fetch of ours threw counts as sent. */
export function faultIn(error: unknown): FetchFault {
  for (let e = error, depth = 0; e !== null && typeof e === 'object' && depth < 8; depth++) {
    if (e instanceof FetchFault) return e;
    e = (e as { cause?: unknown }).cause;
  }
  return new FetchFault('unreachable', 'connection failed', true);
}

/** What a failure below HTTP means. */
export type SocketFault = {
  readonly code: UpstreamCode;
  readonly says: string;
  readonly certificate?: CertificateFault;
};

const certificateFault = (certificate: CertificateFault): SocketFault => ({
  ...{ code: 'certificate', says: CERTIFICATE_FAULTS[certificate].says, certificate },
});
const UNTRUSTED = certificateFault('authority');
const WEAK = certificateFault('weak');

const TOO_LARGE_HEAD: SocketFault = {
  code: 'too-large',
  says: 'the head of its answer is larger than is safe to read',
};

const FAULTS: Readonly<Record<string, SocketFault>> = {
  ECONNREFUSED: { code: 'unreachable', says: 'connection refused' },
  ENOTFOUND: { code: 'unreachable', says: 'its host name does not resolve' },
  EAI_AGAIN: { code: 'unreachable', says: 'its host name does not resolve right now' },
  EHOSTUNREACH: { code: 'unreachable', says: 'no route to it' },
  ENETUNREACH: { code: 'unreachable', says: 'no network' },
  UND_ERR_CONNECT_TIMEOUT: { code: 'timeout', says: 'no connection in time' },
  ECONNRESET: { code: 'unreachable', says: 'connection dropped' },
  EPIPE: { code: 'unreachable', says: 'connection dropped' },
  UND_ERR_SOCKET: { code: 'unreachable', says: 'connection dropped' },
  ETIMEDOUT: { code: 'timeout', says: 'no answer in time' },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', says: 'no answer in time' },
  HPE_HEADER_OVERFLOW: TOO_LARGE_HEAD,
  UND_ERR_HEADERS_OVERFLOW: TOO_LARGE_HEAD,
  EPROTO: certificateFault('no-tls'),
  ERR_SSL_WRONG_VERSION_NUMBER: certificateFault('no-tls'),
  ERR_TLS_CERT_ALTNAME_INVALID: certificateFault('other-host'),
  CERT_HAS_EXPIRED: certificateFault('expired'),
  CERT_NOT_YET_VALID: certificateFault('not-yet-valid'),
  DEPTH_ZERO_SELF_SIGNED_CERT: certificateFault('self-signed'),
  // OpenSSL says this of a server that sends one certificate, and the next one of a chain without its end.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificateFault('leaf-alone'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: certificateFault('root-missing'),
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  // The authority has the right name and another key, as after it was made anew.
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_REJECTED: UNTRUSTED,
  INVALID_CA: UNTRUSTED,
  CERT_REVOKED: certificateFault('revoked'),
  INVALID_PURPOSE: certificateFault('purpose'),
  EE_KEY_TOO_SMALL: WEAK,
  CA_KEY_TOO_SMALL: WEAK,
  CA_MD_TOO_WEAK: WEAK,
};

/** Finds the code in an error or in the chain of its causes. */
export function socketFaultOf(error: unknown): SocketFault {
  for (let e = error, depth = 0; e !== null && typeof e === 'object' && depth < 8; depth++) {
    const { code, cause, errors } = e as { code?: unknown; cause?: unknown; errors?: unknown };
    const known = typeof code === 'string' && Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
    if (known !== undefined) return known;
    // OpenSSL has a code for each way in which two sides may disagree, some of them long after the handshake.
    if (typeof code === 'string' && /^ERR_(SSL|TLS)_/.test(code)) return certificateFault('tls-disagrees');
    e = cause ?? (Array.isArray(errors) ? errors[0] : null);
  }
  return { code: 'unreachable', says: 'connection failed' };
}
