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

  constructor(code: UpstreamCode, says: string, sent: boolean) {
    super(says);
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
export type SocketFault = { readonly code: UpstreamCode; readonly says: string };

const UNTRUSTED: SocketFault = {
  code: 'certificate',
  says: 'its certificate comes from an authority that is not trusted',
};

const NO_TLS: SocketFault = {
  code: 'certificate',
  says: 'the two sides cannot agree on TLS',
};

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
  EPROTO: { code: 'certificate', says: 'it does not speak TLS there' },
  ERR_SSL_WRONG_VERSION_NUMBER: { code: 'certificate', says: 'it does not speak TLS there' },
  ERR_TLS_CERT_ALTNAME_INVALID: { code: 'certificate', says: 'its certificate is for another host' },
  CERT_HAS_EXPIRED: { code: 'certificate', says: 'its certificate has expired' },
  CERT_NOT_YET_VALID: { code: 'certificate', says: 'its certificate is not valid yet' },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    code: 'certificate',
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
  CERT_REVOKED: { code: 'certificate', says: 'its certificate was revoked' },
  INVALID_PURPOSE: { code: 'certificate', says: 'its certificate is not for a server' },
};

/** Finds the code in an error or in the chain of its causes. */
export function socketFaultOf(error: unknown): SocketFault {
  for (let e = error, depth = 0; e !== null && typeof e === 'object' && depth < 8; depth++) {
    const { code, cause, errors } = e as { code?: unknown; cause?: unknown; errors?: unknown };
    const known = typeof code === 'string' && Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
    if (known !== undefined) return known;
    // OpenSSL has a code for each way in which two sides may disagree, some of them long after the handshake.
    if (typeof code === 'string' && /^ERR_(SSL|TLS)_/.test(code)) return NO_TLS;
    e = cause ?? (Array.isArray(errors) ? errors[0] : null);
  }
  return { code: 'unreachable', says: 'connection failed' };
}
