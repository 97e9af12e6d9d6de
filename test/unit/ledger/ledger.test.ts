/** Writing the ledger: what a line is, which file it goes to, what a crash, a full disk or a second process leave. */
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NewEntry, SealedEntry } from '../../../src/ledger/entry.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { readLedger } from '../../../src/ledger/read_ledger.ts';
import { ledgerKeyOf } from '../../../src/ledger/seal.ts';
import { type Disk, realDisk } from '../../../src/store/disk.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { hostileText } from '../../helpers/hostile_texts.ts';
import { fakeClock } from '../../helpers/requests.ts';
import {
  done,
  emptyPlace,
  entriesOf,
  filled,
  finding,
  intended,
  KEY,
  NOVEMBER,
  OCTOBER,
  type Place,
  SEPTEMBER,
} from './ledgers.ts';

const NOVEMBER_20 = Date.UTC(2026, 10, 20, 12);
const open = (place: Place, at: number = NOVEMBER_20, part: { disk?: Disk } = {}) =>
  openLedger(place.state, { key: KEY, clock: fakeClock(at), ...part });

describe('A line of the ledger', () => {
  test('holds number, time, kind, run, data, the seal before and its own, in this order', async () => {
    const place = emptyPlace();
    await (await open(place)).append([intended('req-1', { approvedBy: 'anna' })]);
    const [opened, line] = place.lines(NOVEMBER).map((one) => JSON.parse(one) as SealedEntry);
    expect(Object.keys(line ?? {})).toEqual(['seq', 'at', 'kind', 'run', 'data', 'prev', 'seal']);
    expect(opened).toMatchObject({
      seq: 1,
      kind: 'ledger.opened',
      run: null,
      data: {},
      prev: `sha256:${'0'.repeat(64)}`,
    });
    expect(line).toMatchObject({ seq: 2, at: '2026-11-20T12:00:00.000Z', kind: 'action.intended', prev: opened?.seal });
    expect(line?.seal).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
  });

  test('is for the own user only, in a folder that is too', async () => {
    const place = emptyPlace();
    await (await open(place)).append([done('req-1')]);
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([modeOf(place.folder), modeOf(join(place.folder, NOVEMBER))]).toEqual(['700', '600']);
  });

  test('is visible ASCII, whatever people wrote, and gives it back unchanged', async () => {
    const texts = fc.sample(hostileText, 300);
    const place = emptyPlace();
    await (await open(place)).append(texts.map((text) => done(text, text)));
    expect(place.text(NOVEMBER)).toMatch(/^[\x20-\x7e\n]+$/);
    const [, ...found] = await entriesOf(place, { key: KEY });
    expect(found.map(({ data }) => data)).toEqual(
      texts.map((text) => ({ request: text, action: 'approve', note: text })),
    );
  });

  test('that could not be read again is not written', async () => {
    const place = await filled(KEY);
    const ledger = await open(place);
    for (const wrong of [
      { kind: 'mail.sent', run: null, data: { mails: Number.NaN, recipients: 1 } },
      { kind: 'mail.sent', run: null, data: { mails: 1, recipients: 1, to: 'anna' } },
      { kind: 'nothing', run: null, data: {} },
      intended('req-1', { created: Number.POSITIVE_INFINITY }),
    ]) {
      await expect(ledger.append([done('req-1'), wrong as NewEntry])).rejects.toThrow(/cannot be recorded like that/);
    }
    await expect((await open(place, 8.64e15)).append([done('req-1')])).rejects.toThrow(/cannot be recorded/);
    expect(ledger.head().entries).toBe(12);
    expect(place.names()).toHaveLength(3);
    expect(await finding(place, { key: KEY })).toBe('whole');
  });
});

