/** Every way of tampering with the ledger, by real edits of real files. */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NewEntry } from '../../../src/ledger/entry.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { readLedger } from '../../../src/ledger/read_ledger.ts';
import { NO_SEAL, sealed } from '../../../src/ledger/seal.ts';
import { fakeClock } from '../../helpers/requests.ts';
import {
  anchorOf,
  brokenOr,
  done,
  emptyPlace,
  filled,
  finding,
  KEY,
  NOVEMBER,
  OCTOBER,
  OTHER_KEY,
  type Place,
  RUN,
  SEPTEMBER,
} from './ledgers.ts';

const swap = (lines: string[], a: number, b: number): string[] =>
  lines.map((line, i) => (i === a ? lines[b] : i === b ? lines[a] : line) ?? '');
const remove = (place: Place, name: string) => rmSync(join(place.folder, name));

/** The hand, and what is found: the word, the file, the line. */
const HANDS: Record<string, [hand: (place: Place) => void, found: string]> = {
  'a word in an entry': [(p) => p.put(OCTOBER, p.text(OCTOBER).replace('req-7', 'req-X')), `altered ${OCTOBER}:2`],
  'a time in an entry': [(p) => p.put(OCTOBER, p.text(OCTOBER).replace('T04:01', 'T04:07')), `altered ${OCTOBER}:2`],
  'a number of an entry': [
    (p) => p.put(OCTOBER, p.text(OCTOBER).replace('{"seq":7', '{"seq":17')),
    `altered ${OCTOBER}:2`,
  ],
  'a seal': [
    (p) => p.edit(OCTOBER, (l) => l.map((line, i) => (i === 1 ? flipped(line) : line))),
    `altered ${OCTOBER}:2`,
  ],
  'a blank added to an entry': [
    (p) => p.put(NOVEMBER, p.text(NOVEMBER).replace('"seq":9,', '"seq":9, ')),
    `altered ${NOVEMBER}:1`,
  ],
  'line ends of another system': [
    (p) => p.put(SEPTEMBER, p.text(SEPTEMBER).replaceAll('\n', '\r\n')),
    `not-readable ${SEPTEMBER}:1`,
  ],
  'an entry removed': [(p) => p.edit(OCTOBER, (l) => l.toSpliced(1, 1)), `missing ${OCTOBER}:2`],
  'three entries removed': [(p) => p.edit(SEPTEMBER, (l) => l.toSpliced(1, 3)), `missing ${SEPTEMBER}:2`],
  'the first entry removed': [(p) => p.edit(SEPTEMBER, (l) => l.slice(1)), `missing ${SEPTEMBER}:1`],
  'the last entry of a month removed': [(p) => p.edit(SEPTEMBER, (l) => l.slice(0, -1)), `missing ${OCTOBER}:1`],
  'the first month removed': [(p) => remove(p, SEPTEMBER), `missing ${OCTOBER}:1`],
  'a month in between removed': [(p) => remove(p, OCTOBER), `missing ${NOVEMBER}:1`],
  'a month emptied': [(p) => p.put(OCTOBER, ''), `missing ${NOVEMBER}:1`],
  'two lines swapped': [(p) => p.edit(SEPTEMBER, (l) => swap(l, 2, 3)), `reordered ${SEPTEMBER}:3`],
  'two far ones swapped': [(p) => p.edit(SEPTEMBER, (l) => swap(l, 0, 4)), `reordered ${SEPTEMBER}:1`],
  'one moved down': [(p) => p.edit(NOVEMBER, (l) => [...l.toSpliced(1, 1), l[1] ?? '']), `reordered ${NOVEMBER}:2`],
  'two months exchanged': [
    (p) => {
      renameSync(join(p.folder, SEPTEMBER), join(p.folder, 'x'));
      renameSync(join(p.folder, OCTOBER), join(p.folder, SEPTEMBER));
      renameSync(join(p.folder, 'x'), join(p.folder, OCTOBER));
    },
    `reordered ${SEPTEMBER}:1`,
  ],
  'one moved to the end of the month before': [
    (p) => {
      const [first = '', ...rest] = p.lines(NOVEMBER);
      p.edit(OCTOBER, (l) => [...l, first]);
      p.edit(NOVEMBER, () => rest);
    },
    `reordered ${OCTOBER}:4`,
  ],
  'one moved to the beginning of the month after': [
    (p) => {
      const last = p.lines(OCTOBER).at(-1) ?? '';
      p.edit(OCTOBER, (l) => l.slice(0, -1));
      p.edit(NOVEMBER, (l) => [last, ...l]);
    },
    `reordered ${NOVEMBER}:1`,
  ],
  'a month renamed': [
    (p) => renameSync(join(p.folder, SEPTEMBER), join(p.folder, '2026-08.jsonl')),
    'reordered 2026-08.jsonl:1',
  ],
  'two months in one file': [
    (p) => {
      p.put(OCTOBER, p.text(OCTOBER) + p.text(NOVEMBER));
      remove(p, NOVEMBER);
    },
    `reordered ${OCTOBER}:4`,
  ],
  'one doubled': [(p) => p.edit(OCTOBER, (l) => [l[0] ?? '', ...l]), `doubled ${OCTOBER}:2`],
  'one doubled further down': [(p) => p.edit(NOVEMBER, (l) => [...l, l[0] ?? '']), `doubled ${NOVEMBER}:5`],
  'one doubled further up': [(p) => p.edit(NOVEMBER, (l) => [l[2] ?? '', ...l]), `doubled ${NOVEMBER}:1`],
  'one put in the place of another': [
    (p) => p.edit(NOVEMBER, (l) => swap([...l], 9, 9).toSpliced(2, 1, l[0] ?? '')),
    `doubled ${NOVEMBER}:3`,
  ],
  'an empty line': [(p) => p.edit(OCTOBER, (l) => l.toSpliced(1, 0, '')), `not-readable ${OCTOBER}:2`],
  'a remark in between': [
    (p) => p.edit(OCTOBER, (l) => l.toSpliced(1, 0, '// all in order')),
    `not-readable ${OCTOBER}:2`,
  ],
  'an older month that ends half-way': [
    (p) => p.put(SEPTEMBER, p.text(SEPTEMBER).slice(0, -30)),
    `altered ${SEPTEMBER}:5`,
  ],
  'the last line break of an older month': [
    (p) => p.put(SEPTEMBER, p.text(SEPTEMBER).slice(0, -1)),
    `altered ${SEPTEMBER}:5`,
  ],
  'something behind the last entry': [
    (p) => p.put(NOVEMBER, `${p.text(NOVEMBER).slice(0, -1)} `),
    `altered ${NOVEMBER}:4`,
  ],
};

