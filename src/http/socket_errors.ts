import type { UpstreamCode } from '../util/errors.ts';

/**
 * What a failure below HTTP means. `sent` says whether the other side may have received the request: an address that
 * does not resolve or a certificate that is refused end the conversation before it begins.
 */
export type SocketFault = { readonly code: UpstreamCode; readonly sent: boolean; readonly says: string };

const UNTRUSTED: SocketFault = {
  code: 'certificate',
  sent: false,
  says: 'its certificate comes from an authority that is not trusted',
};

const NO_TLS: SocketFault = {
  code: 'certificate',
  sent: true,
  says: 'the two sides cannot agree on TLS',
};

const TOO_LARGE_HEAD: SocketFault = {
  code: 'too-large',
  sent: true,
  says: 'the head of its answer is larger than is safe to read',
};

const FAULTS: Readonly<Record<string, SocketFault>> = {
  ECONNREFUSED: { code: 'unreachable', sent: false, says: 'connection refused' },
  ENOTFOUND: { code: 'unreachable', sent: false, says: 'its host name does not resolve' },
  EAI_AGAIN: { code: 'unreachable', sent: false, says: 'its host name does not resolve right now' },
  EHOSTUNREACH: { code: 'unreachable', sent: false, says: 'no route to it' },
  ENETUNREACH: { code: 'unreachable', sent: false, says: 'no network' },
  UND_ERR_CONNECT_TIMEOUT: { code: 'timeout', sent: false, says: 'no connection in time' },
  ECONNRESET: { code: 'unreachable', sent: true, says: 'connection dropped' },
  EPIPE: { code: 'unreachable', sent: true, says: 'connection dropped' },
  UND_ERR_SOCKET: { code: 'unreachable', sent: true, says: 'connection dropped' },
  ECONNABORTED: { code: 'timeout', sent: true, says: 'no answer in time' },
  ETIMEDOUT: { code: 'timeout', sent: true, says: 'no answer in time' },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', sent: true, says: 'no answer in time' },
  UND_ERR_BODY_TIMEOUT: { code: 'timeout', sent: true, says: 'answer stopped half-way' },
  ERR_CANCELED: { code: 'stopped', sent: true, says: 'stopped while waiting' },
  UND_ERR_ABORTED: { code: 'stopped', sent: true, says: 'stopped while waiting' },
  HPE_HEADER_OVERFLOW: TOO_LARGE_HEAD,
  UND_ERR_HEADERS_OVERFLOW: TOO_LARGE_HEAD,
  EPROTO: { code: 'certificate', sent: false, says: 'it does not speak TLS there' },
  ERR_SSL_WRONG_VERSION_NUMBER: { code: 'certificate', sent: false, says: 'it does not speak TLS there' },
  ERR_TLS_CERT_ALTNAME_INVALID: { code: 'certificate', sent: false, says: 'its certificate is for another host' },
  CERT_HAS_EXPIRED: { code: 'certificate', sent: false, says: 'its certificate has expired' },
  CERT_NOT_YET_VALID: { code: 'certificate', sent: false, says: 'its certificate is not valid yet' },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    code: 'certificate',
    sent: false,
    says: 'its certificate is self-signed and not trusted',
  },
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  // The authority has the right name and another key, as after it was made anew.
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_REJECTED: UNTRUSTED,
  INVALID_CA: UNTRUSTED,
  CERT_REVOKED: { code: 'certificate', sent: false, says: 'its certificate was revoked' },
  INVALID_PURPOSE: { code: 'certificate', sent: false, says: 'its certificate is not for a server' },
};

/** Finds the fault in an error or in the chain of its causes. An unknown one counts as sent: the careful reading. */
export function socketFaultOf(error: unknown): SocketFault {
  for (let e = error, depth = 0; e !== null && typeof e === 'object' && depth < 8; depth++) {
    const { code, cause, errors } = e as { code?: unknown; cause?: unknown; errors?: unknown };
    const known = typeof code === 'string' && Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
    if (known !== undefined) return known;
    // OpenSSL has a code for each way in which two sides may disagree, some of them long after the handshake.
    if (typeof code === 'string' && /^ERR_(SSL|TLS)_/.test(code)) return NO_TLS;
    e = cause ?? (Array.isArray(errors) ? errors[0] : null);
  }
  return { code: 'unreachable', sent: true, says: 'connection failed' };
}
