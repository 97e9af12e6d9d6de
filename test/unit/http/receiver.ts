/** Whoever is behind ALERT_FALLBACK_URL, on loopback: checks each message with the library of Standard Webhooks. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';

export const SECRET = `whsec_${Buffer.from('a key of thirty-two random bytes').toString('base64')}`;

export type Got = {
  readonly id: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What the library made of it; null when it did not believe it. */
  readonly message: { readonly type: string; readonly data: Record<string, unknown> } | null;
};
type Answer = (response: ServerResponse, nth: number) => void;

export async function openReceiver(answer: Answer = (response) => void response.end('OK'), secret = SECRET) {
  const got: Got[] = [];
  const coded = secret.startsWith('whsec_');
  const webhook = new Webhook(coded ? secret : Buffer.from(secret), coded ? {} : { format: 'raw' });
  const server = createServer(async (asked, response) => {
    let body = '';
    for await (const chunk of asked) body += String(chunk);
    const { headers, url = '' } = asked;
    got.push({ id: String(headers['webhook-id']), path: url, headers, body, message: believed(headers, body) });
    answer(response, got.length);
  });
  const believed = (headers: IncomingHttpHeaders, body: string): Got['message'] => {
    try {
      return webhook.verify(body, headers as Record<string, string>) as Got['message'];
    } catch {
      return null;
    }
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  const url = `http://127.0.0.1:${port}/hook/5ecret-path?key=5ecret-key`;
  const settings = { ALERT_FALLBACK_URL: url, ALERT_FALLBACK_SECRET: secret };
  return { got, url, secret, close, settings, [Symbol.dispose]: close };
}

/** For one test, which closes it at its end. */
export async function receiver(...given: Parameters<typeof openReceiver>) {
  const open = await openReceiver(...given);
  onTestFinished(open.close);
  return open;
}
