/** One server that can be each of the four upstreams, well-behaved or as bad as a test wants; raw enough to lie. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Certificates, makeCertificates } from '../../../simulator/certificates.ts';
import { type ClientName, CREDENTIALS, type Where } from './clients.ts';

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export type Upstream = Where & {
  readonly ca: string;
  /** Everything that came in, as one text: addresses, headers, bodies. */
  readonly received: () => string;
  /** How many connections came so far that it could make the handshake with. */
  readonly connections: () => number;
  /** Overrules the ordinary answers, for this client's questions only. */
  misbehave: (name: ClientName, behaviour: Behaviour | null) => void;
  close(): Promise<void>;
};

export async function startUpstream(certificates?: Certificates): Promise<Upstream> {
  const { caPem, certPem, keyPem } = certificates ?? (await makeCertificates());
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const bad = new Map<ClientName, Behaviour>();
  let connections = 0;
  const server = createServer({ key: keyPem, cert: certPem }, async (request, response) => {
    response.on('error', () => {});
    const body = await text(request).catch(() => '');
    received.push(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}\n\n${body}`);
    const name = clientOf(request.url ?? '');
    const behaviour = bad.get(name);
    if (behaviour !== undefined) behaviour(request, response);
    else respond(response, goodAnswer(name, request.url ?? '', origin()));
  });
  const origin = () => `https://localhost:${(server.address() as AddressInfo).port}`;
  server.on('secureConnection', () => connections++);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  // On every address of this machine, so that 127.0.0.2, for which the certificate is not, leads here as well.
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return {
    origin: origin(),
    ca: caPem,
    received: () => received.join('\n\n'),
    connections: () => connections,
    misbehave: (name, behaviour) => void (behaviour === null ? bad.delete(name) : bad.set(name, behaviour)),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function clientOf(url: string): ClientName {
  if (url.includes('/ztna/')) return 'vault';
  if (url.includes('/v1/')) return 'model';
  return url.includes('/sendMail') ? 'graph' : 'signIn';
}

/** Status, headers, body. */
type Answer = readonly [number, Readonly<Record<string, string>>, string | Buffer];
const respond = (response: ServerResponse, [status, headers, body]: Answer): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
export const answer =
  (...given: Answer): Behaviour =>
  (_request, response) =>
    respond(response, given);

function goodAnswer(name: ClientName, url: string, origin: string): Answer {
  if (name === 'vault') return [200, {}, '{"data":[]}'];
  if (name === 'model') {
    const message = { role: 'assistant', content: '{"r1":{}}' };
    return [200, {}, JSON.stringify({ choices: [{ index: 0, finish_reason: 'stop', message }] })];
  }
  if (name === 'graph') return [202, {}, ''];
  return [200, {}, url.includes('openid-configuration') ? metadataOf(origin) : tokenAnswer];
}

const tokenAnswer = JSON.stringify({ token_type: 'Bearer', expires_in: 3600, access_token: CREDENTIALS.graph });
/** What the sign-in service says about itself: where tokens are to be had. */
export const metadataOf = (origin: string, tokensAt = origin): string =>
  JSON.stringify({
    issuer: `${origin}/tenant/v2.0`,
    authorization_endpoint: `${origin}/tenant/oauth2/v2.0/authorize`,
    token_endpoint: `${tokensAt}/tenant/oauth2/v2.0/token`,
    jwks_uri: `${origin}/tenant/discovery/v2.0/keys`,
  });
