import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendDurably, ensureFolder, readIfThere } from '../../../src/store/files.ts';
import { replaceFile } from '../../../src/store/replace_file.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { tempFolder } from '../../helpers/requests.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('What is written is for the own user only, the folder too, and no temporary file stays', async () => {
  const folder = join(tempFolder(), 'deep', 'state');
  await replaceFile(join(folder, 'a.json'), 'one');
  await replaceFile(join(folder, 'a.json'), 'two');
  await appendDurably(join(folder, 'b.jsonl'), 'x\n');
  await appendDurably(join(folder, 'b.jsonl'), 'y\n');
  expect(readdirSync(folder).sort()).toEqual(['a.json', 'b.jsonl']);
  expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('two');
  expect(readFileSync(join(folder, 'b.jsonl'), 'utf8')).toBe('x\ny\n');
  expect([folder, join(folder, 'a.json'), join(folder, 'b.jsonl')].map(modeOf)).toEqual(['700', '600', '600']);
});

test('A file that others could read is closed to them when it is replaced', async () => {
  const file = join(tempFolder(), 'agent_state.json');
  writeFileSync(file, '{}');
  chmodSync(file, 0o644);
  await replaceFile(file, '{ }');
  expect(modeOf(file)).toBe('600');
});

test('A file that is not there is no fault; one that cannot be read is', async () => {
  const folder = tempFolder();
  expect(await readIfThere(join(folder, 'nothing'))).toBeNull();
  mkdirSync(join(folder, 'folder'));
  await expect(readIfThere(join(folder, 'folder'))).rejects.toThrow('could not read');
  writeFileSync(join(folder, 'file'), '');
  await expect(readIfThere(join(folder, 'file', 'x'))).rejects.toMatchObject({ systemCode: 'ENOTDIR' });
});

test('A path that leads through a file is a storage fault for every kind of write, with advice', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'file'), 'keep me');
  const below = join(folder, 'file', 'state', 'a.json');
  for (const write of [
    async () => ensureFolder(join(folder, 'file', 'state')),
    () => replaceFile(below, 'x'),
    () => appendDurably(below, 'x'),
  ]) {
    const error = await write().then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(StorageError);
    expect((error as StorageError).advice).toMatch(/STATE_DIR/);
  }
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('keep me');
});

test('A replacement that fails leaves neither half a file nor a temporary one', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'a.json', 'inner'), { recursive: true });
  await expect(replaceFile(join(folder, 'a.json'), 'x')).rejects.toThrow(StorageError);
  expect(readdirSync(folder)).toEqual(['a.json']);
  expect(existsSync(join(folder, 'a.json', 'inner'))).toBe(true);
});

test('An append that the full disk cuts short takes its half line back, so that the next one starts on its own', async () => {
  const file = join(tempFolder(), 'entries.jsonl');
  const script = join(import.meta.dirname, 'append_until_full.ts');
  // The shell's limit on file sizes does what a full disk does: it takes a part of the last write, then refuses.
  execFileSync('bash', ['-c', `ulimit -f 1; exec "${process.execPath}" "${script}" "${file}"`], { stdio: 'pipe' });
  const text = readFileSync(file, 'utf8');
  expect(text.length).toBeGreaterThan(500);
  expect(text.endsWith('\n')).toBe(true);
  await appendDurably(file, 'last\n');
  expect(new Set(readFileSync(file, 'utf8').split('\n'))).toEqual(new Set(['a line of the ledger', 'last', '']));
});

test('A folder that somebody took away is made again by the next append', async () => {
  const folder = join(tempFolder(), 'state');
  const file = join(folder, 'halts.jsonl');
  await appendDurably(file, 'one\n');
  rmSync(folder, { recursive: true });
  await appendDurably(file, 'two\n');
  expect(readFileSync(file, 'utf8')).toBe('two\n');
});

test('An append that fails takes nothing back when somebody else wrote there meanwhile', () => {
  const file = join(tempFolder(), 'halts.jsonl');
  writeFileSync(file, 'first\n');
  const script = join(import.meta.dirname, 'append_beside_another.ts');
  execFileSync('bash', ['-c', `ulimit -f 4096; exec "${process.execPath}" "${script}" "${file}"`], { stdio: 'pipe' });
  const text = readFileSync(file, 'utf8');
  expect(text.startsWith('first\n')).toBe(true);
  expect(text).toContain('theirs\n');
});
