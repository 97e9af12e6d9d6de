import { expect, test } from 'vitest';
import type { AssetRecord } from '../../../src/domain/asset_record.ts';
import { freshAssets } from '../../../src/enrich/asset_look_up.ts';

const SECOND = 1000;
const record = (id: string, containerId: string | null): AssetRecord => ({
  ...{ id, name: id, type: 'Linux Server', containerId, containerPath: containerId === null ? '/' : null },
  tags: [],
});

/** Two assets in one container; `reads` holds what was read, `broken` what cannot be. */
function world() {
  const [reads, broken]: [string[], Set<string>] = [[], new Set()];
  let now = 0;
  const asset = async (id: string) => {
    reads.push(id);
    if (broken.has(id)) throw new Error('not now');
    return record(id, id === 'box' ? null : 'box');
  };
  const assets = freshAssets({ asset }, new AbortController().signal, () => now);
  const at = (seconds: number) => {
    now = seconds * SECOND;
  };
  return { assets, reads, broken, at };
}

test('An asset and its container are read once for all writes of a minute, and told as old as the older of them', async () => {
  const { assets, reads, at } = world();
  await Promise.all(['one', 'one', 'other'].map((id) => assets.of(id)));
  expect(reads.sort()).toEqual(['box', 'one', 'other']);
  at(40);
  expect((await assets.of('one')).readAt).toBe(0);
  expect(reads).toHaveLength(3);
});

test('What would be older than a minute when the call goes out is read again', async () => {
  const { assets, reads, at } = world();
  await assets.of('one');
  at(51);
  const { readAt, looked } = await assets.of('one');
  expect(readAt).toBe(51 * SECOND);
  expect(looked.gaps).toEqual([]);
  expect(reads).toEqual(['one', 'box', 'one', 'box']);
});

test('A failure is kept for nobody, and a clock that was put back says nothing about the age', async () => {
  const { assets, reads, broken, at } = world();
  broken.add('one');
  expect((await assets.of('one')).looked.gaps).toMatchObject([{ what: 'asset' }]);
  broken.clear();
  expect((await assets.of('one')).looked.gaps).toEqual([]);
  at(-10);
  await assets.of('one');
  expect(reads).toEqual(['one', 'one', 'box', 'one', 'box']);
});
