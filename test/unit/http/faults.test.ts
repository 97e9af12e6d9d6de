import { describe, expect, test } from 'vitest';
import { FetchFault, faultIn, socketFaultOf } from '../../../src/http/faults.ts';
import { retryAfterMs } from '../../../src/http/retry_after.ts';
import { NOON } from '../vault/tools.ts';

describe('`Retry-After`', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Wed, 29 Apr 2026 12:00:05 GMT', 5_000],
    ['Wednesday, 29-Apr-26 12:00:05 GMT', 5_000],
    ['Wed Apr 29 12:00:05 2026', 5_000],
    ['Wed, 29 Apr 2026 11:00:00 GMT', 0],
  ])('%j is %i ms', (header, expected) => {
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'Asia/Tokyo';
      expect(retryAfterMs(header, NOON)).toBe(expected);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test.each([
    [undefined],
    [null],
    [''],
    ['-5'],
    ['1.5'],
    ['soon'],
    ['2026-04-29'],
    ['1e3'],
    ['9'.repeat(30)],
    ['Wed'],
    ['Sunday noon'],
  ])('%j means nothing', (header) => expect(retryAfterMs(header, NOON)).toBeNull());
});

describe('a failure below HTTP', () => {
  test.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['EPIPE', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['CERT_SIGNATURE_FAILURE', 'certificate'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'certificate'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'certificate'],
    ['ENOSUCHTHING', 'unreachable'],
    ['constructor', 'unreachable'],
    ['__proto__', 'unreachable'],
  ])('%s is `%s`', (code, expected) => {
    const error = Object.assign(new Error('outer'), { cause: { errors: [{ code }] } });
    expect(socketFaultOf(error)).toMatchObject({ code: expected, says: expect.stringMatching(/\w+/) });
  });

  test('that was never seen counts as sent, whatever it is', () => {
    const ring: { cause?: unknown } = {};
    ring.cause = ring;
    for (const thing of [null, undefined, 'text', 5, {}, ring, new Error('x')]) {
      expect(socketFaultOf(thing)).toMatchObject({ code: 'unreachable' });
      expect(faultIn(thing)).toMatchObject({ code: 'unreachable', sent: true });
    }
  });

  test('of our own is found in whatever an SDK makes of it', () => {
    const own = new FetchFault('proxy', 'the proxy (VAULT_PROXY) answered 502', false);
    expect(faultIn(new Error('a', { cause: new Error('b', { cause: own }) }))).toBe(own);
  });

  test('is a stop or a time-out to an SDK by its name', () => {
    const nameOf = (code: 'stopped' | 'timeout' | 'proxy') => new FetchFault(code, 'x', true).name;
    expect([nameOf('stopped'), nameOf('timeout'), nameOf('proxy')]).toEqual([
      'AbortError',
      'TimeoutError',
      'FetchFault',
    ]);
  });
});
