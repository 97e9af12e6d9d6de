/** A monitor on loopback: a small HTTP server that writes down what it hears, in the order in which it heard it whole. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Heard = { readonly line: string; readonly body: string };

/** `answer` is asked for each ping; without one it says OK at once. */
type Answer = (path: string, response: ServerResponse) => void;
const ok: Answer = (_, response) => void response.end('OK');

/** For one test, which closes it at its end. */
export async function monitor(answer: Answer = ok) {
  const open = await openMonitor(answer);
  onTestFinished(open.close);
  return open;
}

export async function openMonitor(answer: Answer = ok) {
  const heard: Heard[] = [];
  const server = createServer(async (asked, response) => {
    let body = '';
    for await (const chunk of asked) body += String(chunk);
    heard.push({ line: `${asked.method} ${asked.url}`, body });
    answer(asked.url ?? '', response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  const { port } = server.address() as AddressInfo;
  return { heard, close, port, url: `http://127.0.0.1:${port}/ping/5ecret-c0de`, [Symbol.dispose]: close };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
