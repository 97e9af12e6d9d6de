import { describe, expect, test } from 'vitest';
import { retryAfterMs } from '../../../src/http/retry_after.ts';
import { socketFaultOf } from '../../../src/http/socket_errors.ts';
import { NOON } from './tools.ts';

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
    ['ECONNREFUSED', 'unreachable', false],
    ['ENOTFOUND', 'unreachable', false],
    ['ECONNRESET', 'unreachable', true],
    ['EPIPE', 'unreachable', true],
    ['ETIMEDOUT', 'timeout', true],
    ['ERR_CANCELED', 'stopped', true],
    ['CERT_HAS_EXPIRED', 'certificate', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate', false],
    ['CERT_SIGNATURE_FAILURE', 'certificate', false],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'certificate', true],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'certificate', true],
    ['ENOSUCHTHING', 'unreachable', true],
    ['constructor', 'unreachable', true],
    ['__proto__', 'unreachable', true],
  ])('%s is `%s`, and what was sent may have arrived: %s', (code, expected, sent) => {
    const error = Object.assign(new Error('outer'), { cause: { errors: [{ code }] } });
    expect(socketFaultOf(error)).toEqual({ code: expected, sent, says: expect.stringMatching(/\w+/) });
  });

  test('that was never seen counts as sent, whatever it is', () => {
    const ring: { cause?: unknown } = {};
    ring.cause = ring;
    for (const thing of [null, undefined, 'text', 5, {}, ring, new Error('x')])
      expect(socketFaultOf(thing)).toMatchObject({ code: 'unreachable', sent: true });
  });
});
