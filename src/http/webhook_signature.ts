import { createHmac } from 'node:crypto';

/**
 * Signs a message in the way of Standard Webhooks (version 1, a shared secret), so that its receiver can tell with any of
 * their libraries who sent it, when, and that nobody changed it. Pure.
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

export function webhookHeaders(secret: string, { id, at, body }: Signed): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
