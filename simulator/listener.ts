/** One HTTPS server on loopback for one upstream. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Certificates } from './certificates.ts';
import type { Upstream } from './upstream.ts';

export type Listener = { readonly origin: string; close(): Promise<void> };

export async function listen(app: Upstream, tls: Certificates, port = 0): Promise<Listener> {
  // The adaptor's own Request and Response would otherwise replace the globals of the whole process, Portcullis included.
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer({ key: tls.keyPem, cert: tls.certPem }, answer);
  // Raw sockets, because `closeAllConnections` does not know those which are still shaking hands.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  let closed: Promise<unknown> | undefined;
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: async () => {
      closed ??= new Promise((resolve) => {
        server.close(resolve);
        for (const socket of sockets) socket.destroy();
      });
      await closed;
    },
  };
}
