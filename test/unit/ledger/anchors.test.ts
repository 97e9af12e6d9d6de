import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anchorFrom, anchorsIn } from '../../../src/ledger/anchors.ts';
import { writeReport } from '../../../src/report/write.ts';
import { realDisk } from '../../../src/store/disk.ts';
import { aRecord, aReviewed } from '../../helpers/records.ts';
import { tempFolder } from '../../helpers/requests.ts';

const SEAL = `hmac-sha256:${'1f'.repeat(32)}`;
/** A snapshot, or a report as version 0.1 wrote it. */
const holding = (entries: number) => JSON.stringify({ record: { entries, seal: SEAL, keyed: true }, other: 1 });
const report = (entries: number) =>
  JSON.stringify({ schema_version: 2, ledger: { entries, seal: SEAL, keyed: true }, other: 1 });

test('The snapshot and the reports that hold a head are anchors, each under its own name', async () => {
  const stateDir = tempFolder();
  const reportDir = tempFolder();
  writeFileSync(join(stateDir, 'agent_state.json'), holding(7));
  writeFileSync(join(reportDir, '2026-11-20T06-05-54Z.json'), holding(6));
  writeFileSync(join(reportDir, '2026-11-20T10-05-54Z.json'), report(8));
  expect(await anchorsIn({ stateDir, reportDir })).toEqual([
    { entries: 7, seal: SEAL, source: `\`${join(stateDir, 'agent_state.json')}\`` },
    { entries: 8, seal: SEAL, source: `\`${join(reportDir, '2026-11-20T10-05-54Z.json')}\`` },
    { entries: 6, seal: SEAL, source: `\`${join(reportDir, '2026-11-20T06-05-54Z.json')}\`` },
  ]);
});

test('What holds none, or nothing that can be read, is passed over', async () => {
  const reportDir = tempFolder();
  const texts = [
    'no JSON',
    '',
    '[]',
    'null',
    '{}',
    '{"record":null}',
    '{"record":{"entries":0,"seal":null}}',
    '{"record":{"entries":-1,"seal":"x"}}',
    `{"record":{"entries":3,"seal":"${SEAL}0"}}`,
    '{"ledger":null}',
    '{"ledger":{"entries":0,"seal":null}}',
    `{"ledger":{"entries":3,"seal":"${SEAL}0"}}`,
    `{"run":{"ledger":{"entries":3,"seal":"${SEAL}"}}}`,
    `{"run":{"record":{"entries":3,"seal":"${SEAL}"}}}`,
    `{"headline":"\\"record\\": {\\"entries\\": 3, \\"seal\\": \\"${SEAL}\\"}"}`,
  ];
  texts.forEach((text, n) => void writeFileSync(join(reportDir, `2026-11-${10 + n}T06-05-54Z.json`), text));
  mkdirSync(join(reportDir, '2026-12-01T06-05-54Z.json'));
  writeFileSync(join(reportDir, '2026-12-02T06-05-54Z.md'), holding(9));
  expect(await anchorsIn({ stateDir: tempFolder(), reportDir })).toEqual([]);
  expect(await anchorsIn({ stateDir: '/nowhere', reportDir: '/nowhere' })).toEqual([]);
});

test('Of a report as it is written now only the beginning is read, however large its window was', async () => {
  const dir = tempFolder();
  const record = aRecord({ ledger: { entries: 7, seal: SEAL, keyed: true }, reviewed: [aReviewed()] });
  const { json } = await writeReport(record, dir);
  const disk = { ...realDisk, read: () => Promise.reject(new Error('read whole')) };
  expect(await anchorsIn({ stateDir: tempFolder(), reportDir: dir }, disk)).toEqual([
    { entries: 7, seal: SEAL, source: `\`${json}\`` },
  ]);
});

test('The newest fifty reports are looked at, and none of an older version that is too large', async () => {
  const asked: string[] = [];
  const names = Array.from({ length: 70 }, (_, n) => `2026-01-01T00-00-00Z-${100 + n}.json`);
  const disk = {
    ...realDisk,
    names: async () => names,
    size: async (file: string) => (file.endsWith('150.json') ? 2 ** 30 : 100),
    readBeginning: async () => '{"of an older version": true',
    read: async (file: string) => {
      asked.push(file.slice(-8, -5));
      return holding(1);
    },
  };
  const anchors = await anchorsIn({ stateDir: 's', reportDir: 'r' }, disk);
  expect(anchors).toHaveLength(51);
  expect(asked.slice(1)).toEqual(
    names
      .slice(-51)
      .filter((name) => !name.includes('150'))
      .map((name) => name.slice(-8, -5))
      .reverse(),
  );
});

test('Reports that hold no head, and files that are no reports, hide none that does', async () => {
  const reportDir = tempFolder();
  const put = (name: string, text: string) => writeFileSync(join(reportDir, name), text);
  for (let hour = 10; hour < 20; hour++) {
    put(`2026-11-20T${hour}-00-00Z.json`, hour % 2 === 0 ? '{"record":null}' : '{"schema_version":2,"ledger":null}');
  }
  for (const name of ['plan.json', 'plan-2.json', 'november.json', 'x']) put(name, holding(99));
  put('2026-11-20T06-00-00Z.json', holding(6));
  put('2026-11-20T05-00-00Z.json', holding(5));
  put('2026-11-20T04-00-00Z.json', holding(4));
  const anchors = await anchorsIn({ stateDir: tempFolder(), reportDir }, realDisk, 2);
  expect(anchors.map(({ entries }) => entries)).toEqual([6, 5]);
});

test('A head can be typed in as a mail shows it', () => {
  expect(anchorFrom(` 412:${SEAL}\n`, 'me')).toEqual({ entries: 412, seal: SEAL, source: 'me' });
  expect(anchorFrom(`1:${SEAL.slice(5)}`, 'me')).toEqual({ entries: 1, seal: SEAL.slice(5), source: 'me' });
  for (const wrong of [
    '',
    '412',
    `412:${SEAL.slice(0, -1)}`,
    `0:${SEAL}`,
    `-1:${SEAL}`,
    `1e3:${SEAL}`,
    `412 ${SEAL}`,
    `412:${SEAL}:`,
  ]) {
    expect(anchorFrom(wrong, 'me'), wrong).toBeNull();
  }
});
