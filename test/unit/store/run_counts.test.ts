import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addRunCount, readRunCounts } from '../../../src/store/run_counts.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { tempFolder } from '../../helpers/requests.ts';

const FILE = 'run_counts.json';
const count = (n: number) => ({ run: `run-${n}`, approve: n, reject: 1, persons: 0 });

test('How much each run did is kept in the order of the runs, for the own user only', async () => {
  const folder = tempFolder();
  expect(await readRunCounts(folder)).toEqual([]);
  expect(readdirSync(folder), 'asking writes nothing').toEqual([]);
  for (const n of [1, 2, 3]) await addRunCount(folder, count(n));
  expect(await readRunCounts(folder)).toEqual([1, 2, 3].map(count));
  expect(statSync(join(folder, FILE)).mode & 0o777).toBe(0o600);
});

test('Only the last fifty runs are kept: what was usual long ago says little', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, FILE), JSON.stringify(Array.from({ length: 50 }, (_, n) => count(n))));
  await addRunCount(folder, count(50));
  const kept = await readRunCounts(folder);
  expect(kept).toHaveLength(50);
  expect([kept[0]?.run, kept.at(-1)?.run]).toEqual(['run-1', 'run-50']);
});

test.each([
  ['nothing', ''],
  ['half a file', '[{"run":"run-1"'],
  ['another shape', '{"run":"run-1"}'],
  ['a row without a number', '[{"run":"run-1","approve":"many","reject":0,"suspicious":0}]'],
  ['a row with no number at all', '[{"run":"run-1","approve":null,"reject":0,"suspicious":0}]'],
  ['zeros of a lost disk block', '\0\0\0\0'],
])('A damaged file (%s) counts as none, and the next run begins anew', async (_what, text) => {
  const folder = tempFolder();
  writeFileSync(join(folder, FILE), text);
  expect(await readRunCounts(folder)).toEqual([]);
  await addRunCount(folder, count(1));
  expect(JSON.parse(readFileSync(join(folder, FILE), 'utf8'))).toEqual([count(1)]);
});

test('A file that cannot be read or written gives a storage fault', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, FILE));
  await expect(readRunCounts(folder)).rejects.toThrow(StorageError);
  await expect(addRunCount(folder, count(1))).rejects.toThrow(StorageError);
});

test('A run that version 0.1 counted says nothing about persons: it counted texts, also withdrawn ones', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, FILE), JSON.stringify([{ run: 'r', approve: 4, reject: 1, suspicious: 14 }]));
  expect(await readRunCounts(folder)).toEqual([{ run: 'r', approve: 4, reject: 1 }]);
});
