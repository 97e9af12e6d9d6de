/**
 * The upstreams of Portcullis on one HTTPS port, written from the vault's API description and docs/model-contract.md alone.
 * Nothing here imports anything from src: a wrong guess over there cannot agree with itself here.
 */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { answerCloud } from './cloud.ts';
import { agent, type Entry, entry, usualRequests } from './records.ts';
import { usual, type Variant } from './variants.ts';
import { answerCredentials, openCredentialRequest } from './vault-credentials.ts';
import { answerRequests } from './vault-requests.ts';
import { type Call, type Journal, mailAsset, modelAsset, type Reply, type World } from './world.ts';

export interface IndependentVault extends AsyncDisposable {
  world: World;
  journal: Journal;
  /** The certificate that a client has to trust. */
  ca: string;
  /** Stops listening; the port refuses connections from then on. */
  close: () => Promise<void>;
}

export async function startVault(changes: Partial<Variant> = {}, requests?: Entry[]): Promise<IndependentVault> {
  const variant = { ...usual, ...changes };
  const { key, cert, ca } = await certificates();
  const journal: Journal = {
    writes: [],
    reads: [],
    questions: [],
    mails: [],
    signIns: [],
    complaints: [],
    foreign: [],
  };
  const foreign = createServer({ key, cert }, (request, response) => {
    journal.foreign.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const world: World = {
    ...{ variant, journal, origin: '', foreignOrigin: await listen(foreign), base: `/ztna/acme${variant.space}` },
    ...{ token: mintToken(variant), requests: requests ?? usualRequests(), credentialRequests: [] },
    onQuestion: () => undefined,
    onAct: () => undefined,
  };
  for (let index = 0; index < variant.fillers; index += 1) {
    world.requests.push(entry('a filler', 'nothing', { created: Date.now() - (100 + index) * 60_000 }));
  }
  if (variant.workflow === 'pending') {
    for (const asset of [modelAsset, mailAsset]) openCredentialRequest(world, asset, 'left by an earlier life');
  }
  const server = createServer({ key, cert }, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', world.origin);
    const head = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers };
    const reply = await answer(world, { ...head, body: await buffer(request) }).catch((cause: unknown): Reply => {
      journal.complaints.push(`${head.method} ${pathname}: ${cause}`);
      return { status: 500, body: 'the upstream did not understand' };
    });
    if (reply === 'hang up') request.socket.destroy();
    if (typeof reply === 'string') return;
    const isText = typeof reply.body === 'string';
    const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
    response.writeHead(reply.status, reply.body === undefined ? {} : { 'content-type': type, ...reply.headers });
    response.end(isText || reply.body === undefined ? reply.body : JSON.stringify(reply.body));
  });
  world.origin = await listen(server);
  const close = async (): Promise<void> => {
    await Promise.all([stop(server), stop(foreign)]);
  };
  return { world, journal, ca, close, [Symbol.asyncDispose]: close };
}

async function answer(world: World, call: Call): Promise<Reply> {
  return (await answerCloud(world, call)) ?? answerVault(world, call);
}

function answerVault(world: World, call: Call): Reply {
  if (!call.path.startsWith(`${world.base}/`)) return { status: 404, body: 'not here' };
  const inside = { ...call, path: call.path.slice(world.base.length) };
  if (call.method === 'GET')
    world.journal.reads.push([inside.path, ...(call.query.size > 0 ? [call.query] : [])].join('?'));
  else {
    const contentType = String(call.headers['content-type'] ?? '');
    world.journal.writes.push({ method: call.method, path: inside.path, contentType, body: call.body });
  }
  if (call.headers.authorization !== `Bearer ${world.token}` || isOver(world.token)) {
    return { status: 401, body: 'Not signed in' };
  }
  return answerRequests(world, inside) ?? answerCredentials(world, inside) ?? { status: 404, body: 'not here' };
}

/** The characters in the issuer make the payload differ between base64 and base64url. */
export function mintToken({ identity }: Pick<Variant, 'identity'>, lifetimeSeconds = 86_400): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'https://vault/ÿÿÿ?>?>~~', exp: Math.floor(Date.now() / 1000) + lifetimeSeconds };
  const who = identity === 'ousr' ? { ousr: agent } : {};
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, ...who })}.${'s1gnature'.repeat(2)}PLANTEDxSECRET`;
}

function isOver(token: string): boolean {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  return claims.exp * 1000 < Date.now();
}

interface Certificates {
  key: string;
  cert: string;
  ca: string;
}

let shared: Promise<Certificates> | undefined;

function certificates(): Promise<Certificates> {
  shared ??= makeCertificates();
  return shared;
}

async function makeCertificates(): Promise<Certificates> {
  const kind = { keyType: 'ec', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'Independent test authority' }], {
    ...kind,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...kind,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      {
        name: 'subjectAltName',
        altNames: [{ type: 2, value: 'localhost' }, ...[{ type: 7 as const, ip: '127.0.0.1' }]],
      },
    ],
  });
  return { key: leaf.private, cert: leaf.cert, ca: authority.cert };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
