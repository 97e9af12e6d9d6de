import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Disk, realDisk } from '../../../src/store/disk.ts';
import { findHalt, halt, readHalt, readHaltLog, resume } from '../../../src/store/halt.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { NOON, tempFolder } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';

const anna = { at: NOON, by: 'anna', reason: 'INC-4711: odd approvals' };
const ANNAS = { source: 'file', since: NOON, by: 'anna', reason: 'INC-4711: odd approvals' };
const broken = (code: string) => async (file: string) => {
  throw new StorageError('do', file, { code });
};
const said = (folder: string): unknown[] =>
  readFileSync(join(folder, 'halts.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a halt', () => {
  test('is there from halt to resume, in a file that only the own user can read, and in the log with who did it', async () => {
    const folder = tempFolder();
    expect(await readHalt(folder)).toBeNull();
    expect(await halt(folder, anna)).toEqual({ before: null, unrecorded: null });
    expect(await readHalt(folder)).toEqual(ANNAS);
    for (const name of ['halt.json', 'halts.jsonl']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(await resume(folder, { at: NOON + 1, by: 'ben' })).toEqual(ANNAS);
    expect(await readHalt(folder)).toBeNull();
    expect(said(folder)).toMatchObject([
      { what: 'halt', by: 'anna', reason: anna.reason },
      { what: 'resume', by: 'ben' },
    ]);
  });

  test('that is given twice stays the first one, and one that is ended twice is told as none', async () => {
    const folder = tempFolder();
    await halt(folder, anna);
    expect((await halt(folder, { at: NOON + 5, by: 'ben', reason: null })).before).toEqual(ANNAS);
    expect(await readHalt(folder)).toEqual(ANNAS);
    await resume(folder, { at: NOON + 9, by: 'ben' });
    expect(await resume(folder, { at: NOON + 10, by: 'ben' })).toBeNull();
    expect(said(folder)).toHaveLength(2);
  });

  test('is whatever else lies there under its name: nothing that cannot be understood is taken for "go on"', async () => {
    const folder = tempFolder();
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom(
        '',
        '{}',
        'null',
        'false',
        '{"halted":false}',
        '{"since":"yesterday","by":"x","reason":null}',
        '{"since":"0000-01-01T00:00:00+14:00","by":"x","reason":null}',
      ),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        writeFileSync(join(folder, 'halt.json'), text);
        expect(await readHalt(folder)).toMatchObject({ source: 'unreadable', by: null });
      }),
      { numRuns: examples(100) },
    );
  });

  test('is what cannot be read, too: a folder in its place, a right that is missing, a disk that fails', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'halt.json'));
    expect(await readHalt(folder)).toMatchObject({ source: 'unreadable', reason: 'it is no plain file' });
    const there = tempFolder();
    await halt(there, anna);
    for (const code of ['EACCES', 'EIO']) {
      const unread: Disk = { ...realDisk, read: broken(code) };
      expect(await findHalt({ setting: false, stateDir: there }, unread)).toMatchObject({ source: 'unreadable' });
      const unseen: Disk = { ...realDisk, kind: broken(code) };
      expect(await findHalt({ setting: false, stateDir: tempFolder() }, unseen)).toMatchObject({
        source: 'unreadable',
      });
    }
  });

  test.each<[string, (file: string) => void]>([
    ['a link to nowhere', (file) => symlinkSync('/nowhere/at/all', file)],
    ['a link to itself', (file) => symlinkSync(file, file)],
    ['a link to a folder', (file) => symlinkSync(tmpdir(), file)],
    ['a pipe', (file) => execFileSync('mkfifo', [file])],
    [
      'a link to a pipe',
      (file) => {
        execFileSync('mkfifo', [`${file}.pipe`]);
        symlinkSync(`${file}.pipe`, file);
      },
    ],
  ])('is %s under its name too, found without waiting, and ends with resume', async (_what, put) => {
    const folder = tempFolder();
    put(join(folder, 'halt.json'));
    expect(await readHalt(folder)).toMatchObject({ source: 'unreadable' });
    expect(await resume(folder, { at: NOON, by: 'ben' })).toMatchObject({ source: 'unreadable' });
    expect(await readHalt(folder)).toBeNull();
  });

  test('behind a link to the file of a halt is that halt', async () => {
    const [folder, elsewhere] = [tempFolder(), tempFolder()];
    await halt(elsewhere, anna);
    symlinkSync(join(elsewhere, 'halt.json'), join(folder, 'halt.json'));
    expect(await readHalt(folder)).toEqual(ANNAS);
  });

  test('that nobody can read is replaced by one that somebody gives, and ends with resume', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'halt.json'), '{"since"');
    expect((await halt(folder, anna)).before).toMatchObject({ source: 'unreadable' });
    expect(await readHalt(folder)).toEqual(ANNAS);
    writeFileSync(join(folder, 'halt.json'), '');
    expect(await resume(folder, { at: NOON, by: 'ben' })).toMatchObject({ source: 'unreadable' });
    expect(await readHalt(folder)).toBeNull();
  });

  test('is in force when it cannot be logged, and says so; it does not end when that cannot be recorded', async () => {
    const folder = tempFolder();
    const full: Disk = { ...realDisk, append: broken('ENOSPC') };
    expect((await halt(folder, anna, full)).unrecorded).toContain('ENOSPC');
    expect(await readHalt(folder)).toEqual(ANNAS);
    await expect(resume(folder, { at: NOON, by: 'ben' }, full)).rejects.toThrow(StorageError);
    expect(await readHalt(folder)).toEqual(ANNAS);
  });

  test('that cannot be written is an error, never a silent yes', async () => {
    const disk: Disk = { ...realDisk, replace: broken('EROFS') };
    await expect(halt(tempFolder(), anna, disk)).rejects.toThrow(StorageError);
  });

  test('by the setting needs no file and no disk', async () => {
    const none: Disk = { ...realDisk, read: broken('EIO') };
    const found = await findHalt({ setting: true, stateDir: '/nowhere' }, none);
    expect(found).toEqual({ source: 'setting', since: null, by: null, reason: null });
  });

  test('is logged after a line that a crash cut short, not behind it', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'halts.jsonl'), '{"at":"2026-');
    await halt(folder, anna);
    const lines = readFileSync(join(folder, 'halts.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ what: 'halt', by: 'anna' });
  });

  test('of a time that the ledger cannot hold is left out, or every run would break off at it', async () => {
    const folder = tempFolder();
    const line = { at: '0000-01-01T00:00:00+14:00', what: 'halt', by: 'x', reason: null };
    writeFileSync(join(folder, 'halts.jsonl'), `${JSON.stringify(line)}\n`);
    await halt(folder, anna);
    expect((await readHaltLog(folder)).map(({ by }) => by)).toEqual(['anna']);
  });
});
