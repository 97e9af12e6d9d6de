import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvCell, csvRow } from '../../../src/text/csv.ts';
import { plainLine } from '../../../src/text/plain_text.ts';
import { CORPUS, hostileText, INVISIBLE_OR_BREAK } from '../../helpers/hostile_texts.ts';
import { examples } from '../../suite/property_runs.ts';

/** Reads CSV as RFC 4180 has it, with the separator of that country; written for this test. */
function read(text: string, separator = ','): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] as string;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[i + 1] === '"') cell += text[i++] as string;
      else quoted = false;
    } else if (letter === '"' && cell === '') quoted = true;
    else if (letter === separator || (letter === '\r' && text[i + 1] === '\n')) {
      rows.at(-1)?.push(cell);
      cell = '';
      if (letter === '\r') {
        rows.push([]);
        i++;
      }
    } else cell += letter;
  }
  return rows.slice(0, -1);
}

const FORMULA = /^[\s"']*[=+\-@\t\r]/;
/** With an apostrophe in front it is a text. */
const acts = (cell: string): boolean => FORMULA.test(cell) && !/^[\s"']*'[=+\-@]/.test(cell);

const formula = fc
  .tuple(
    fc.constantFrom(
      '',
      ' ',
      '\t',
      '"',
      "'",
      '""',
      '\ufeff',
      '\u200b',
      '\u00a0',
      '; ',
      ';"',
      ';',
      'a;',
      'a,',
      '\r\n',
      '\n',
    ),
    fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '\t=', '\r='),
    fc.constantFrom('1+1', 'cmd|" /C calc"!A0', 'HYPERLINK("http://evil.example")', 'SUM(A1:A9)'),
  )
  .map((parts) => parts.join(''));
const anyText = fc.oneof(
  hostileText,
  formula,
  fc.array(fc.oneof(formula, hostileText), { maxLength: 4 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

describe('A row of CSV', () => {
  test('is read back cell by cell, as one line, without a formula, a control or a character that cannot be seen', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (texts) => {
        const row = csvRow(texts);
        const [cells = [], ...more] = read(row);
        expect(more).toEqual([]);
        expect(cells).toHaveLength(texts.length);
        expect(cells.filter(acts)).toEqual([]);
        expect(row.slice(0, -2)).not.toMatch(INVISIBLE_OR_BREAK);
        // Nothing but apostrophes was added to what the text says.
        expect(cells.map((cell) => cell.replaceAll("'", ''))).toEqual(
          texts.map((text) => plainLine(text, 32_000).replaceAll("'", '')),
        );
      }),
      { numRuns: examples(500) },
    );
  });

  test('has no formula either where a semicolon separates the cells', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (texts) => {
        expect(
          read(csvRow(['1', ...texts]), ';')
            .flat()
            .filter(acts),
        ).toEqual([]);
      }),
      { numRuns: examples(500) },
    );
  });

  test('says what the public corpus says', () => {
    for (const { id, text } of CORPUS) {
      const [cells] = read(csvRow([id, text]));
      expect(cells?.[1]?.replaceAll("'", '')).toBe(plainLine(text, 32_000).replaceAll("'", ''));
    }
  });
});

test.each([
  ['an ordinary text', 'CHG0041877: patches', 'CHG0041877: patches'],
  ['a comma', 'a, b', '"a, b"'],
  ['a quote', 'say "yes"', '"say ""yes"""'],
  ['a formula', '=1+1', "'=1+1"],
  ['one behind blanks and a quote', '  "=1+1', `"""'=1+1"`],
  ['one behind a semicolon', 'x; @SUM(1)', `"x; '@SUM(1)"`],
  ['a line break', 'a\r\nb', 'a b'],
  ['a text that is turned round', 'a\u202eb', 'ab'],
  ['a wide sign', '＝1', "'=1"],
  ['nothing', '', ''],
])('%s as a cell', (_what, text, cell) => {
  expect(csvCell(text)).toBe(cell);
});
