/** What is wrong with a certificate is told apart, with what to do about it; real servers with real chains. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Issued, issue } from '../../../simulator/certificates.ts';
import { FetchFault } from '../../../src/http/faults.ts';
import { openUpstream } from '../../../src/http/upstream.ts';
import { CERTIFICATE_FAULTS, type CertificateFault } from '../../../src/util/certificate_faults.ts';
import { UPSTREAMS, type Upstream, UpstreamError } from '../../../src/util/errors.ts';

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY);

let root: Issued;
let intermediate: Issued;
let leaf: Issued;
let stranger: Issued;
beforeAll(async () => {
  [root, stranger] = await Promise.all([
    issue({ name: 'Root CA', authority: true }),
    issue({ name: 'Another root', authority: true }),
  ]);
  intermediate = await issue({ name: 'Issuing CA', authority: true, by: root });
  leaf = await issue({ name: 'localhost', by: intermediate });
});

/** A server that sends these certificates; gives what a client that trusts `ca` meets. */
async function met({ sends, key, ca }: { sends: readonly Issued[]; key?: Issued; ca: string | undefined }) {
  const [own] = sends;
  if (own === undefined) throw new Error('a server sends a certificate');
  const chain = sends.map(({ cert }) => cert).join('\n');
  const server = createServer({ key: (key ?? own).private, cert: chain }, (_request, response) => response.end('{}'));
  server.on('tlsClientError', () => {});
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const upstream = { title: 'the vault', proxy: ['VAULT_PROXY'] };
  const client = openUpstream({ upstream, url, ca, timeoutMs: 5000, maxAnswerBytes: 1000 });
  try {
    const answer = await client.fetch(url);
    return answer.status;
  } catch (error) {
    if (!(error instanceof FetchFault)) throw error;
    expect(error).toMatchObject({ code: 'certificate', sent: false });
    return error.certificate;
  } finally {
    client.close();
  }
}

describe('a server', () => {
  test('that sends its whole chain is trusted by its root alone', async () => {
    expect(await met({ sends: [leaf, intermediate], ca: root.cert })).toBe(200);
  });

  test('that sends no intermediate certificate', async () => {
    expect(await met({ sends: [leaf], ca: root.cert })).toBe('leaf-alone');
  });

  test('whose authority is trusted by nobody, with its chain', async () => {
    expect(await met({ sends: [leaf, intermediate], ca: stranger.cert })).toBe('authority');
    expect(await met({ sends: [leaf, intermediate, root], ca: undefined })).toBe('authority');
  });

  test('whose intermediate certificate alone is in the file', async () => {
    expect(await met({ sends: [leaf], ca: intermediate.cert })).toBe('root-missing');
  });

  test('whose certificate has expired, or that of its authority in between', async () => {
    const old = await issue({ name: 'localhost', by: root, from: inDays(-30), to: inDays(-1) });
    expect(await met({ sends: [old], ca: root.cert })).toBe('expired');
    const between = await issue({
      name: 'Old issuing CA',
      authority: true,
      by: root,
      from: inDays(-9),
      to: inDays(-1),
    });
    const below = await issue({ name: 'localhost', by: between });
    expect(await met({ sends: [below, between], ca: root.cert })).toBe('expired');
  });

  test('whose certificate is not valid yet', async () => {
    const early = await issue({ name: 'localhost', by: root, from: inDays(2), to: inDays(30) });
    expect(await met({ sends: [early], ca: root.cert })).toBe('not-yet-valid');
  });

  test('that signed its certificate itself', async () => {
    const own = await issue({ name: 'localhost' });
    expect(await met({ sends: [own], ca: root.cert })).toBe('self-signed');
    expect(await met({ sends: [own], ca: own.cert })).toBe(200);
  });

  test('whose certificate is for another host', async () => {
    const other = await issue({ name: 'vault.example.com', by: root, hosts: ['vault.example.com'] });
    expect(await met({ sends: [other], ca: root.cert })).toBe('other-host');
  });
});

describe('the advice', () => {
  const of = (upstream: Upstream, certificate: CertificateFault) =>
    new UpstreamError(upstream, 'certificate', 'x', { certificate }).advice;
  const faults = Object.keys(CERTIFICATE_FAULTS) as CertificateFault[];

  test('is another one for each fault', () => {
    expect(new Set(faults.map((fault) => of('vault', fault))).size).toBe(faults.length);
  });

  test.each(Object.keys(UPSTREAMS) as Upstream[])('of %s names its own settings, and no other ones', (upstream) => {
    for (const fault of faults) {
      const { look } = CERTIFICATE_FAULTS[fault];
      for (const kind of look)
        for (const name of UPSTREAMS[upstream][kind]) expect(of(upstream, fault)).toContain(name);
      if (look.length === 0) expect(of(upstream, fault)).not.toContain('look at');
    }
  });

  test('of a missing intermediate certificate says so, and what to do on the server', () => {
    expect(of('vault', 'leaf-alone')).toMatch(/sends no intermediate certificate.*whole chain.*VAULT_CA_FILE/);
  });
});
