import { afterEach, expect, test } from 'vitest';
import { type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
afterEach(() => visitor.close());

const dc = () => visitor.sim.estate.machines.find(({ name }) => name === 'DC01')?.id ?? '';
const asset = (id = dc()) => visitor.read(`/api/asset/asset/${id}`);

test('an asset names its type, container and tags, and holds secret fields beside them', async () => {
  visitor = await visit();
  const found = await asset();
  expect(found).toMatchObject({
    name: 'DC01',
    type: { name: 'Windows Server' },
    container: { name: 'Domain Controllers', path: '/Tier 0/Domain Controllers' },
    tags: ['Component :: Server :: Windows'],
    Password: expect.stringMatching(/^SIMSECRET-/),
  });
  expect(visitor.sim.secrets).toContain(found.Password);
});

test('a container is an asset with its own path, tags and container', async () => {
  visitor = await visit();
  const { container } = (await asset()) as { container: { id: string } };
  expect(await asset(container.id)).toMatchObject({
    type: { name: 'Container' },
    path: '/Tier 0/Domain Controllers',
    container: { name: 'Tier 0', path: '/Tier 0' },
    tags: expect.arrayContaining(['Classification :: Tier 0']),
  });
});

test.each([
  [{ assetTypeShape: 'type-text' }, { type: 'Windows Server' }],
  [{ assetTypeShape: 'assetType' }, { assetType: { name: 'Windows Server' } }],
  [{ assetTypeShape: 'assetType-text' }, { assetType: 'Windows Server' }],
  [{ containerShape: 'containerPath' }, { containerPath: '/Tier 0/Domain Controllers' }],
  [{ containerShape: 'path' }, { path: '/Tier 0/Domain Controllers' }],
  [{ containerShape: 'parent' }, { parent: { path: '/Tier 0/Domain Controllers' } }],
  [{ tagShape: 'name' }, { tags: [{ name: 'Component :: Server :: Windows' }] }],
  [{ tagShape: 'path' }, { tags: [{ path: 'Component :: Server :: Windows' }] }],
  [{ tagShape: 'term' }, { tags: [{ term: 'Component :: Server :: Windows' }] }],
] as const)('with %j an asset reads %j', async (vault, expected) => {
  visitor = await visit({ vault });
  expect(await asset()).toMatchObject(expected);
});

test('a container without its path makes the second call necessary', async () => {
  visitor = await visit({ vault: { containerShape: 'container-without-path' } });
  const { container } = (await asset()) as { container: { id: string } };
  expect(container).not.toHaveProperty('path');
  expect(await asset(container.id)).toMatchObject({ path: '/Tier 0/Domain Controllers' });
});

test('an unknown asset is refused', async () => {
  visitor = await visit();
  expect((await visitor.vault('GET', '/api/asset/asset/nothing')).status).toBe(404);
});

test('an asset can be added for a test and read back', async () => {
  visitor = await visit();
  const { id } = visitor.sim.vault.addAsset({ name: 'odd <b>one</b>', tags: ['A', 'B'] });
  expect(await asset(id)).toMatchObject({ name: 'odd <b>one</b>', tags: ['A', 'B'], container: { path: '/Test' } });
  visitor.sim.vault.add({ entityId: id });
  expect((await visitor.list('')).data[0]).toMatchObject({ entityId: id, entityName: 'odd <b>one</b>' });
});
