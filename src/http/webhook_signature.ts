import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs and checks messages in the way of Standard Webhooks (version 1, a shared secret), so that a receiver can tell who sent one,
 * when, and that nobody changed it. Any of their libraries does for the other side. Pure.
 */
export type Signed = {
  /** The same for each try, so that a receiver knows the message again. */
  readonly id: string;
  /** Of this try, milliseconds since the epoch: an old message is refused by its receiver. */
  readonly at: number;
  readonly body: string;
};

const CODED = 'whsec_';
const CODED_KEY = /^whsec_[A-Za-z0-9+/]+={0,2}$/;
const SHORTEST_BYTES = 24;
const LONGEST_CODED_BYTES = 64;

/** `whsec_` and base64, as their libraries make it, or the bytes of the text itself. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith(CODED) ? Buffer.from(secret.slice(CODED.length), 'base64') : Buffer.from(secret, 'utf8');

/** Whether a secret is one that signs, and long enough that nobody guesses it. */
export function isWebhookSecret(secret: string): boolean {
  const { length } = keyOf(secret);
  if (length < SHORTEST_BYTES) return false;
  return !secret.startsWith(CODED) || (CODED_KEY.test(secret) && length <= LONGEST_CODED_BYTES);
}

const signatureOf = (secret: string, begin: string, body: string | Uint8Array): Buffer =>
  createHmac('sha256', keyOf(secret)).update(begin).update(body).digest();

export function webhookHeaders(secret: string, { id, at, body }: Signed): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signature = signatureOf(secret, `${id}.${timestamp}.`, body).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** How far the time of a message may be from ours, both ways. */
export const TOLERANCE_MS = 5 * 60_000;

/** The headers of a message, as far as they are there. */
export type Claimed = {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  /** `v1,` and base64; several, with a blank between, while a secret is replaced. */
  readonly signature: string | undefined;
};
export type Verified =
  | { readonly kind: 'good'; readonly id: string; readonly at: number }
  | { readonly kind: 'unsigned' | 'forged' | 'late' };

/** A dot would let two pairs of id and time have one signature. */
const PLAIN_ID = /^[!-\-/-~]{1,256}$/;
const MOST_SIGNATURES = 8;

/** Whether one of the secrets signed these very bytes, and lately. The time is looked at last: only what is signed says one. */
export function verifyWebhook(
  secrets: readonly string[],
  { id = '', timestamp = '', signature = '' }: Claimed,
  body: Uint8Array,
  now: number,
): Verified {
  if (!PLAIN_ID.test(id) || !/^\d{1,12}$/.test(timestamp) || signature === '') return { kind: 'unsigned' };
  const expected = secrets.map((secret) => signatureOf(secret, `${id}.${timestamp}.`, body));
  const given = signature
    .split(' ', MOST_SIGNATURES)
    .flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice('v1,'.length), 'base64')] : []));
  const fits = given.some((one) => expected.some((own) => own.length === one.length && timingSafeEqual(own, one)));
  if (!fits) return { kind: 'forged' };
  const at = Number(timestamp) * 1000;
  return Math.abs(now - at) > TOLERANCE_MS ? { kind: 'late' } : { kind: 'good', id, at };
}
