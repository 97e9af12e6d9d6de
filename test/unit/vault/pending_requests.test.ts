import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realDisk } from '../../../src/store/disk.ts';
import { openPendingRequests, type PendingRequest } from '../../../src/store/pending_requests.ts';
import { StorageError } from '../../../src/util/errors.ts';

let folder: string;
const file = () => join(folder, '.pending_request.json');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-pending-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (assetId: string, requestId: string | null = null): PendingRequest => ({
  assetId,
  requestId,
  action: null,
  submittedAt: 1,
});

test('a state folder without the file has nothing pending, and none is made by looking', async () => {
  const pending = await openPendingRequests(folder);
  expect([pending.all(), pending.of('a1')]).toEqual([[], null]);
  await pending.drop('a1');
  expect(await readdir(folder)).toEqual([]);
});

test('what is put there is there for the next run, one entry per asset', async () => {
  const pending = await openPendingRequests(folder);
  await pending.put(entry('a1'));
  await pending.put(entry('a2', 'r2'));
  await pending.put(entry('a1', 'r1'));
  const next = await openPendingRequests(folder);
  expect(next.all()).toEqual([entry('a2', 'r2'), entry('a1', 'r1')]);
  await next.drop('a2');
  expect((await openPendingRequests(folder)).all()).toEqual([entry('a1', 'r1')]);
});

test('the file can be read by us alone, also when an older one was open to all', async () => {
  await writeFile(file(), '{"requests":[]}');
  await chmod(file(), 0o644);
  await (await openPendingRequests(folder)).put(entry('a1'));
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['.pending_request.json']);
});

test('many changes at once leave the last state on disk', async () => {
  const pending = await openPendingRequests(folder);
  await Promise.all(Array.from({ length: 30 }, (_, i) => pending.put(entry(`a${i}`))));
  await Promise.all(Array.from({ length: 29 }, (_, i) => pending.drop(`a${i}`)));
  expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ requests: [entry('a29')] });
});

test.each([
  ['empty', ''],
  ['half', '{"requests":[{"assetId":"a1"'],
  ['a list', '[]'],
  ['of another shape', '{"requests":[{"assetId":"","requestId":1}]}'],
  ['null', 'null'],
])('a file that is %s counts as nothing pending, because the vault itself knows', async (_name, text) => {
  await writeFile(file(), text);
  const pending = await openPendingRequests(folder);
  expect(pending.all()).toEqual([]);
  await pending.put(entry('a1'));
  expect((await openPendingRequests(folder)).all()).toEqual([entry('a1')]);
});

test('a file that cannot be read or written is an error that names it', async () => {
  await mkdir(file());
  await expect(openPendingRequests(folder)).rejects.toThrow(StorageError);
  await expect(openPendingRequests(folder)).rejects.toThrow(/\.pending_request\.json/);
});

test('an entry that could not be written to disk is still known in this process, so that it is given back', async () => {
  const pending = await openPendingRequests(folder);
  await mkdir(file());
  await expect(pending.put(entry('a1', 'r1'))).rejects.toThrow(StorageError);
  expect(pending.of('a1')).toEqual(entry('a1', 'r1'));
});

test('one that was only about to be asked for, and could not be written to disk, is not asked for and not known', async () => {
  const pending = await openPendingRequests(folder);
  await mkdir(file());
  await expect(pending.put(entry('a1', null))).rejects.toThrow(StorageError);
  expect(pending.all()).toEqual([]);
});

test('Without the lock the file is left to whoever has it: nothing is added, and what was given back is forgotten here alone', async () => {
  const entry = (assetId: string) => ({ assetId, requestId: 'cr-1', action: 'AssetView', submittedAt: 1 });
  await (await openPendingRequests(folder)).put(entry('ours'));
  let held = true;
  const frozen = await openPendingRequests(folder, realDisk, () => held);
  held = false;
  await (await openPendingRequests(folder)).put(entry('theirs'));
  await expect(frozen.put(entry('late'))).rejects.toThrow(/lock/);
  await frozen.drop('ours');
  expect(frozen.of('ours')).toBeNull();
  expect((await openPendingRequests(folder)).all().map(({ assetId }) => assetId)).toEqual(['ours', 'theirs']);
});

test('when the lock went while the file was being written, nothing may be asked for', async () => {
  let held = true;
  const slow = {
    ...realDisk,
    replace: async (...given: Parameters<typeof realDisk.replace>) => {
      await realDisk.replace(...given);
      // The process slept behind the write, and somebody else took over.
      held = false;
    },
  };
  const pending = await openPendingRequests(folder, slow, () => held);
  await expect(pending.put(entry('a1'))).rejects.toThrow('the lock on the state folder was lost');
  expect(pending.of('a1')).toBeNull();
});
