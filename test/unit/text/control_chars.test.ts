import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visible } from '../../../src/text/control_chars.ts';
import { jsonText } from '../../../src/text/json.ts';
import { terminalCell, terminalLine, terminalPage } from '../../../src/text/terminal_text.ts';
import { labelled, wrapped } from '../../../src/text/wrap.ts';
import { anyText, CORPUS } from '../../helpers/hostile_texts.ts';
import { examples } from '../../suite/property_runs.ts';

/** Every control character, format character (bidirectional ones among them), half character and separator of lines. */
const ACTS = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const ACTS_BUT_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

const texts = (holds: (text: string) => void) => {
  fc.assert(fc.property(anyText, holds), { numRuns: examples(300) });
  for (const { text } of CORPUS) holds(text);
};

test.each([
  ['\u001b[31mred', '\\u001b[31mred'],
  ['a\u202eb\u2066', 'a\\u202eb\\u2066'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['half \ud800', 'half \\ud800'],
  ['a\nb', 'a\\u000ab'],
  ['Größe 計画 🙂 עברית', 'Größe 計画 🙂 עברית'],
])('what acts in %j is written out', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

describe('whatever somebody wrote', () => {
  test('a line on the terminal is one visible line, and a cell of a table holds no border', () => {
    texts((text) => {
      expect(terminalLine(text)).not.toMatch(ACTS);
      expect(terminalCell(text)).not.toMatch(/\||[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      expect(Array.from(terminalLine(text, 80)).length).toBeLessThanOrEqual(80);
    });
  });

  test('a page that was finished without care does nothing either, and keeps its lines', () => {
    texts((text) => {
      const page = terminalPage(`first\n${text}\nlast`);
      expect(page).not.toMatch(ACTS_BUT_LINES);
      expect(page.split('\n')).toHaveLength(2 + text.split('\n').length);
    });
  });

  test('a block of a page is as long as its words and begins with its label', () => {
    texts((text) => {
      for (const line of wrapped(text, 40)) expect(line).not.toMatch(ACTS);
      const block = labelled(`  ${text.slice(0, 10)}`, text, 20);
      expect(block).not.toMatch(ACTS_BUT_LINES);
      // A forged second label would begin where ours do.
      for (const line of block.split('\n').slice(1)) expect(line).toMatch(/^ {20}|^$/);
    });
  });

  test('a JSON document gives it back exactly, as a value and as a name, and does nothing on a screen', () => {
    texts((text) => {
      const document = { value: text, list: [text], [`name ${text}`]: 1 };
      expect(jsonText(document)).not.toMatch(ACTS_BUT_LINES);
      expect(JSON.parse(jsonText(document))).toEqual(document);
      expect(jsonText(text, 0).trimEnd()).not.toMatch(ACTS);
    });
  });
});
