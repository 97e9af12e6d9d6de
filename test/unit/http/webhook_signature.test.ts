import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { type Claimed, TOLERANCE_MS, verifyWebhook, webhookHeaders } from '../../../src/http/webhook_signature.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfgh4fU5h0=';

/** As their library signs it. */
const claimed = (body: string, { secret = SECRET, id = 'msg_1', at = NOW } = {}) => ({
  id,
  timestamp: `${Math.floor(at / 1000)}`,
  signature: new Webhook(secret).sign(id, new Date(at), body),
});
const bytes = (text: string) => new TextEncoder().encode(text);
const look = (body: string, message: Partial<Claimed> = {}, secrets = [SECRET]) =>
  verifyWebhook(secrets, { ...claimed(body), ...message }, bytes(body), NOW).kind;

describe('a message that their library signed', () => {
  test('is good, whatever it says and whoever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.stringMatching(/^[!-\-/-~]{1,60}$/), (text, id) => {
        const body = text.toWellFormed();
        expect(verifyWebhook([SECRET], claimed(body, { id }), bytes(body), NOW)).toEqual({ kind: 'good', id, at: NOW });
      }),
    );
  });

  test('is good with either of two secrets, and with one of several signatures', () => {
    expect(look('{}', claimed('{}', { secret: OTHER }), [SECRET, OTHER])).toBe('good');
    const both = `${claimed('{}', { secret: OTHER }).signature} ${claimed('{}').signature} v1a,abc`;
    expect(look('{}', { signature: both })).toBe('good');
  });

  test('is late from a moment on, in both directions', () => {
    const at = (ms: number) => look('{}', claimed('{}', { at: NOW + ms }));
    expect([at(-TOLERANCE_MS), at(TOLERANCE_MS)]).toEqual(['good', 'good']);
    expect([at(-TOLERANCE_MS - 1_000), at(TOLERANCE_MS + 1_000)]).toEqual(['late', 'late']);
  });
});

describe('what is not', () => {
  test.each<[string, Partial<ReturnType<typeof claimed>>]>([
    ['another secret', claimed('{}', { secret: OTHER })],
    ['another body', claimed('{ }')],
    ['another id', { id: 'msg_2' }],
    ['another time', { timestamp: `${NOW / 1000 - 1}` }],
    ['no known version', { signature: claimed('{}').signature.replace('v1', 'v2') }],
    ['a part of the signature', { signature: claimed('{}').signature.slice(0, -4) }],
    ['an empty signature', { signature: 'v1,' }],
  ])('%s is forged', (_name, message) => {
    expect(look('{}', message)).toBe('forged');
  });

  test('a signature behind many others is not looked at', () => {
    expect(look('{}', { signature: `${'v1,AAAA '.repeat(20)}${claimed('{}').signature}` })).toBe('forged');
  });

  test.each<[string, object]>([
    ['no id', { id: undefined }],
    ['an id with a dot, which could be cut in another place', { id: 'msg.1' }],
    ['no time', { timestamp: undefined }],
    ['a time that is none', { timestamp: '1e9' }],
    ['no signature', { signature: undefined }],
  ])('%s is unsigned', (_name, message) => {
    expect(verifyWebhook([SECRET], { ...claimed('{}'), ...message }, bytes('{}'), NOW).kind).toBe('unsigned');
  });

  test('nobody knows a secret where there is none', () => {
    expect(look('{}', {}, [])).toBe('forged');
  });
});

test('what we sign ourselves is good as well', () => {
  const headers = webhookHeaders(SECRET, { id: 'msg_9', at: NOW, body: '{}' });
  const own = {
    id: headers['webhook-id'],
    timestamp: headers['webhook-timestamp'],
    signature: headers['webhook-signature'],
  };
  expect(look('{}', own)).toBe('good');
});
