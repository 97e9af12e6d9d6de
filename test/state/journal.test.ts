import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryError } from '../../src/kit/errors.ts';
import { type Intent, type JournalLine, parseJournal, writeLine } from '../../src/state/journal.ts';

const FILE = 'state/actions.jsonl';
const INTENT: JournalLine = {
  kind: 'intent',
  at: 1_790_000_000_000,
  run: '20261120T120000000Z',
  request: 'req-1',
  action: 'approve',
  created: 1_789_000_000_000,
  level: null,
  requestor: 'id:u-17',
  asset: 'asset-7',
  actor: 'svc-portcullis',
  plan: null,
  approvedBy: null,
};
const RESULT: JournalLine = {
  kind: 'result',
  at: 1_790_000_000_500,
  run: '20261120T120000000Z',
  request: 'req-1',
  action: 'approve',
  result: 'done',
  note: '',
};

const common = {
  at: fc.integer({ min: 0, max: 4e12 }),
  run: fc.string({ unit: 'binary' }),
  request: fc.string({ unit: 'binary', minLength: 1 }),
  action: fc.constantFrom('approve', 'reject', 'close'),
};
const line: fc.Arbitrary<JournalLine> = fc.oneof(
  fc.record({
    kind: fc.constant('intent'),
    ...common,
    created: fc.integer(),
    level: fc.option(fc.integer()),
    requestor: fc.option(fc.string({ unit: 'binary' })),
    asset: fc.option(fc.string({ unit: 'binary' })),
    actor: fc.option(fc.string({ unit: 'binary' })),
    plan: fc.option(fc.string({ unit: 'binary' })),
    approvedBy: fc.option(fc.string({ unit: 'binary' })),
  }),
  fc.record({
    kind: fc.constant('result'),
    ...common,
    result: fc.constantFrom('done', 'not-done', 'unknown'),
    note: fc.string({ unit: 'binary' }),
  }),
) as fc.Arbitrary<JournalLine>;

test('Every line that can be written can be read again, whatever the ids and notes hold', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const text = lines.map(writeLine).join('');
      expect(text.split('\n')).toHaveLength(lines.length + 1);
      expect(parseJournal(FILE, text)).toEqual({ lines, repaired: null });
    }),
  );
});

test('Wherever a crash cuts the last line, the lines before it stay, and the rest is taken off', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), fc.nat(), (lines, at) => {
      const before = lines.slice(0, -1).map(writeLine).join('');
      const last = writeLine(lines.at(-1) as JournalLine);
      // All but the line break is a line that was written whole; anything shorter is none.
      const cut = 1 + (at % (last.length - 2));
      expect(parseJournal(FILE, before + last.slice(0, cut))).toEqual({ lines: lines.slice(0, -1), repaired: before });
    }),
  );
});

test('A last line that misses only its line break counts: an editor may have taken it off', () => {
  const text = writeLine(INTENT) + writeLine(RESULT);
  expect(parseJournal(FILE, text.trimEnd())).toEqual({ lines: [INTENT, RESULT], repaired: text });
  expect(parseJournal(FILE, writeLine(INTENT).trimEnd()).lines).toEqual([INTENT]);
});

test('A line of an earlier version, which did not say who asked for what, is read as saying nothing about it', () => {
  const { requestor: _r, asset: _a, actor: _w, plan: _p, approvedBy: _b, ...old } = INTENT as Intent;
  const nothing = { requestor: null, asset: null, actor: null, plan: null, approvedBy: null };
  expect(parseJournal(FILE, `${JSON.stringify(old)}\n`)).toEqual({ lines: [{ ...old, ...nothing }], repaired: null });
});

test('Nothing is an empty journal', () => {
  expect(parseJournal(FILE, '')).toEqual({ lines: [], repaired: null });
});

test.each([
  ['an empty line', ''],
  ['half a line', '{"kind":"intent","at":1'],
  ['another language', 'hello'],
  ['a bare value', 'null'],
  ['a list', '[]'],
  ['an unknown kind', JSON.stringify({ ...INTENT, kind: 'guess' })],
  ['an unknown action', JSON.stringify({ ...INTENT, action: 'delete' })],
  ['an unknown result', JSON.stringify({ ...RESULT, result: 'maybe' })],
  ['a missing request', JSON.stringify({ ...INTENT, request: undefined })],
  ['an empty request id', JSON.stringify({ ...INTENT, request: '' })],
  ['a request id that is a number', JSON.stringify({ ...INTENT, request: 1 })],
  ['a requestor that is no text', JSON.stringify({ ...INTENT, requestor: 7 })],
  ['an asset that is no text', JSON.stringify({ ...INTENT, asset: {} })],
  ['a time that no calendar has', JSON.stringify({ ...RESULT, at: 1e300 })],
  ['a time before all time', JSON.stringify({ ...RESULT, at: -1e17 })],
  ['zeros of a lost disk block', '\0\0\0\0'],
])('%s in the middle means that the journal cannot be trusted', (_what, row) => {
  const text = `${writeLine(INTENT)}${row}\n${writeLine(RESULT)}`;
  expect(() => parseJournal(FILE, text)).toThrow(MemoryError);
  expect(() => parseJournal(FILE, text)).toThrow('line 2 of `state/actions.jsonl` cannot be understood');
});
