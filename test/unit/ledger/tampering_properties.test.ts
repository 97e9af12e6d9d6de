/** Whatever a hand does to any record: it is found, and the place named is the first one that it touched. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BrokenLedgerError } from '../../../src/ledger/broken_ledger_error.ts';
import { readLedger } from '../../../src/ledger/read_ledger.ts';
import { type LedgerKey, NO_SEAL, sealed } from '../../../src/ledger/seal.ts';
import { realDisk } from '../../../src/store/disk.ts';
import { hostileText } from '../../helpers/hostile_texts.ts';
import { examples } from '../../suite/property_runs.ts';
import { done, intended, KEY } from './ledgers.ts';

/** One line of a record, with where it stands. */
type Row = { readonly name: string; readonly line: number; readonly text: string };

const aRecord = fc
  .record({
    keyed: fc.boolean(),
    entries: fc.array(
      fc.record({
        month: fc.integer({ min: 1, max: 4 }),
        request: hostileText,
        note: hostileText,
        intent: fc.boolean(),
      }),
      { minLength: 2, maxLength: 12 },
    ),
  })
  .map(({ keyed, entries }) => {
    const key = keyed ? KEY : null;
    let prev = NO_SEAL;
    let month = 0;
    let line = 0;
    const rows = entries.map(({ request, note, intent, ...one }, i): Row => {
      line = one.month > month ? 1 : line + 1;
      month = Math.max(month, one.month);
      const { kind, run, data } = intent ? intended(request) : done(request, note);
      const { line: text, seal } = sealed(
        { seq: i + 1, at: `2026-0${one.month}-10T12:00:00.${String(i).padStart(3, '0')}Z`, kind, run, data, prev },
        key,
      );
      prev = seal;
      return { name: `2026-0${month}.jsonl`, line, text };
    });
    return { key, rows, anchor: { entries: rows.length, seal: prev, source: 'a report' } };
  });

/** A disk that holds nothing but these files: the reading is what is tried here, a few thousand times. */
const diskWith = (files: ReadonlyMap<string, Buffer>) => ({
  ...realDisk,
  names: async () => [...files.keys()].sort(),
  size: async (file: string) => files.get(nameOf(file))?.length ?? null,
  readPart: async (file: string, from: number, bytes: number) =>
    files.get(nameOf(file))?.subarray(from, from + bytes) ?? null,
});
const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

function filesOf(rows: readonly Row[]): Map<string, Buffer> {
  const texts = new Map<string, string>();
  for (const { name, text } of rows) texts.set(name, `${texts.get(name) ?? ''}${text}\n`);
  return new Map([...texts].map(([name, text]) => [name, Buffer.from(text)]));
}

async function look(
  files: ReadonlyMap<string, Buffer>,
  key: LedgerKey | null,
  anchors: Parameters<typeof readLedger>[1]['anchors'] = [],
) {
  try {
    const { unfinished } = await readLedger('state', { key, anchors, disk: diskWith(files) });
    return unfinished === null ? 'whole' : `unfinished ${unfinished.name}:${unfinished.line}`;
  } catch (error) {
    if (!(error instanceof BrokenLedgerError)) throw error;
    return `${nameOf(error.file)}:${error.line}`;
  }
}
const at = ({ name, line }: Row): string => `${name}:${line}`;

test('A ledger of any entries is whole as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(aRecord, async ({ key, rows, anchor }) => {
      expect(await look(filesOf(rows), key, [anchor])).toBe('whole');
    }),
    { numRuns: examples(50) },
  );
});