const flipped = (line: string): string => line.slice(0, -3) + (line.at(-3) === '0' ? '1' : '0') + line.slice(-2);

describe.each([
  ['with a key', KEY],
  ['without a key', null],
])('%s', (_name, withKey) => {
  test('a record that nobody touched is whole', async () => {
    const place = await filled(withKey);
    expect(await finding(place, { key: withKey })).toBe('whole');
    const found = await readLedger(place.state, { key: withKey });
    expect(found).toMatchObject({
      head: { entries: 12, keyed: withKey !== null },
      lastFile: NOVEMBER,
      plain: withKey === null ? 12 : 0,
      unfinished: null,
      files: [{ entries: 5 }, { entries: 3 }, { entries: 4 }],
    });
  });

  test.each(Object.entries(HANDS))('%s is found where it begins', async (_what, [hand, found]) => {
    const place = await filled(withKey);
    hand(place);
    expect(await finding(place, { key: withKey })).toBe(found);
  });

  test.each<[string, (place: Place) => void, string]>([
    ['the last entry', (p) => p.edit(NOVEMBER, (l) => l.slice(0, -1)), `cut ${NOVEMBER}:4`],
    ['half of the last entry', (p) => p.put(NOVEMBER, p.text(NOVEMBER).slice(0, -50)), `cut ${NOVEMBER}:4`],
    [
      'all of the last month but a few letters',
      (p) => p.put(NOVEMBER, p.text(NOVEMBER).slice(0, 9)),
      `cut ${NOVEMBER}:1`,
    ],
    ['the last month', (p) => remove(p, NOVEMBER), `cut ${OCTOBER}:4`],
    ['everything', (p) => rmSync(p.folder, { recursive: true }), 'cut folder'],
  ])('with %s cut off, whoever wrote the head down knows it', async (_what, hand, found) => {
    const place = await filled(withKey);
    const report = await anchorOf(place, withKey, '`reports/one.json`');
    hand(place);
    expect(await finding(place, { key: withKey })).toBe('whole');
    expect(await finding(place, { key: withKey, anchors: [report] })).toBe(found);
    const error = await brokenOr(
      readLedger(place.state, { key: withKey, anchors: [{ ...report, entries: 3 }, report] }),
    );
    expect(error).toMatchObject({
      message: expect.stringMatching(/entry 3 is not the one|`reports\/one\.json` knows of entry 12$/),
    });
  });

  test('a record that somebody wrote anew, under the same numbers, is not the one that a report saw', async () => {
    const [place, other] = [await filled(withKey), await filled(withKey)];
    const early = {
      ...(await anchorOf(place, withKey)),
      entries: 5,
      seal: sealOf(place.lines(SEPTEMBER)[4]),
      source: 'an early report',
    };
    const late = await anchorOf(place, withKey, 'a late report');
    expect(await finding(place, { key: withKey, anchors: [late, early] })).toBe('whole');
    other.edit(NOVEMBER, () => []);
    // Honest entries, but others than those that the report saw: a copy of the folder went its own way.
    const ledger = await openLedger(other.state, { key: withKey, clock: fakeClock(Date.UTC(2026, 10, 21)) });
    for (let n = 9; n <= 14; n++) await ledger.append([done(`other-${n}`)]);
    expect(await finding(other, { key: withKey })).toBe('whole');
    expect(await finding(other, { key: withKey, anchors: [late, early] })).toBe(`altered ${NOVEMBER}:4`);
    const error = await brokenOr(readLedger(other.state, { key: withKey, anchors: [late, early] }));
    expect(error).toMatchObject({
      message: expect.stringMatching(/a late report saw.*up to entry 5 it is what an early report saw/),
    });
  });
});

