/** A real CONNECT proxy that writes down every byte which passes through it, in both directions. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTls } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificates } from '../../simulator/certificates.ts';

type ProxyOptions = {
  /** With them it speaks TLS itself. */
  readonly certificates?: Certificates;
  /** The status with which a CONNECT to this address is answered in place of a connection; null: nothing at all. */
  readonly refuse?: (address: string) => number | null | undefined;
  /** `user:password` without which it answers 407. */
  readonly user?: string;
};

export type ConnectProxy = {
  readonly port: number;
  /** The address in each CONNECT, in their order. */
  readonly asked: string[];
  /** The `Proxy-Authorization` of each CONNECT. */
  readonly authorizations: (string | undefined)[];
  /** Everything that it heard outside of a tunnel, CONNECT lines included. */
  heard(): string;
  /** How many connections of clients are open. */
  open(): number;
  /** Everything that passed inside the tunnels. */
  passed(): Buffer;
  close(): Promise<void>;
};

export async function startConnectProxy({ certificates, refuse, user }: ProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const heard: string[] = [];
  const passed: Buffer[] = [];
  const sockets = new Set<Duplex>();
  const clients = new Set<Duplex>();
  const held = (socket: Duplex) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('close', () => sockets.delete(socket));
  };
  const server =
    certificates === undefined ? createServer() : createTls({ key: certificates.keyPem, cert: certificates.certPem });
  const noted = ({ method, url, rawHeaders }: IncomingMessage) =>
    heard.push(`${method} ${url}\n${rawHeaders.join('\n')}`);

  server.on('connection', (client: Socket) => {
    held(client);
    clients.add(client);
    client.on('close', () => clients.delete(client));
  });
  server.on('secureConnection', held);
  server.on('request', (request, response) => {
    noted(request);
    response.writeHead(405).end();
  });
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    noted(request);
    asked.push(request.url ?? '');
    const { 'proxy-authorization': authorization } = request.headers;
    authorizations.push(authorization);
    held(client);
    const wanted = user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
    if (wanted !== undefined && authorization !== wanted) return end(client, 407);
    const refusal = refuse?.(request.url ?? '');
    if (refusal === null) return;
    if (refusal !== undefined) return end(client, refusal);
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) onward.write(head);
      client.pipe(onward).pipe(client);
    });
    held(onward);
    onward.on('error', () => client.destroy());
    for (const side of [client, onward]) {
      side.on('data', (part: Buffer) => passed.push(part));
      side.on('close', () => {
        client.destroy();
        onward.destroy();
      });
    }
  });
  // On every address of this machine, so that 127.0.0.2, for which the certificate is not, leads here as well.
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    authorizations,
    heard: () => heard.join('\n\n'),
    open: () => clients.size,
    passed: () => Buffer.concat(passed),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const end = (client: Socket, status: number): void =>
  void client.end(`HTTP/1.1 ${status} No\r\ncontent-type: text/html\r\n\r\n<html>no</html>`);
