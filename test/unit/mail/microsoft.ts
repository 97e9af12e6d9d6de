/** A small Microsoft: sign-in and Graph on one HTTPS port with a certificate of a private authority. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { generate } from 'selfsigned';

export type Received = { method: string; path: string; headers: IncomingMessage['headers']; body: string };
type Handler = (request: Received, response: ServerResponse, socket: Duplex) => void;

export type Microsoft = {
  readonly url: string;
  readonly host: string;
  readonly ca: string;
  readonly mails: Received[];
  readonly signIns: Received[];
  /** How many connections came so far. */
  connections(): number;
  /** What the next calls get instead of the ordinary answer. */
  faults: { discovery?: Handler; token?: Handler; mail?: Handler };
  close(): Promise<void>;
};

export const TOKEN = 'eyJ-the-access-token-PLANTEDxSECRET';
export const SECRET = 'the-client-secret~PLANTEDxSECRET';
export const TENANT = 'contoso-tenant';

export const answer =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
/** Takes the request and then drops the line, or never says a word. */
export const hangUp: Handler = (_, __, socket) => void socket.destroy();
export const silence: Handler = () => {};

export async function startMicrosoft(): Promise<Microsoft> {
  const { key, cert, ca } = await certificate();
  const state: Pick<Microsoft, 'mails' | 'signIns' | 'faults'> = { mails: [], signIns: [], faults: {} };
  const server = https.createServer({ key, cert }, async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const path = (incoming.url ?? '').split('?')[0] ?? '';
    const received = { method: incoming.method ?? '', path, headers: incoming.headers, body };
    handlerOf(path, received)(received, response, incoming.socket);
  });
  const sockets = new Set<Duplex>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const url = `https://${host}`;

  function handlerOf(path: string, received: Received): Handler {
    if (path.endsWith('/.well-known/openid-configuration')) return state.faults.discovery ?? answer(200, metadata(url));
    if (path.endsWith('/oauth2/v2.0/token')) {
      state.signIns.push(received);
      return state.faults.token ?? answer(200, { token_type: 'Bearer', expires_in: 3600, access_token: TOKEN });
    }
    if (path.endsWith('/sendMail')) {
      state.mails.push(received);
      return state.faults.mail ?? answer(202);
    }
    return answer(404);
  }
  return {
    url,
    host,
    ca,
    mails: state.mails,
    signIns: state.signIns,
    connections: () => connections,
    get faults() {
      return state.faults;
    },
    set faults(faults) {
      state.faults = faults;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const metadata = (url: string) => ({
  issuer: `${url}/${TENANT}/v2.0`,
  authorization_endpoint: `${url}/${TENANT}/oauth2/v2.0/authorize`,
  token_endpoint: `${url}/${TENANT}/oauth2/v2.0/token`,
  jwks_uri: `${url}/${TENANT}/discovery/v2.0/keys`,
});

let made: Promise<{ key: string; cert: string; ca: string }> | undefined;

/** One authority and one certificate for all tests of a file: making keys is the slow part. */
function certificate(): Promise<{ key: string; cert: string; ca: string }> {
  made ??= (async () => {
    const authority = await generate([{ name: 'commonName', value: 'Test Authority' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: authority.private, cert: authority.cert },
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    });
    return { key: leaf.private, cert: leaf.cert, ca: authority.cert };
  })();
  return made;
}