describe('A hand that seals anew what it changed', () => {
  const forge = (line: string): string => {
    const { seal: _, ...entry } = JSON.parse(line.replace('req-7', 'req-X')) as { seal: string };
    return sealed(entry, null).line;
  };
  const forgeSeventh = (p: Place) => p.edit(OCTOBER, (l) => l.map((line, i) => (i === 1 ? forge(line) : line)));

  test('cannot do it with a key', async () => {
    const place = await filled(KEY);
    forgeSeventh(place);
    expect(await finding(place, { key: KEY })).toBe(`altered ${OCTOBER}:2`);
  });

  test('is found at the changed entry without one, because the next entry is chained to another', async () => {
    const place = await filled(null);
    forgeSeventh(place);
    expect(await finding(place, { key: null })).toBe(`altered ${OCTOBER}:2`);
  });

  test('who seals everything after it anew, too, is found by whoever wrote a head down', async () => {
    const place = await filled(null);
    const report = await anchorOf(place, null);
    let prev = '';
    for (const name of place.names()) {
      place.edit(name, (lines) =>
        lines.map((line) => {
          const { seal: _, ...entry } = JSON.parse(line.replace('req-7', 'req-X')) as { seal: string; prev: string };
          const anew = sealed({ ...entry, prev: prev === '' ? entry.prev : prev }, null);
          prev = anew.seal;
          return anew.line;
        }),
      );
    }
    expect(await finding(place, { key: null })).toBe('whole');
    expect(await finding(place, { key: null, anchors: [report] })).toBe(`altered ${NOVEMBER}:4`);
  });
});

describe('The key', () => {
  test('that is another one is told apart from an altered entry', async () => {
    const place = await filled(KEY);
    expect(await finding(place, { key: OTHER_KEY })).toBe(`wrong-key ${SEPTEMBER}:1`);
    place.put(SEPTEMBER, place.text(SEPTEMBER).replace('req-2', 'req-X'));
    expect(await finding(place, { key: KEY })).toBe(`altered ${SEPTEMBER}:2`);
    place.edit(SEPTEMBER, (l) => l.with(0, (l[0] ?? '').replace('opened', 'opened.')));
    expect(await finding(place, { key: KEY })).toBe(`altered ${SEPTEMBER}:1`);
  });

  test('that is needed and was not given is asked for', async () => {
    expect(await finding(await filled(KEY), { key: null })).toBe(`wrong-key ${SEPTEMBER}:1`);
  });

  test('that came later seals what comes after it; nothing without one may follow', async () => {
    const place = emptyPlace();
    const clock = fakeClock();
    await (await openLedger(place.state, { key: null, clock })).append([done('one'), done('two')]);
    await expect(openLedger(place.state, { key: KEY, clock })).rejects.toMatchObject({ finding: 'no-key' });
    await (await openLedger(place.state, { key: KEY, clock, keyIsNew: true })).append([done('three'), done('four')]);
    const found = await readLedger(place.state, { key: KEY });
    expect(found).toMatchObject({ head: { entries: 5, keyed: true }, plain: 3 });
    // Opened without the key, it is refused before anything could be added.
    await expect(openLedger(place.state, { key: null, clock })).rejects.toMatchObject({
      finding: 'wrong-key',
      line: 4,
    });

    const last = JSON.parse(place.lines(NOVEMBER)[4] ?? '') as { seal: string; prev: string };
    const { seal: _, ...entry } = last;
    place.edit(NOVEMBER, (l) => l.with(4, sealed(entry, null).line));
    expect(await finding(place, { key: KEY })).toBe(`altered ${NOVEMBER}:5`);
  });
});