describe('The file of an entry', () => {
  test('is that of its month, and numbers go on across files', async () => {
    const place = await filled(KEY);
    expect(place.names()).toEqual([SEPTEMBER, OCTOBER, NOVEMBER]);
    expect((await entriesOf(place, { key: KEY })).map(({ seq }) => seq)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
  });

  test('is never an older one, although the clock was put back', async () => {
    const place = await filled(KEY);
    await (await open(place, Date.UTC(2026, 8, 1))).append([done('req-13')]);
    expect(place.lines(NOVEMBER)).toHaveLength(5);
    await (await open(place, Date.UTC(2027, 0, 1))).append([done('req-14')]);
    await (await open(place, Date.UTC(2026, 10, 30))).append([done('req-15')]);
    expect(place.lines('2027-01.jsonl')).toHaveLength(2);
    expect(await finding(place, { key: KEY })).toBe('whole');
    expect((await entriesOf(place, { key: KEY })).slice(-3).map(({ at }) => at.slice(0, 7))).toEqual([
      '2026-09',
      '2027-01',
      '2026-11',
    ]);
  });

  test('whatever else lies in the folder is not looked at', async () => {
    const place = await filled(KEY);
    for (const name of ['2026-11.jsonl.731234', 'notes.txt', '2026-13.jsonl', '2026-1.jsonl']) place.put(name, 'hello');
    expect(await finding(place, { key: KEY })).toBe('whole');
    await (await open(place)).append([done('req-13')]);
    expect((await readLedger(place.state, { key: KEY })).head.entries).toBe(13);
  });
});

describe('Whoever holds the ledger', () => {
  test('is told of every entry in order, of those that are there and then of each that is on disk', async () => {
    const place = await filled(KEY);
    const seen: [number, string][] = [];
    const ledger = await openLedger(place.state, {
      ...{ key: KEY, clock: fakeClock() },
      visit: ({ seq }, line) => seen.push([seq, line]),
    });
    expect(seen.map(([seq]) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await ledger.append([done('req-13'), done('req-14')]);
    expect(seen.slice(-2)).toEqual([13, 14].map((seq, i) => [seq, place.lines(NOVEMBER)[4 + i]]));
    await ledger.append([]);
    expect(seen).toHaveLength(14);
  });

  test('knows the head, which is what a report writes down', async () => {
    const place = await filled(KEY);
    const ledger = await open(place);
    expect(ledger.head()).toEqual((await readLedger(place.state, { key: KEY })).head);
    await ledger.append([done('req-13')]);
    expect(ledger.head()).toEqual((await readLedger(place.state, { key: KEY })).head);
    expect(ledger.head()).toMatchObject({ entries: 13, keyed: true });
    expect((await open(emptyPlace())).head()).toEqual({ entries: 0, seal: null, keyed: false });
  });

  test('may add without waiting: the entries stand in the order of the calls', async () => {
    const place = await filled(KEY);
    const ledger = await open(place);
    await Promise.all(Array.from({ length: 20 }, (_, n) => ledger.append([done(`req-${13 + n}`)])));
    const added = (await entriesOf(place, { key: KEY })).slice(12);
    expect(added.map(({ data }) => ('request' in data ? data.request : ''))).toEqual(
      added.map(({ seq }) => `req-${seq}`),
    );
    expect(added).toHaveLength(20);
  });

  test('writes all entries of a call at once, or none', async () => {
    const place = emptyPlace();
    const writes: string[] = [];
    const disk: Disk = {
      ...realDisk,
      append: (file, text, expected) => realDisk.append(file, text, expected).then(() => void writes.push(text)),
    };
    await (await open(place, NOVEMBER_20, { disk })).append([done('a'), done('b'), done('c')]);
    expect(writes).toEqual([place.text(NOVEMBER)]);
    expect(place.lines(NOVEMBER)).toHaveLength(4);
  });
});

describe('After a crash in the middle of a write', () => {
  test('the last line, wherever it stops, is taken off before the next entry, and the ledger says so', async () => {
    const whole = await filled(KEY);
    const text = whole.text(NOVEMBER);
    const before = text.split('\n').slice(0, 3).join('\n').length + 1;
    for (const cut of [before + 1, before + 9, before + 200, text.length - 3, text.length - 2]) {
      const place = await filled(KEY);
      place.put(NOVEMBER, text.slice(0, cut));
      const found = await readLedger(place.state, { key: KEY });
      expect(found).toMatchObject({ head: { entries: 11 }, unfinished: { name: NOVEMBER, line: 4, whole: false } });
      const ledger = await open(place);
      // To open it is not to change it: a run may be writing that very line.
      expect(place.text(NOVEMBER)).toBe(text.slice(0, cut));
      await ledger.append([done('after')]);
      const [mended, after] = (await entriesOf(place, { key: KEY })).slice(11);
      expect(mended).toMatchObject({
        seq: 12,
        kind: 'ledger.mended',
        data: { file: NOVEMBER, cutBytes: cut - before },
      });
      expect(after).toMatchObject({ seq: 13, data: { request: 'after' } });
    }
  });

  test('a line that misses only its line break counts, and gets it', async () => {
    const place = await filled(KEY);
    place.put(NOVEMBER, place.text(NOVEMBER).slice(0, -1));
    const ledger = await open(place);
    expect(ledger.head().entries).toBe(12);
    await ledger.append([done('after')]);
    const [twelfth, mended] = (await entriesOf(place, { key: KEY })).slice(11);
    expect(twelfth).toMatchObject({ data: { request: 'req-12' } });
    expect(mended).toMatchObject({ kind: 'ledger.mended', data: { file: NOVEMBER, cutBytes: 0 } });
  });

  test.each<[string, string | Buffer]>([
    ['nothing but half a line, in a new month', '{"seq":13,"at"'],
    ['an empty file of a new month', ''],
    ['a block of zeros', '\0'.repeat(64)],
    ['bytes that are no text', Buffer.from([0xff, 0x80, 0xc3, 0x28, 0xff])],
  ])('%s is no obstacle, also with the clock put back', async (_what, rest) => {
    for (const now of [Date.UTC(2026, 11, 3), Date.UTC(2027, 1, 1), NOVEMBER_20]) {
      const place = await filled(KEY);
      place.put('2026-12.jsonl', rest);
      const ledger = await open(place, now);
      await ledger.append([done('after')]);
      await ledger.append([done('later')]);
      const added = (await entriesOf(place, { key: KEY })).slice(12).map(({ kind }) => kind);
      expect(added).toEqual([...(rest === '' ? [] : ['ledger.mended']), 'action.done', 'action.done']);
    }
  });

  test('and an empty file of a new month after it, the line is still the last one', async () => {
    const place = await filled(KEY);
    place.put(NOVEMBER, place.text(NOVEMBER).slice(0, -20));
    place.put('2026-12.jsonl', '');
    await (await open(place)).append([done('after')]);
    expect((await entriesOf(place, { key: KEY })).slice(11).map(({ kind }) => kind)).toEqual([
      'ledger.mended',
      'action.done',
    ]);
  });

  test('in the very first write, the ledger begins anew', async () => {
    const place = emptyPlace();
    place.put(NOVEMBER, '{"seq":1,"at":"2026-');
    await (await open(place)).append([done('req-1')]);
    expect((await entriesOf(place, { key: KEY })).map(({ kind }) => kind)).toEqual([
      'ledger.opened',
      'ledger.mended',
      'action.done',
    ]);
  });
});

/** Stands for a disk that fails once, and leaves so much of what should have been written. */
function failing(left: (text: string) => string): { disk: Disk; fail(): void } {
  let next = false;
  return {
    fail: () => {
      next = true;
    },
    disk: {
      ...realDisk,
      append: async (file, text, expected) => {
        await realDisk.append(file, next ? left(text) : text, expected);
        if (!next) return;
        next = false;
        throw new StorageError('write', file, { code: 'EIO' });
      },
    },
  };
}

describe('After a write that failed', () => {
  const ways: [string, (text: string) => string, kinds: string[]][] = [
    ['and left nothing', () => '', []],
    ['and left half a line', (text) => text.slice(0, 40), ['ledger.mended']],
    [
      'and left one entry and a half',
      (text) => text.slice(0, text.indexOf('\n') + 30),
      ['action.not-done', 'ledger.mended'],
    ],
    ['and left everything', (text) => text, ['action.not-done', 'action.unknown']],
    ['and left everything but the line break', (text) => text.slice(0, -1), ['action.not-done', 'ledger.mended']],
  ];
  test.each(ways)('%s, the next one goes on, and the ledger is whole', async (_how, left, kinds) => {
    const place = await filled(KEY);
    const { disk, fail } = failing(left);
    const seen: string[] = [];
    const ledger = await openLedger(place.state, {
      key: KEY,
      clock: fakeClock(),
      disk,
      visit: ({ kind }) => seen.push(kind),
    });
    const data = { request: 'req-13', action: 'close', note: '' } as const;
    fail();
    const lost: NewEntry[] = [
      { kind: 'action.not-done', run: null, data },
      { kind: 'action.unknown', run: null, data },
    ];
    await expect(ledger.append(lost)).rejects.toThrow(StorageError);
    expect(ledger.head().entries).toBe(12);
    await ledger.append([done('after')]);
    const found = await entriesOf(place, { key: KEY });
    expect(found.slice(12).map(({ kind }) => kind)).toEqual([...kinds, 'action.done']);
    // Whoever derives a history from it knows of what was left, too.
    expect(seen).toEqual(found.map(({ kind }) => kind));
  });

  test('in the very first one, what the ledger has to say of itself is said once, and nothing of it is lost', async () => {
    const place = emptyPlace();
    place.put(NOVEMBER, '{"seq":1,"at"');
    const { disk, fail } = failing((text) => text.slice(0, text.indexOf('\n') + 30));
    const ledger = await open(place, NOVEMBER_20, { disk });
    fail();
    await expect(ledger.append([done('lost')])).rejects.toThrow(StorageError);
    await ledger.append([done('after')]);
    const found = (await entriesOf(place, { key: KEY })).map(({ kind }) => kind);
    expect(found).toEqual(['ledger.opened', 'ledger.mended', 'ledger.mended', 'action.done']);
  });

  test('in the mending of a line, the mending is tried again', async () => {
    for (const tooLate of [false, true]) {
      const place = await filled(KEY);
      truncateSync(join(place.folder, NOVEMBER), place.text(NOVEMBER).length - 9);
      let broken = true;
      const cut: Disk['cut'] = async (file, bytes) => {
        if (tooLate || !broken) await realDisk.cut(file, bytes);
        if (broken) throw new StorageError('write', file, { code: 'EIO' });
      };
      const ledger = await open(place, NOVEMBER_20, { disk: { ...realDisk, cut } });
      await expect(ledger.append([done('after')])).rejects.toThrow('EIO');
      broken = false;
      await ledger.append([done('after')]);
      expect((await entriesOf(place, { key: KEY })).slice(11).map(({ kind }) => kind)).toEqual([
        'ledger.mended',
        'action.done',
      ]);
    }
  });
});

describe('A process that took the folder over', () => {
  const FOREIGN = { name: 'BrokenLedgerError', finding: 'foreign' };

  test('stops this one, from its first entry on; nothing is written and the ledger stays whole', async () => {
    const place = await filled(KEY);
    const [first, second] = [await open(place), await open(place)];
    await second.append([done('by the second')]);
    await expect(first.append([done('by the first')])).rejects.toMatchObject(FOREIGN);
    await expect(first.append([done('by the first')])).rejects.toMatchObject(FOREIGN);
    expect(first.head().entries).toBe(12);
    await second.append([done('by the second')]);
    expect((await entriesOf(place, { key: KEY })).slice(12).map(({ data }) => data)).toEqual([
      done('by the second').data,
      done('by the second').data,
    ]);
  });

  test('also when it began a new month, or the ledger', async () => {
    const place = await filled(KEY);
    const first = await open(place);
    await (await open(place, Date.UTC(2026, 11, 1))).append([done('in December')]);
    await expect(first.append([done('in November')])).rejects.toMatchObject(FOREIGN);

    const empty = emptyPlace();
    const [one, two] = [await open(empty), await open(empty, Date.UTC(2026, 9, 1))];
    await two.append([done('first')]);
    await expect(one.append([done('too late')])).rejects.toMatchObject(FOREIGN);
  });

  test('also between the look and the write', async () => {
    const place = await filled(KEY);
    const second = await open(place);
    let meanwhile = async () => second.append([done('meanwhile')]);
    const append: Disk['append'] = async (...given) => {
      await meanwhile();
      meanwhile = async () => {};
      return realDisk.append(...given);
    };
    const first = await open(place, NOVEMBER_20, { disk: { ...realDisk, append } });
    await expect(first.append([done('by the first')])).rejects.toMatchObject(FOREIGN);
    expect(await finding(place, { key: KEY })).toBe('whole');
    expect(place.lines(NOVEMBER).at(-1)).toContain('meanwhile');
  });

  test.each<[string, (place: Place) => void]>([
    ['cut the file', (p) => truncateSync(join(p.folder, NOVEMBER), 100)],
    ['emptied the file', (p) => p.put(NOVEMBER, '')],
    ['added to it', (p) => p.put(NOVEMBER, `${p.text(NOVEMBER)}x`)],
  ])('as does anybody who %s', async (_what, hand) => {
    const place = await filled(KEY);
    const ledger = await open(place);
    hand(place);
    await expect(ledger.append([done('after')])).rejects.toMatchObject(FOREIGN);
  });
});

test('A key is at least 32 characters, without what a file adds at its ends, and shows itself nowhere', async () => {
  const text = 'ñ key with blanks inside, 32 or more';
  expect(ledgerKeyOf('x'.repeat(31))).toBeNull();
  expect(ledgerKeyOf(`${'x'.repeat(31)}\n`)).toBeNull();
  const [a, b] = [ledgerKeyOf(text), ledgerKeyOf(` ${text}\r\n`)];
  expect(b !== null && a?.equals(b)).toBe(true);
  const { inspect } = await import('node:util');
  expect(inspect(a, { depth: 9, showHidden: true }) + JSON.stringify({ a }) + String(a)).not.toContain('blanks');
});
