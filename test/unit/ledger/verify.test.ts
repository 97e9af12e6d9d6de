import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { repairLedger } from '../../../src/ledger/repair.ts';
import { verifyLedger } from '../../../src/ledger/verify.ts';
import { verifyText } from '../../../src/ledger/verify_text.ts';
import { fakeClock } from '../../helpers/requests.ts';
import { anchorOf, done, emptyPlace, filled, KEY, NOVEMBER, OCTOBER, type Place } from './ledgers.ts';

const verified = (place: Place, key: typeof KEY | null, anchors: Parameters<typeof verifyLedger>[0]['anchors'] = []) =>
  verifyLedger({ stateDir: place.state, key, anchors });
const told = async (...given: Parameters<typeof verified>) => verifyText(await verified(...given));

test('A whole ledger is told with its files, its ends, its head, and what was compared', async () => {
  const place = await filled(KEY);
  const anchor = await anchorOf(place, KEY, '`reports/one.json`');
  expect(await verified(place, KEY, [anchor])).toMatchObject({
    whole: true,
    head: { entries: 12, seal: anchor.seal, keyed: true },
    first: '2026-09-28T04:00:00.000Z',
    last: '2026-11-20T04:03:00.000Z',
    plainEntries: 0,
    unfinished: null,
    anchors: [anchor],
  });
  const text = await told(place, KEY, [anchor]);
  expect(text).toMatch(/^✓ the ledger is whole: 12 entries in 3 files\n/);
  expect(text).toContain(`head      12:${anchor.seal}\n`);
  expect(text).toMatch(/from {6}2026-09-28 04:00 UTC\nto {8}2026-11-20 04:03 UTC\n/);
  expect(text).toMatch(/key {7}every entry is sealed with it\n/);
  expect(text).toMatch(
    /compared {2}with 1 head written down elsewhere, which agree; the furthest is `reports\/one\.json` with entry 12\n/,
  );
});

test('What no key protects is said', async () => {
  expect(await told(await filled(null), null)).toMatch(
    /key {7}none: .*could have rewritten all of it.*LEDGER_KEY_ASSET_ID\ncompared {2}with nothing: /,
  );
  const place = await filled(null);
  await (await openLedger(place.state, { key: KEY, clock: fakeClock(), keyIsNew: true })).append([done('req-13')]);
  expect(await told(place, KEY)).toMatch(
    /key {7}entry 13 is sealed with it; entries 1–12 carry no key: whoever could write to the folder could have altered them\n/,
  );
});

test('A last line that is not finished is no finding, and said', async () => {
  const place = await filled(KEY);
  place.put(NOVEMBER, place.text(NOVEMBER).slice(0, -20));
  const before = place.text(NOVEMBER);
  expect(await verified(place, KEY)).toMatchObject({
    whole: true,
    head: { entries: 11 },
    unfinished: { line: 4, entryWhole: false },
  });
  expect(await told(place, KEY)).toMatch(
    /note {6}line 4 of .*2026-11\.jsonl stops half-way: a run is writing it just now, or a crash cut it short/,
  );
  expect(place.text(NOVEMBER)).toBe(before);
});

test('A broken ledger is told by its first broken place, with what to do', async () => {
  const place = await filled(KEY);
  place.edit(OCTOBER, (lines) => lines.toSpliced(1, 1));
  expect(await verified(place, KEY)).toMatchObject({
    whole: false,
    finding: 'missing',
    line: 2,
    message: expect.stringContaining('entry 7 is missing'),
  });
  const text = await told(place, KEY);
  expect(text).toMatch(/^✗ the ledger is broken: line 2 of `.*2026-10\.jsonl`: entry 7 is missing\n/);
  expect(text).toMatch(
    /finding {3}missing\nto do {5}nothing is acted on until it is put right: bring the missing lines/,
  );
});

test('A snapshot that no run would act on is said, whatever the ledger is', async () => {
  for (const place of [await filled(KEY), emptyPlace()]) {
    writeFileSync(join(place.state, 'agent_state.json'), '{"actioned_ids":');
    expect(await verified(place, KEY)).toMatchObject({
      whole: true,
      snapshotDamage: expect.stringMatching(/not complete/),
    });
    expect(await told(place, KEY)).toMatch(/snapshot {2}✗ .*agent_state\.json.*no run acts on anything.*ledger repair/);
  }
});

test('A record that a person had begin anew says so, and who it was', async () => {
  const place = await filled(KEY);
  place.edit(OCTOBER, (lines) => lines.toSpliced(1, 1));
  await repairLedger({ stateDir: place.state, key: KEY, by: 'mia', reason: 'INC-7', clock: fakeClock() });
  expect(await told(place, KEY)).toMatch(
    /note {6}mia had it begin anew on 2026-.*: "INC-7"; heads from before do not fit/,
  );
});

test('No ledger is told as one that has not begun', async () => {
  expect(await told(emptyPlace(), null)).toMatch(/^✓ there is no ledger yet/);
});