test('Any byte that is changed, put in or taken out is found in its line', async () => {
  await fc.assert(
    fc.asyncProperty(
      aRecord,
      fc.nat(),
      fc.nat(),
      fc.constantFrom('change', 'insert', 'remove'),
      fc.integer({ min: 0, max: 255 }),
      async ({ key, rows, anchor }, which, where, how, byte) => {
        const files = filesOf(rows);
        const row = rows[which % rows.length] as Row;
        const before = files.get(row.name) as Buffer;
        const start = rows
          .filter(({ name, line }) => name === row.name && line < row.line)
          .reduce((n, { text }) => n + text.length + 1, 0);
        const offset = start + (where % (row.text.length + 1));
        fc.pre(how !== 'change' || before[offset] !== byte);
        // A line break before the line break, or a byte like the one beside it, leaves the same bytes.
        const put = how === 'remove' ? [] : [byte];
        const after = Buffer.concat([
          before.subarray(0, offset),
          Buffer.from(put),
          before.subarray(offset + (how === 'insert' ? 0 : 1)),
        ]);
        files.set(row.name, after);
        const found = await look(files, key, [anchor]);
        // Between the end of a line and its break a line break begins a line of its own, an empty one.
        const behind = how === 'insert' && byte === 10 && offset === start + row.text.length;
        // The last line break of all is nobody's entry: without it, the line is not finished, and nothing is lost.
        const last = row === rows.at(-1) && how === 'remove' && offset === start + row.text.length;
        expect(found).toBe(last ? `unfinished ${at(row)}` : behind ? `${row.name}:${row.line + 1}` : at(row));
      },
    ),
    { numRuns: examples(300) },
  );
});

test('Any line that is removed, doubled or exchanged is found where the order breaks first', async () => {
  await fc.assert(
    fc.asyncProperty(
      aRecord,
      fc.nat(),
      fc.nat(),
      fc.constantFrom('remove', 'double', 'swap'),
      async ({ key, rows, anchor }, one, two, how) => {
        const [a, b] = [one % rows.length, two % rows.length].sort((x, y) => x - y) as [number, number];
        fc.pre(how !== 'swap' || a !== b);
        const texts: Row[][] = rows.map((row) => [row]);
        const [rowA, rowB] = [rows[a] as Row, rows[b] as Row];
        if (how === 'remove') texts[a] = [];
        else if (how === 'swap')
          [texts[a], texts[b]] = [[{ ...rowA, text: rowB.text }], [{ ...rowB, text: rowA.text }]];
        // The copy goes behind another line, into that one's file.
        else texts[b] = [rowB, { ...rowB, text: rowA.text }];
        const found = await look(filesOf(texts.flat()), key, [anchor]);
        const next = rows[a + 1];
        const place = {
          // Where the next entry has moved up to; behind the end, when there is none.
          remove: next === undefined ? endOf(rows.slice(0, -1)) : next.name === rowA.name ? at(rowA) : at(next),
          double: `${rowB.name}:${rowB.line + 1}`,
          swap: at(rowA),
        };
        expect(found).toBe(place[how]);
      },
    ),
    { numRuns: examples(300) },
  );
});

test('Wherever the end is cut off, whoever knew of it finds the first entry that is gone', async () => {
  await fc.assert(
    fc.asyncProperty(aRecord, fc.nat(), async ({ key, rows, anchor }, where) => {
      const all = rows.map(({ text }) => `${text}\n`).join('');
      const kept = where % all.length;
      let end = 0;
      const left = rows.flatMap((row): (Row & { cut: boolean })[] => {
        const start = end;
        end += row.text.length + 1;
        return start >= kept
          ? []
          : [{ ...row, text: row.text.slice(0, kept - start), cut: kept - start <= row.text.length }];
      });
      const files = filesOf(left);
      const last = left.at(-1);
      if (last?.cut) files.set(last.name, (files.get(last.name) as Buffer).subarray(0, -1));
      const found = await look(files, key, [anchor]);
      // Only the last line break of all is gone: nothing is lost.
      if (kept === all.length - 1) expect(found).toBe(`unfinished ${at(rows.at(-1) as Row)}`);
      else expect(found).toBe(last?.cut && last.text !== rows[left.length - 1]?.text ? at(last) : endOf(left));
    }),
    { numRuns: examples(200) },
  );
});

/** The line behind the last one. */
function endOf(rows: readonly Row[]): string {
  const last = rows.at(-1);
  return last === undefined ? 'ledger:null' : `${last.name}:${last.line + 1}`;
}
