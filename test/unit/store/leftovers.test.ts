import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clearLeftovers } from '../../../src/store/leftovers.ts';
import { tempFolder } from '../../helpers/requests.ts';

const NOW = Date.now();
const KILLED = [
  'state/.agent_state.json.portcullis-half-123',
  'state/..pending_request.json.portcullis-half-2147483647',
  'state/ledger/.2026-11.jsonl.portcullis-half-7',
  'state/runs/.20261120.json.gz.portcullis-half-99',
  'state/outbox/.2026-11-20T05-40-12.000Z_run.json.portcullis-half-1731',
  'reports/.2026-11-20T05-40-12Z.md.portcullis-half-5',
  'reports/.2026-11-20T05-40-12Z.mail.html.portcullis-half-0',
];
/** Copies of evidence, by the names that people and log rotation give them. */
const COPIES = [
  'state/agent_state.json.20261120',
  'state/halts.jsonl.1731234567',
  'state/ledger/2026-11.jsonl.1',
  'state/ledger/2026-11.jsonl.20261120',
  'state/ledger.broken-20261120/2026-11.jsonl.2',
  'state/runs/20261120T054012000Z.json.gz.1',
  'reports/2026-11-20T05-40-12Z.md.20261120',
];
const WHOLE = [
  ...COPIES,
  'state/agent_state.json',
  'state/agent_state.json.damaged-0a1b2c3d',
  'state/ledger/2026-11.jsonl',
  'state/outbox/one.json.damaged',
  'state/backup.tar.20261120',
  'state/outbox/deeper/.agent_state.json.portcullis-half-123',
  'reports/2026-11-20T05-40-12Z.md',
  'reports/notes.md',
];
const HALF = '.agent_state.json.portcullis-half-123';
/** A report's place was taken, and its maker killed; and an empty file that is somebody's own. */
const EMPTY = ['reports/2026-11-20T05-40-13Z.md', 'reports/2026-11-20T05-40-13Z-2.json'];
const OWN_EMPTY = ['reports/todo.md', 'state/agent_state.json.bak'];

function folderWith(age: number) {
  const folder = tempFolder();
  const put = (name: string, text: string) => {
    const file = join(folder, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, new Date(NOW - age), new Date(NOW - age));
  };
  for (const name of [...KILLED, ...WHOLE]) put(name, 'x');
  for (const name of [...EMPTY, ...OWN_EMPTY]) put(name, '');
  const nearly = 'state/lock.0f1e2d3c-0000-4000-8000-000000000001.json';
  put(`${nearly}/mark.json`, '{}');
  utimesSync(join(folder, nearly), new Date(NOW - age), new Date(NOW - age));
  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  return { places: { state: join(folder, 'state'), reports: join(folder, 'reports') }, files, folder };
}

test('What killed processes left half-way is removed, and nothing that was ever whole', async () => {
  const { places, files, folder } = folderWith(3_600_000);
  const removed = await clearLeftovers(places, NOW);
  expect(files()).toEqual([...WHOLE, ...OWN_EMPTY].sort());
  const named = removed.map((path) => path.slice(folder.length + 1)).filter((path) => !path.startsWith('state/lock.'));
  expect(named.sort()).toEqual([...KILLED, ...EMPTY].sort());
  expect(removed).toHaveLength(named.length + 1);
});

test('What is young may still be somebody’s: `review` and `halt` write without the lock', async () => {
  const { places, files } = folderWith(60_000);
  const before = files();
  expect(await clearLeftovers(places, NOW)).toEqual([]);
  expect(files()).toEqual(before);
});

test('Folders that are not there, and a link to a folder elsewhere, are left alone', async () => {
  const { places, folder } = folderWith(3_600_000);
  const elsewhere = join(tempFolder(), 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, HALF), 'x');
  utimesSync(join(elsewhere, HALF), 0, 0);
  symlinkSync(elsewhere, join(places.state, 'linked'));
  await clearLeftovers({ state: places.state, reports: join(folder, 'none') }, NOW);
  expect(readdirSync(elsewhere)).toEqual([HALF]);
});
