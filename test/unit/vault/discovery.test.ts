import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_KNOBS, type KnobSettings } from '../../../simulator/vault/knobs.ts';
import { discover } from '../../../src/vault/discovery.ts';
import { fillUrl } from '../../../src/vault/fill_url.ts';
import { type Visitor, visit } from '../simulator/visitor.ts';
import { DEFAULT_PATHS, openTestSession, placeOf, type Reply, type Server, startServer, testClock } from './tools.ts';

let server: Server;
let elsewhere: Server;
beforeAll(async () => {
  [server, elsewhere] = await Promise.all([startServer(), startServer()]);
});
afterAll(() => Promise.all([server.close(), elsewhere.close()]));
beforeEach(() => {
  for (const one of [server, elsewhere]) one.calls.length = 0;
});
let visitor: Visitor | undefined;
afterEach(async () => {
  await visitor?.close();
  visitor = undefined;
});

const DEFAULTS = {
  'get-asset-credentials': { method: 'GET', url: '/api/mcp/get-asset-credentials/{assetId}' },
  'submit-request': { method: 'POST', url: '/api/mcp/submit-request' },
  'get-request-status': { method: 'GET', url: '/api/mcp/get-request-status/{action}' },
  'complete-request': { method: 'PUT', url: '/api/mcp/complete-request/{requestId}' },
};
const FIRST = '/ztna/acme/.well-known/mcp-agent.json';
const SECOND = '/ztna/acme/root/.well-known/agent.json';
const SPEC = {
  paths: {
    '/v2/creds/{asset}': { get: { operationId: 'get-asset-credentials' } },
    '/v2/submit': { post: { operationId: 'submit-request' } },
    '/v2/state/{a}': { get: { operationId: 'get-request-status' } },
    '/v2/done/{r}': { put: { operationId: 'complete-request' } },
  },
};
const specWith = (name: string, path: string) => ({
  paths: { ...SPEC.paths, [path]: { get: { operationId: name } } },
});

/** A vault that publishes these documents and nothing else. */
async function discovered(documents: Record<string, Reply>, base = server.url) {
  server.answer = ({ url }) => documents[url] ?? { status: 404 };
  return discover(openTestSession({ ...server, url: base }), DEFAULT_PATHS);
}
const credentialsUrl = ({ operations }: Awaited<ReturnType<typeof discovered>>) =>
  operations['get-asset-credentials'].url;

describe('where the specification lies', () => {
  const tables: [string, KnobSettings][] = [
    ['at the first address', { discovery: 'mcp-agent' }],
    ...(['spec', 'openapi', 'url', 'api.url'] as const).flatMap((pointerName) =>
      (['absolute', 'path'] as const).map((pointerTarget): [string, KnobSettings] => [
        `behind \`${pointerName}\`, as ${pointerTarget}`,
        { discovery: 'agent-json', pointerName, pointerTarget },
      ]),
    ),
    ...(['camel', 'snake'] as const).map((operationIds): [string, KnobSettings] => [
      `with ${operationIds} names`,
      { operationIds },
    ]),
    ['with a server of another origin', { specServers: 'foreign' }],
    ['without servers', { specServers: 'none' }],
  ];
  test.each(tables)('%s, its operations are found', async (_name, vault) => {
    visitor = await visit({ vault: { ...vault, mcpPath: '/api/v9/mcp' } });
    const { operations, source, remarks } = await discover(openTestSession(placeOf(visitor.sim)), DEFAULT_PATHS);
    for (const [name, { method, url }] of Object.entries(operations)) {
      expect(url).toContain(`${visitor.sim.settings.VAULT_URL}/api/v9/mcp/${name}`);
      expect(method).toBe(DEFAULTS[name as keyof typeof DEFAULTS].method);
    }
    expect(source).not.toBeNull();
    expect(remarks).toHaveLength(vault.specServers === 'foreign' ? 1 : 0);
    expect(visitor.sim.journal.calls.every(({ upstream }) => upstream === 'vault')).toBe(true);
    expect(DEFAULT_KNOBS.mcpPath).toBe('/api/mcp');
  });

  test('nowhere, because MCP is switched off: the defaults serve, without a remark', async () => {
    expect(await discovered({})).toEqual({ operations: DEFAULTS, source: null, remarks: [] });
    expect(server.calls.map(({ url }) => url)).toEqual([FIRST, SECOND]);
  });

  test('under a vault address that carries the space segment already', async () => {
    const found = await discovered({ '/ztna/acme/root/.well-known/agent.json': { body: SPEC } }, `${server.url}/root`);
    expect(credentialsUrl(found)).toBe(`${server.url}/root/v2/creds/{asset}`);
  });

  test('at the second address, when the first holds something of no use', async () => {
    for (const reply of [
      { status: 401 },
      { status: 500 },
      { body: '<html>' },
      { body: '{"paths' },
      { body: '[]' },
      { body: 'null' },
      { body: { paths: [] } },
    ]) {
      const found = await discovered({ [FIRST]: reply, [SECOND]: { body: SPEC } });
      expect(found.source).toBe(`${server.origin}${SECOND}`);
    }
  });

  test('behind the next pointer, when the first is only the version of OpenAPI or leads nowhere', async () => {
    const found = await discovered({
      [SECOND]: { body: { openapi: '3.0.3', spec: '/nowhere', url: 'spec.json' } },
      '/ztna/acme/root/.well-known/spec.json': { body: SPEC },
    });
    expect(credentialsUrl(found)).toBe(`${server.url}/v2/creds/{asset}`);
  });
});

