/** Signed messages as their receiver gets them: over a real socket, checked with the library of Standard Webhooks. */
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { postSigned } from '../../../src/http/signed_post.ts';
import { isWebhookSecret, webhookHeaders } from '../../../src/http/webhook_signature.ts';
import { receiver, SECRET } from './receiver.ts';

const pauses: number[] = [];
const clock = {
  now: () => Date.now(),
  sleep: async (ms: number) => void pauses.push(ms),
};
const MESSAGE = { id: 'msg_1', body: JSON.stringify({ type: 'portcullis.alert', data: { ä: '"\u2028' } }) };

describe('A signed message', () => {
  test.each([
    ['a coded secret', SECRET],
    ['a plain one', 'a text of more than 24 characters'],
  ])('with %s is believed by the library of the standard, and comes as it was made', async (_, secret) => {
    const { got, url } = await receiver(undefined, secret);
    expect(await postSigned({ url, secret }, MESSAGE, clock)).toBeNull();
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ id: 'msg_1', path: '/hook/5ecret-path?key=5ecret-key', body: MESSAGE.body });
    expect(got[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'portcullis' });
    expect(got[0]?.message).toEqual(JSON.parse(MESSAGE.body));
  });

  test('carries the very signature that the library would make', () => {
    const at = Date.now();
    const headers = webhookHeaders(SECRET, { ...MESSAGE, at });
    const theirs = new Webhook(SECRET).sign(MESSAGE.id, new Date(at), MESSAGE.body);
    expect(headers).toEqual({
      ...{ 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(at / 1000)) },
      'webhook-signature': theirs,
    });
  });

  test('is not believed with another secret, another body or an old time', async () => {
    const { got, url } = await receiver(undefined, `whsec_${'B'.repeat(40)}`);
    expect(await postSigned({ url, secret: SECRET }, MESSAGE, clock)).toBeNull();
    expect(got[0]?.message).toBeNull();
    const webhook = new Webhook(SECRET);
    const old = webhookHeaders(SECRET, { ...MESSAGE, at: Date.now() - 3_600_000 });
    expect(() => webhook.verify(MESSAGE.body, old)).toThrow();
    const now = webhookHeaders(SECRET, { ...MESSAGE, at: Date.now() });
    expect(() => webhook.verify(`${MESSAGE.body} `, now)).toThrow();
  });
});

describe('A receiver that does not take it', () => {
  test.each<[string, number, Record<string, string>]>([
    ['is asked to wait', 429, { 'retry-after': '2' }],
    ['is out of order', 503, {}],
    ['has a gateway that is', 502, {}],
  ])(
    'because it %s gets it again with the same id and a signature of its own, and then it is taken',
    async (...given) => {
      const [, status, headers] = given;
      const { got, url } = await receiver(
        (response, nth) => void response.writeHead(nth < 3 ? status : 204, headers).end(),
      );
      pauses.length = 0;
      expect(await postSigned({ url, secret: SECRET }, MESSAGE, clock)).toBeNull();
      expect(got.map(({ id, message }) => [id, message !== null])).toEqual(Array(3).fill(['msg_1', true]));
      const first = status === 429 ? 2_000 : 1_000;
      expect(pauses).toEqual([first, 3 * first]);
    },
  );

  test('is not asked for ever, nor made to wait for long', async () => {
    const { got, url } = await receiver((response) => void response.writeHead(503, { 'retry-after': '86400' }).end());
    pauses.length = 0;
    expect(await postSigned({ url, secret: SECRET }, MESSAGE, clock)).toBe('it answered 503');
    expect([got.length, pauses]).toEqual([3, [15_000, 15_000]]);
  });

  test.each([400, 401, 404, 410])('by %i is not asked again', async (status) => {
    const { got, url } = await receiver((response) => void response.writeHead(status).end());
    expect(await postSigned({ url, secret: SECRET }, MESSAGE, clock)).toBe(`it answered ${status}`);
    expect(got).toHaveLength(1);
  });

  test('but sends elsewhere is not followed', async () => {
    const other = await receiver();
    const { url } = await receiver((response) => void response.writeHead(307, { location: other.url }).end());
    expect(await postSigned({ url, secret: SECRET }, MESSAGE, clock)).toMatch(/redirect, which is not followed/);
    expect(other.got).toEqual([]);
  });

  test('because it is not there, hangs up or never answers is told in words without its address', async () => {
    const gone = await receiver();
    gone.close();
    const dropping = await receiver((response) => void response.destroy());
    const silent = await receiver(() => {});
    const told = await Promise.all(
      [gone, dropping, silent].map(({ url }) => postSigned({ url, secret: SECRET, timeoutMs: 150 }, MESSAGE, clock)),
    );
    expect(told).toEqual(['connection refused', 'connection dropped', 'no answer in time']);
    expect([dropping.got.length, silent.got.length]).toEqual([3, 3]);
  });

  test('is tried once when the run was stopped', async () => {
    const { got, url } = await receiver((response) => void response.writeHead(503).end());
    await postSigned({ url, secret: SECRET }, MESSAGE, clock, AbortSignal.abort());
    expect(got).toHaveLength(1);
  });
});

test.each([
  [SECRET, true],
  ['whsec_', false],
  ['whsec_AAAA', false],
  ['a text of 24 characters.', true],
  ['23 characters are fewer', false],
])('%j signs: %s', (secret, signs) => expect(isWebhookSecret(secret)).toBe(signs));
