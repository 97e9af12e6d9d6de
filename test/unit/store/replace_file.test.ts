import {
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isHalf, replaceFile, replaceWith } from '../../../src/store/replace_file.ts';
import { tempFolder } from '../../helpers/requests.ts';

test('A file on its way lies beside its place under a name that says so, and is gone when it is there', async () => {
  const folder = tempFolder();
  let during: string[] = [];
  await replaceWith(join(folder, 'agent_state.json'), async (handle) => {
    await handle.writeFile('{}');
    during = readdirSync(folder);
  });
  expect(during.map(isHalf)).toEqual([true]);
  expect(readdirSync(folder)).toEqual(['agent_state.json']);
});

test.each([
  'agent_state.json.20261120',
  '2026-11.jsonl.1',
  'halts.jsonl.1731234567',
  'agent_state.json.portcullis-half-1',
  '.agent_state.json.portcullis-half-1.bak',
  '.agent_state.json.portcullis-half-',
])('%s is no such name', (name) => {
  expect(isHalf(name)).toBe(false);
});

test('Of many who replace a file at the same time, who came last stands in it', async () => {
  const folder = tempFolder();
  const file = join(folder, 'a.json');
  // A larger text takes longer, so that without turns the first would come last.
  const texts = Array.from({ length: 20 }, (_, n) => `${n} `.repeat(4 ** Math.max(0, 9 - n)));
  await Promise.all(texts.map((text) => replaceFile(file, text)));
  expect(readFileSync(file, 'utf8')).toBe('19 ');
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('Who comes after one that failed has their turn all the same', async () => {
  const file = join(tempFolder(), 'a.json');
  const fails = replaceWith(file, () => Promise.reject(new Error('no')));
  const works = replaceFile(file, 'two');
  await expect(fails).rejects.toThrow(/could not write `.*a\.json`: no/);
  await works;
  expect(readFileSync(file, 'utf8')).toBe('two');
});

test('A link stays one: what it leads to is replaced', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'there'));
  writeFileSync(join(folder, 'there', 'real.json'), 'one');
  symlinkSync(join(folder, 'there', 'real.json'), join(folder, 'a.json'));
  await replaceFile(join(folder, 'a.json'), 'two');
  expect(lstatSync(join(folder, 'a.json')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, 'there', 'real.json'), 'utf8')).toBe('two');
  expect(readdirSync(join(folder, 'there'))).toEqual(['real.json']);
});

test.skipIf(process.getuid?.() !== 0)('A file that root replaces stays with its owner', async () => {
  const file = join(tempFolder(), 'agent_state.json');
  writeFileSync(file, 'one');
  chownSync(file, 1234, 2345);
  await replaceFile(file, 'two');
  expect(statSync(file)).toMatchObject({ uid: 1234, gid: 2345 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