test('A record that was sealed with a key and is written anew without one is not taken for one that never had a key', async () => {
  const place = await filled(KEY);
  const report = await anchorOf(place, KEY);
  let prev = NO_SEAL;
  for (const name of place.names()) {
    place.edit(name, (lines) =>
      lines.map((line) => {
        const { seal: _, ...entry } = JSON.parse(line) as Record<string, unknown>;
        const anew = sealed({ ...entry, prev }, null);
        prev = anew.seal;
        return anew.line;
      }),
    );
  }
  expect(await finding(place, { key: null }), 'a chain that fits').toBe('whole');
  expect(await finding(place, { key: KEY })).toBe('no-key folder');
  expect(await finding(place, { key: KEY, anchors: [report] })).toBe(`altered ${NOVEMBER}:4`);
});

const sealOf = (line: string | undefined): string => (JSON.parse(line ?? '') as { seal: string }).seal;

describe('What was sealed properly and cannot be understood', () => {
  const written = {
    seq: 13,
    at: '2026-11-21T04:00:00.000Z',
    kind: 'mail.sent',
    run: null,
    data: { mails: 1, recipients: 2 },
  };
  test.each<[string, object, RegExp]>([
    [
      'a kind of a newer version',
      { ...written, kind: 'vault.moved' },
      /kind `vault\.moved`, which only a newer version/,
    ],
    [
      'a field of a newer version',
      { ...written, data: { ...written.data, ticket: 'INC1' } },
      /its `data` is not that of `mail\.sent`, perhaps of a newer version/,
    ],
    ['a member of a newer version', { ...written, host: 'a' }, /it is no entry/],
    ['a time without milliseconds', { ...written, at: '2026-11-21T04:00:00Z' }, /`at`/],
    ['a name of every object', { ...written, kind: 'constructor' }, /kind `constructor`/],
    ['a kind that acts on a terminal', { ...written, kind: '\u001b[2J\u202eevil' }, /kind `\[2Jevil`/],
  ])('%s is a clear refusal', async (_what, entry, words) => {
    const place = await filled(KEY);
    const prev = sealOf(place.lines(NOVEMBER)[3]);
    place.edit(NOVEMBER, (l) => [...l, sealed({ ...entry, prev }, KEY).line]);
    const error = await brokenOr(readLedger(place.state, { key: KEY }));
    expect(error).toMatchObject({ finding: 'not-readable', line: 5, message: expect.stringMatching(words) });
    expect(error).toMatchObject({
      message: expect.stringContaining(NOVEMBER),
      advice: expect.stringContaining('portcullis ledger verify'),
    });
  });
});

describe('A decision', () => {
  const decided = (line?: string): NewEntry => ({
    kind: 'request.decided',
    run: RUN,
    data: {
      ...{
        request: 'req-1',
        content: 'c',
        policy: 'p',
        prompts: 'q',
        model: null,
        risk: null,
        verdict: 'hold',
        rules: [],
      },
      ...(line !== undefined && { line }),
    },
  });
  const bound = decided('a'.repeat(64));
  const ledgerOf = async (entries: readonly NewEntry[]) => {
    const place = emptyPlace();
    await (await openLedger(place.state, { key: null, clock: fakeClock() })).append(entries);
    return finding(place, { key: null });
  };

  test('that is not bound to the archive is refused once there were bound ones, and not before', async () => {
    expect(await ledgerOf([decided(), decided(), bound, done('req-1'), bound])).toBe('whole');
    expect(await ledgerOf([decided(), bound, decided()])).toBe(`unbound ${NOVEMBER}:4`);
  });
});
