import { afterEach, expect, test } from 'vitest';
import { type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
afterEach(() => visitor.close());

type Spec = {
  openapi: string;
  servers?: { url: string }[];
  paths: Record<string, Record<string, { operationId: string }>>;
};

const MCP = '/.well-known/mcp-agent.json';
const CARD = '/root/.well-known/agent.json';

const operationIds = ({ paths }: Spec) =>
  Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));

test('the first address holds an OpenAPI 3.0 document with the six operations', async () => {
  visitor = await visit();
  const spec = await visitor.read<Spec>(MCP);
  expect(spec.openapi).toMatch(/^3\.0\./);
  expect(operationIds(spec).sort()).toEqual([
    'complete-request',
    'get-asset-actions',
    'get-asset-credentials',
    'get-request-status',
    'search-assets',
    'submit-request',
  ]);
  expect(spec.servers).toEqual([{ url: visitor.sim.settings.VAULT_URL }]);
  expect((await visitor.vault('GET', CARD)).status).toBe(404);
});

test.each(['spec', 'openapi', 'url', 'api.url'] as const)(
  'the card may name the document as `%s`',
  async (pointerName) => {
    visitor = await visit({ vault: { discovery: 'agent-json', pointerName } });
    expect((await visitor.vault('GET', MCP)).status).toBe(404);
    const card = await visitor.read(CARD);
    const url = pointerName.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], card);
    const response = await visitor.fetch(`${url}`, { headers: { authorization: `Bearer ${visitor.sim.vault.token}` } });
    expect(operationIds((await response.json()) as Spec)).toHaveLength(6);
  },
);

test('the card may point by path, or to another origin', async () => {
  visitor = await visit({ vault: { discovery: 'agent-json', pointerTarget: 'path' } });
  expect((await visitor.read(CARD)).spec).toMatch(/^\/ztna\/demo\//);
  visitor.sim.vault.knobs.pointerTarget = 'foreign';
  const { spec } = (await visitor.read(CARD)) as { spec: string };
  expect(new URL(spec).origin).not.toBe(new URL(visitor.sim.settings.VAULT_URL ?? '').origin);
});

test('a document may name servers elsewhere, or none', async () => {
  visitor = await visit({ vault: { specServers: 'foreign' } });
  expect((await visitor.read<Spec>(MCP)).servers?.[0]?.url).not.toContain(
    new URL(visitor.sim.settings.VAULT_URL ?? '').host,
  );
  visitor.sim.vault.knobs.specServers = 'none';
  expect(await visitor.read(MCP)).not.toHaveProperty('servers');
});

test('operation ids may be written in other styles', async () => {
  visitor = await visit({ vault: { operationIds: 'camel' } });
  expect(operationIds(await visitor.read<Spec>(MCP))).toContain('getAssetCredentials');
  visitor.sim.vault.knobs.operationIds = 'snake';
  expect(operationIds(await visitor.read<Spec>(MCP))).toContain('get_asset_credentials');
});

test('operations that lie elsewhere answer there and nowhere else', async () => {
  visitor = await visit({ vault: { mcpPath: '/api/agent/v2' } });
  expect(Object.keys((await visitor.read<Spec>(MCP)).paths)).toContain('/api/agent/v2/search-assets');
  expect((await visitor.vault('GET', '/api/agent/v2/search-assets?query=dc01')).status).toBe(200);
  expect((await visitor.vault('GET', '/api/mcp/search-assets?query=dc01')).status).toBe(404);
});

test('with MCP discovery off both addresses are missing and the default paths serve', async () => {
  visitor = await visit({ vault: { discovery: 'none' } });
  expect((await visitor.vault('GET', MCP)).status).toBe(404);
  expect((await visitor.vault('GET', CARD)).status).toBe(404);
  const found = await visitor.read('/api/mcp/search-assets?query=dc01');
  expect(found).toEqual({ data: [{ id: expect.any(String), name: 'DC01', type: 'Windows Server' }] });
});

test('discovery asks for the token, too', async () => {
  visitor = await visit();
  expect((await visitor.fetch(visitor.sim.settings.VAULT_URL + MCP)).status).toBe(401);
});