describe('when discovery fails the defaults serve', () => {
  test.each<[string, Reply]>([
    ['401', { status: 401 }],
    ['403', { status: 403 }],
    ['500', { status: 500 }],
    ['a redirect', { status: 302, headers: { location: 'https://localhost:1/' } }],
    ['a web page', { body: '<!doctype html><p>log in' }],
    ['broken JSON', { body: '{"paths":{' }],
    ['a list', { body: [] }],
    ['null', { body: 'null' }],
    ['pointers of no use', { body: { spec: 5, openapi: null, url: '', api: 'x' } }],
    ['a pointer to itself', { body: { spec: FIRST } }],
    ['paths of no use', { body: { paths: { 'no-slash': {}, '/a': null, '/b': { get: { operationId: 7 } } } } }],
  ])('because of %s', async (_name, reply) => {
    const { operations } = await discovered({ [FIRST]: reply, [SECOND]: reply });
    expect(operations).toEqual(DEFAULTS);
  });

  test('because nothing is answered', async () => {
    server.answer = () => null;
    const clock = testClock();
    const found = await discover(openTestSession({ ...server, timeoutMs: 50 }, clock), DEFAULT_PATHS);
    expect(found).toMatchObject({
      operations: DEFAULTS,
      remarks: [expect.stringContaining('no answer in time'), expect.anything()],
    });
  });
});

describe('another origin', () => {
  test('that a document points to is neither asked nor believed', async () => {
    elsewhere.answer = () => ({ body: SPEC });
    for (const target of [
      `${elsewhere.origin}/spec.json`,
      server.origin.replace('https', 'http'),
      `//localhost:1/x`,
      'file:///etc/passwd',
    ]) {
      const { operations, remarks } = await discovered({ [SECOND]: { body: { spec: target } } });
      expect(operations).toEqual(DEFAULTS);
      expect(remarks).toEqual(['discovery points to another origin, which is ignored']);
    }
    expect(elsewhere.calls).toEqual([]);
  });

  test('that the specification names as its server is ignored, and the next one taken', async () => {
    const servers = [{ url: `${elsewhere.origin}/x` }, { url: 5 }, null, { url: '/other/base/' }];
    const found = await discovered({ [FIRST]: { body: { ...SPEC, servers } } });
    expect(credentialsUrl(found)).toBe(`${server.origin}/other/base/v2/creds/{asset}`);
    expect(found.remarks).toContain('discovery names a server of another origin, which is ignored');
  });

  test('cannot be smuggled in by a path', async () => {
    const found = await discovered({ [FIRST]: { body: specWith('get-asset-credentials', '//evil.example/{a}') } });
    expect(new URL(fillUrl(credentialsUrl(found), ['x'])).origin).toBe(server.origin);
    const other = await discovered({
      [FIRST]: { body: { ...specWith('submit-request', '@evil.example/'), servers: [{ url: server.origin }] } },
    });
    expect(new URL(other.operations['submit-request'].url).origin).toBe(server.origin);
  });
});

describe('an operation', () => {
  test.each(['GET-ASSET-CREDENTIALS', 'getAssetCredentials', 'get_asset_credentials', 'GetAsset_credentials'])(
    'may be spelt `%s`',
    async (name) => {
      const found = await discovered({ [FIRST]: { body: { paths: { '/c/{x}': { get: { operationId: name } } } } } });
      expect(credentialsUrl(found)).toBe(`${server.url}/c/{x}`);
    },
  );

  test('that is not listed keeps its default, with a remark', async () => {
    const { '/v2/submit': _gone, ...paths } = SPEC.paths;
    const found = await discovered({ [FIRST]: { body: { paths } } });
    expect(found.operations['submit-request']).toEqual(DEFAULTS['submit-request']);
    expect(found.remarks).toEqual(['discovery does not list `submit-request`']);
  });

  test.each([
    ['no place for its id', '/creds'],
    ['more places than we have ids', '/creds/{space}/{asset}'],
  ])(
    'with %s keeps its default, with a remark: an id must not be dropped or stand in the wrong place',
    async (_name, path) => {
      const { '/v2/creds/{asset}': _gone, ...paths } = SPEC.paths;
      const found = await discovered({
        [FIRST]: { body: { paths: { ...paths, [path]: { get: { operationId: 'get-asset-credentials' } } } } },
      });
      expect(found.operations['get-asset-credentials']).toEqual(DEFAULTS['get-asset-credentials']);
      expect(found.remarks).toEqual([
        'discovery lists `get-asset-credentials` with an address that cannot be filled in',
      ]);
    },
  );

  test('under a server with a place of its own keeps its default', async () => {
    const servers = [{ url: `${server.origin}/{tenant}` }];
    const { operations } = await discovered({ [FIRST]: { body: { ...SPEC, servers } } });
    expect(operations).toEqual(DEFAULTS);
  });
});

describe('filling an address', () => {
  test.each([
    ['/a/{id}', ['x'], '/a/x'],
    ['/a/{one}/b/{two}', ['x', 'y'], '/a/x/b/y'],
    ['https://h/a/%7Bid%7D', ['x y'], 'https://h/a/x%20y'],
    ['/a/{id}', ['{id}'], '/a/%7Bid%7D'],
    ['/a/{id}', ['$&'], '/a/%24%26'],
    ['/a', [], '/a'],
  ])('%s with %j gives %s', (url, values, expected) => expect(fillUrl(url, values)).toBe(expected));
});
