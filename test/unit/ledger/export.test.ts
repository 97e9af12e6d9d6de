import { expect, test } from 'vitest';
import { BrokenLedgerError } from '../../../src/ledger/broken_ledger_error.ts';
import type { NewEntry, SealedEntry } from '../../../src/ledger/entry.ts';
import { exportLedger, type Wanted } from '../../../src/ledger/export.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { rangeOf } from '../../../src/ledger/range.ts';
import { fits, partsOf } from '../../../src/ledger/seal.ts';
import { fakeClock } from '../../helpers/requests.ts';
import { done, emptyPlace, filled, intended, KEY, NOVEMBER, OCTOBER, type Place } from './ledgers.ts';

const wanted = (part: Partial<Wanted> = {}): Wanted => ({
  ...{ range: rangeOf('2026-10-01', '2026-10-31'), kinds: [], format: 'json', ...part },
});
const exported = async (place: Place, part: Partial<Wanted> = {}) =>
  (await exportLedger({ stateDir: place.state, key: KEY, anchors: [] }, wanted(part))).text;
type Document = { head: { entries: number; seal: string }; kinds: string[] | null; entries: SealedEntry[] };

test('The JSON holds the lines of the range byte for byte, so that their seals can be checked', async () => {
  const place = await filled(KEY);
  const text = await exported(place);
  for (const line of place.lines(OCTOBER)) {
    expect(text.split(/,?\n/)).toContain(line);
    const parts = partsOf(line);
    expect(parts !== null && fits(parts, KEY)).toBe(true);
  }
  const document = JSON.parse(text) as Document;
  expect(document.entries.map(({ seq }) => seq)).toEqual([6, 7, 8]);
  expect(document.head).toEqual({ entries: 8, seal: document.entries[2]?.seal, keyed: true });
});

test('The same range gives the same bytes, in either form, also after the ledger has grown', async () => {
  const place = await filled(KEY);
  const before = [await exported(place), await exported(place, { format: 'csv' })];
  await (await openLedger(place.state, { key: KEY, clock: fakeClock() })).append([done('later')]);
  expect([await exported(place), await exported(place, { format: 'csv' })]).toEqual(before);
});

test('Only the kinds asked for are in it, and a range without entries is an empty one', async () => {
  const place = await filled(KEY);
  const opened = JSON.parse(
    await exported(place, { range: rangeOf('2026-01-01', '2026-12-31'), kinds: ['ledger.opened'] }),
  ) as Document;
  expect(opened.entries.map(({ seq }) => seq)).toEqual([1]);
  expect(opened).toMatchObject({ kinds: ['ledger.opened'], head: { entries: 12 } });
  const none = { range: rangeOf('2025-01-01', '2025-12-31') };
  expect(JSON.parse(await exported(place, none))).toMatchObject({ head: { entries: 0, seal: null }, entries: [] });
  expect((await exported(place, { ...none, format: 'csv' })).split('\r\n')).toHaveLength(2);
});

test('Of a record that is broken anywhere, nothing is handed out', async () => {
  const place = await filled(KEY);
  place.edit(NOVEMBER, (lines) => lines.slice(1));
  await expect(exported(place)).rejects.toThrow(BrokenLedgerError);
});

test('The CSV has a row for each entry, with everything that the entry says in some column', async () => {
  const place = emptyPlace();
  const clock = fakeClock(Date.UTC(2026, 9, 5, 4));
  const run = '20261005T040000000Z';
  const decided: Extract<NewEntry, { kind: 'request.decided' }>['data'] = {
    ...{ request: 'req-1', content: 'c0', policy: 'p0', prompts: 'q0', model: 'gpt', risk: 'low', verdict: 'approve' },
    rules: ['low-risk', 'in-role'],
  };
  const entries: NewEntry[] = [
    { kind: 'request.decided', run, data: decided },
    intended('req-1', { plan: 'plan-7', approvedBy: 'anna' }),
    done('req-1', '=HYPERLINK("http://evil.example")'),
    {
      kind: 'reviewed',
      run: null,
      data: { request: 'req-2', by: 'ben', note: 'fine', when: '2026-10-05T04:00:00.000Z' },
    },
  ];
  await (await openLedger(place.state, { key: KEY, clock })).append(entries);
  const [head = '', ...rows] = (await exported(place, { format: 'csv' })).split('\r\n').slice(0, -1);
  expect(head).toBe(
    'seq,at,kind,run,request,action,result,risk,rules,requestor,asset,actor,approved_by,plan,note,details,seal',
  );
  const seals = place.lines('2026-10.jsonl').map((line) => (JSON.parse(line) as SealedEntry).seal);
  const at = '2026-10-05T04:00:00.000Z';
  expect(rows.map((row) => row.slice(0, row.lastIndexOf(',')))).toEqual([
    `1,${at},ledger.opened,,,,,,,,,,,,,`,
    `2,${at},request.decided,${run},req-1,,approve,low,"low-risk; in-role",,,,,,,"{""content"":""c0"",""policy"":""p0"",""prompts"":""q0"",""model"":""gpt""}"`,
    `3,${at},action.intended,20261120T120000000Z,req-1,approve,,,,id:u-17,asset-7,svc-portcullis,anna,plan-7,,"{""created"":1789000000000,""level"":1}"`,
    `4,${at},action.done,20261120T120000000Z,req-1,approve,done,,,,,,,,"'=HYPERLINK(""http://evil.example"")",`,
    `5,${at},reviewed,,req-2,,,,,,,ben,,,fine,"{""when"":""2026-10-05T04:00:00.000Z""}"`,
  ]);
  expect(rows.map((row) => row.slice(row.lastIndexOf(',') + 1))).toEqual(seals);
});
