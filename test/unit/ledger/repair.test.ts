import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openActionHistory } from '../../../src/ledger/action_history.ts';
import { anchorsIn } from '../../../src/ledger/anchors.ts';
import { repairLedger } from '../../../src/ledger/repair.ts';
import { ledgerKeyOf } from '../../../src/ledger/seal.ts';
import { entriesIn, ledgerFiles } from '../../helpers/ledger.ts';
import { fakeClock, NOON, tempFolder } from '../../helpers/requests.ts';

const clock = fakeClock();
const KEY = ledgerKeyOf('k'.repeat(40));
const OTHER_KEY = ledgerKeyOf('o'.repeat(40));
const repair = (stateDir: string, key = KEY) => repairLedger({ stateDir, key, by: 'mia', reason: 'INC-7', clock });

/** A history of three requests: one done, one begun, one that came to nothing. */
async function remembered(key = KEY): Promise<string> {
  const folder = tempFolder();
  const history = await openActionHistory(folder, clock, { key });
  for (const [id, result] of [
    ['done', 'done'],
    ['begun', null],
    ['not', 'not-done'],
  ] as const) {
    const intent = { run: 'run-1', request: id, action: 'approve', created: NOON, level: 1 } as const;
    await history.intend(intent);
    if (result !== null) await history.conclude(intent, result, '');
  }
  await history.save(true);
  return folder;
}
const fileOf = (folder: string) => ledgerFiles(folder)[0] ?? '';
const change = (file: string, how: (text: string) => string) => writeFileSync(file, how(readFileSync(file, 'utf8')));

test('A history that is whole is left alone', async () => {
  const folder = await remembered();
  const before = readFileSync(fileOf(folder), 'utf8');
  expect(await repair(folder)).toEqual({ kind: 'whole' });
  expect(readFileSync(fileOf(folder), 'utf8')).toBe(before);
});

test('A damaged snapshot is made anew from the ledger, and the damaged one is kept', async () => {
  const folder = await remembered();
  const snapshot = join(folder, 'agent_state.json');
  const { last_run: _, ...before } = JSON.parse(readFileSync(snapshot, 'utf8'));
  writeFileSync(snapshot, '{"last_run":');
  const repaired = await repair(folder);
  expect(repaired).toEqual({ kind: 'snapshot', keptAs: expect.stringContaining('agent_state.json.broken-') });
  expect(JSON.parse(readFileSync(snapshot, 'utf8'))).toMatchObject(before);
  expect(readFileSync((repaired as { keptAs: string }).keptAs, 'utf8')).toBe('{"last_run":');
});

test.each<[string, (folder: string) => void, readonly string[]]>([
  ['altered', (folder) => change(fileOf(folder), (text) => text.replace('run-1', 'run-2')), ['done', 'begun', 'not']],
  // Of a line that is gone only the snapshot still tells.
  ['cut', (folder) => change(fileOf(folder), (text) => text.split('\n').slice(0, 1).join('\n').concat('\n')), ['done']],
  ['gone', (folder) => rmSync(fileOf(folder)), ['done']],
  [
    'unreadable in one line',
    (folder) => change(fileOf(folder), (text) => text.replace('{"seq":3', 'x')),
    ['done', 'begun', 'not'],
  ],
  [
    'altered, with a damaged snapshot',
    (folder) => {
      change(fileOf(folder), (text) => text.replace('run-1', 'run-2'));
      writeFileSync(join(folder, 'agent_state.json'), '[]');
    },
    ['done', 'begun', 'not'],
  ],
])(
  'A record that is %s is put aside, and what is still known as acted on is not decided on again',
  async (_how, harm, ids) => {
    const folder = await remembered();
    harm(folder);
    const broken = existsSync(fileOf(folder)) ? readFileSync(fileOf(folder), 'utf8') : null;
    await expect(openActionHistory(folder, clock, { key: KEY })).rejects.toThrow();
    const repaired = await repair(folder);
    expect(repaired).toMatchObject({ kind: 'ledger', acted: ids.length });
    if (broken !== null) {
      const aside = readdirSync(folder).find((name) => name.startsWith('ledger.broken-')) ?? '';
      expect(readFileSync(join(folder, aside, '2026-11.jsonl'), 'utf8')).toBe(broken);
    }
    const history = await openActionHistory(folder, clock, { key: KEY });
    for (const id of ids) {
      expect([history.acted(id, 'approve'), history.acted(id, 'reject')], id).toEqual([true, true]);
      expect(history.acted(id, 'close'), id).toBe(false);
    }
    expect(entriesIn(folder)[1]).toMatchObject({ kind: 'ledger.restarted', data: { by: 'mia', reason: 'INC-7' } });
    expect(await repair(folder), 'once is enough').toEqual({ kind: 'whole' });
  },
);

