import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openRunArchive } from '../../../src/store/run_archive.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { aFailedRun, anOrdinaryRun, aRecord } from '../../helpers/records.ts';
import { tempFolder } from '../../helpers/requests.ts';

const fileOf = (folder: string, id: string): string => join(folder, 'runs', `${id}.json.gz`);
const idOf = (n: number): string => `20261120T0540${String(n).padStart(2, '0')}000Z`;

describe('The archive of runs', () => {
  test.each([
    ['an ordinary run', anOrdinaryRun()],
    ['a failed one', aFailedRun()],
    ['one with texts of all kinds', anOrdinaryRun({ warnings: ['\u202e', '\ud800', '"\\\n', '山田'] })],
  ])('gives %s back as it was', async (_what, record) => {
    const archive = openRunArchive(tempFolder(), 5);
    const saved = { ...record, runId: idOf(1) };
    await archive.save(saved);
    expect(await archive.load(idOf(1))).toEqual(saved);
    expect(await archive.ids()).toEqual([idOf(1)]);
  });

  test('is small, and for the own user only', async () => {
    const folder = tempFolder();
    await openRunArchive(folder, 5).save({ ...anOrdinaryRun(), runId: idOf(1) });
    expect(statSync(fileOf(folder, idOf(1))).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'runs')).mode & 0o777).toBe(0o700);
    const packed = readFileSync(fileOf(folder, idOf(1)));
    expect(packed.length).toBeLessThan(gunzipSync(packed).length / 2);
  });

  test('keeps the newest runs, and leaves no half-written file behind', async () => {
    const folder = tempFolder();
    const archive = openRunArchive(folder, 3);
    for (const n of [2, 5, 1, 4, 3]) await archive.save(aRecord({ runId: idOf(n) }));
    // The first run was older than all that were there by then, so it went at once.
    expect(await archive.ids()).toEqual([3, 4, 5].map(idOf));
    expect(readdirSync(join(folder, 'runs')).sort()).toEqual([3, 4, 5].map((n) => `${idOf(n)}.json.gz`));
  });

  test('gives the run without its requests, and reads no further for it', async () => {
    const folder = tempFolder();
    const { reviewed: _, ...head } = { ...anOrdinaryRun(), runId: idOf(1) };
    const lines = [JSON.stringify({ schema_version: 3, run: head, requests: 1 }), 'not JSON', ''];
    mkdirSync(join(folder, 'runs'));
    writeFileSync(fileOf(folder, idOf(1)), gzipSync(lines.join('\n')));
    expect(await openRunArchive(folder, 3).loadHead(idOf(1))).toEqual(head);
    expect(await openRunArchive(folder, 3).load(idOf(1))).toBeNull();
  });

  test('replaces the record of the same run', async () => {
    const archive = openRunArchive(tempFolder(), 3);
    await archive.save(aRecord({ runId: idOf(1), verdict: 'done' }));
    await archive.save(aRecord({ runId: idOf(1), verdict: 'done-with-problems' }));
    expect(await archive.load(idOf(1))).toMatchObject({ verdict: 'done-with-problems' });
    expect(await archive.ids()).toHaveLength(1);
  });

  test('is empty before the first run, and creates nothing by being asked', async () => {
    const folder = tempFolder();
    const archive = openRunArchive(folder, 3);
    expect(await archive.ids()).toEqual([]);
    expect(await archive.load(idOf(1))).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves files of others alone', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'runs'));
    writeFileSync(join(folder, 'runs', 'README.md'), 'mine');
    const archive = openRunArchive(folder, 1);
    await archive.save(aRecord({ runId: idOf(1) }));
    await archive.save(aRecord({ runId: idOf(2) }));
    expect(await archive.ids()).toEqual([idOf(2)]);
    expect(readdirSync(join(folder, 'runs')).sort()).toEqual([`${idOf(2)}.json.gz`, 'README.md']);
  });
});

describe('A record that cannot be understood is none', () => {
  const id = idOf(1);
  const whole = gzipSync(JSON.stringify({ schema_version: 3, run: aRecord({ runId: id }), requests: 0 }));
  const packed = (head: object, ...lines: string[]) => gzipSync([JSON.stringify(head), ...lines, ''].join('\n'));
  test.each<[string, Buffer]>([
    ['an empty file', Buffer.alloc(0)],
    ['a file that was cut', whole.subarray(0, whole.length - 20)],
    ['a file that is not packed', Buffer.from('{"schema_version":3,"run":{},"requests":0}')],
    ['no JSON', gzipSync('hello')],
    ['a bare value', gzipSync('null')],
    ['another version', packed({ schema_version: 4, run: aRecord({ runId: id }), requests: 0 })],
    ['a version that fits not its names', packed({ schema_version: 3, record: aRecord({ runId: id }), requests: 0 })],
    ['nor the other way round', packed({ schema_version: 2, run: aRecord({ runId: id }), requests: 0 })],
    ['a record without a version', packed(aRecord({ runId: id }))],
    ['a version without a record', gzipSync('{"schema_version":3,"requests":0}')],
    ['a record that is a text', gzipSync('{"schema_version":3,"run":"x","requests":0}')],
    ['a record that does not say how many requests it has', packed({ schema_version: 3, run: { runId: id } })],
    ['the record of another run', packed({ schema_version: 3, run: aRecord({ runId: 'another' }), requests: 0 })],
    ['a record of nothing', gzipSync('{"schema_version":3,"run":null,"requests":0}')],
    ['fewer requests than it says', packed({ schema_version: 3, run: { runId: id }, requests: 2 }, '{}')],
    ['half a request', packed({ schema_version: 3, run: { runId: id }, requests: 1 }, '{"dossier"')],
    ['a record of the first version without requests', packed({ schema_version: 1, record: { runId: id } })],
    [
      'one of the first version that is another run',
      packed({ schema_version: 1, record: { runId: 'x', reviewed: [] } }),
    ],
    ['one of the first version of nothing', gzipSync('{"schema_version":1,"record":null}')],
    ['one of the second with fewer requests', packed({ schema_version: 2, record: { runId: id }, requests: 2 }, '{}')],
    ['one of the second with half a request', packed({ schema_version: 2, record: { runId: id }, requests: 1 }, '{"a')],
    [
      'one of the second with a strange request',
      packed({ schema_version: 2, record: { runId: id }, requests: 1 }, '{}'),
    ],
  ])('%s', async (_what, bytes) => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'runs'));
    writeFileSync(fileOf(folder, idOf(1)), bytes);
    expect(await openRunArchive(folder, 3).load(idOf(1))).toBeNull();
  });

  test('a folder in its place', async () => {
    const folder = tempFolder();
    mkdirSync(fileOf(folder, idOf(1)), { recursive: true });
    expect(await openRunArchive(folder, 3).load(idOf(1))).toBeNull();
  });

  test.each(['', '..', '../agent_state', '../../etc/passwd', 'a/b', 'a\0b', 'a.b', '%2e%2e', 'run 1'])(
    'nor is there one of the id %j, whatever lies at that path',
    async (id) => {
      const folder = tempFolder();
      mkdirSync(join(folder, 'runs'));
      writeFileSync(join(folder, 'agent_state.json.gz'), whole);
      expect(await openRunArchive(folder, 3).load(id)).toBeNull();
    },
  );
});

test('An archive that cannot be written or listed gives a storage fault', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'runs'), 'a file');
  const archive = openRunArchive(folder, 3);
  await expect(archive.save(aRecord({ runId: idOf(1) }))).rejects.toThrow(StorageError);
  await expect(archive.ids()).rejects.toThrow(StorageError);
});