test('With another key, or none, nothing is put aside: the ledger may be whole', async () => {
  const folder = await remembered();
  change(join(folder, 'agent_state.json'), (text) => text.replace('"record"', '"other"'));
  for (const key of [OTHER_KEY, null]) await expect(repair(folder, key)).rejects.toThrow(/key/);
  expect(readdirSync(folder).filter((name) => name.includes('broken'))).toEqual([]);
});

test('A record without a key goes on with one when a person says that it is new; a report that saw one speaks against it', async () => {
  const folder = await remembered(null);
  await expect(openActionHistory(folder, clock, { key: KEY })).rejects.toMatchObject({ finding: 'no-key' });
  expect(await repair(folder)).toEqual({ kind: 'keyed', entries: 6 });
  expect(entriesIn(folder).at(-1)).toMatchObject({ kind: 'ledger.keyed', data: { by: 'mia', reason: 'INC-7' } });
  const history = await openActionHistory(folder, clock, { key: KEY });
  expect(history.acted('done', 'approve')).toBe(true);
  expect(history.orders).toEqual([expect.stringMatching(/sealed with a key from entry 7 on, .*mia ordered .*"INC-7"/)]);
  expect(await repair(folder), 'once is enough').toEqual({ kind: 'whole' });

  const rewritten = await remembered(null);
  const seen = { entries: 3, seal: `hmac-sha256:${'a'.repeat(64)}`, source: 'a report' };
  const { kind } = await repairLedger({
    ...{ stateDir: rewritten, key: KEY, anchors: [seen], by: 'mia', reason: 'INC-7', clock },
  });
  expect(kind).toBe('ledger');
});

test('A record that is whole and shorter than a report says is put aside like a broken one', async () => {
  const folder = await remembered();
  const seen = { entries: 30, seal: `hmac-sha256:${'a'.repeat(64)}`, source: 'a report' };
  const repaired = await repairLedger({
    stateDir: folder,
    key: KEY,
    anchors: [seen],
    by: 'mia',
    reason: 'INC-7',
    clock,
  });
  expect(repaired).toMatchObject({ kind: 'ledger', why: expect.stringMatching(/a report knows of entry 30/) });
  const history = await openActionHistory(folder, clock, { key: KEY });
  expect(history.acted('done', 'reject')).toBe(true);
  expect(history.orders).toEqual([
    expect.stringMatching(/began anew .*a report knows of entry 30.*mia ordered .*"INC-7"/),
  ]);
});

test('Reports from before do not speak against the new record, later ones do', async () => {
  const folder = await remembered();
  const reports = tempFolder();
  const report = (name: string, finishedAt: number) =>
    writeFileSync(
      join(reports, name),
      JSON.stringify({
        run: { finished_at: new Date(finishedAt).toISOString() },
        record: { entries: 5, seal: `sha256:${'a'.repeat(64)}` },
      }),
    );
  report('2026-11-20T11-00-00Z.json', NOON - 1000);
  report('2026-11-20T13-00-00Z.json', NOON + 1000);
  const known = async () => (await anchorsIn({ stateDir: folder, reportDir: reports })).map(({ source }) => source);
  expect((await known()).filter((source) => source.includes('T11-'))).toHaveLength(1);
  rmSync(fileOf(folder));
  await repair(folder);
  const after = await known();
  expect(after.filter((source) => source.includes('T11-'))).toEqual([]);
  expect(after.filter((source) => source.includes('T13-'))).toHaveLength(1);
});
