import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markdownText } from '../../../src/report/markdown_text.ts';
import { CORPUS, hostileText, INVISIBLE_OR_BREAK } from '../../helpers/hostile_texts.ts';
import { examples } from '../../suite/property_runs.ts';

/** What a Markdown renderer would react to; the reason is what a failing test says. */
function dangerIn(shown: string): string[] {
  // Escapes are read the way CommonMark reads them: a backslash takes the punctuation after it along.
  const live = shown.replace(/\\[!-/:-@[-`{-~]/g, '·');
  const dangers: [RegExp, string][] = [
    [INVISIBLE_OR_BREAK, 'an invisible character or a line break'],
    [/</, 'an HTML tag'],
    [/(?<!^|&lt;|&gt;|&amp;)&(?=#?\w+;)(?!lt;|gt;|amp;)/, 'an entity'],
    [/[`*[\]|~$]/, 'markup'],
    [/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u, 'emphasis by underscores'],
    [/\\$/, 'a backslash at the end, which would break the line or escape the cell'],
    [/^\s*([#+=>-]|\d{1,9}[.)](\s|$))/, 'a block at the beginning of a line'],
  ];
  // Autolinks, mentions and references are made from the text after the escapes are resolved.
  const text = shown
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  const links: [RegExp, string][] = [
    [/:\/\//, 'an autolink'],
    [/\bwww\./i, 'an autolink'],
    [/@[\p{L}\p{N}]/u, 'a mention or mail address'],
    [/#\d|\bGH-\d/i, 'an issue reference'],
  ];
  return [
    ...dangers.filter(([pattern]) => pattern.test(live)).map(([, danger]) => danger),
    ...links.filter(([pattern]) => pattern.test(text)).map(([, danger]) => danger),
  ];
}

describe('what is shown of a text that somebody else wrote', () => {
  test.each([
    ['CORP\\anna.berg', 'CORP\\anna.berg', 'a domain account'],
    ['SYS_ADMIN_BCN', 'SYS_ADMIN_BCN', 'a name with underscores'],
    [
      'R&D server v2.1, 50% done; see CHG0041877.',
      'R&D server v2.1, 50% done; see CHG0041877.',
      'an ordinary sentence',
    ],
    ['a -> b, x = y + z', 'a -> b, x = y + z', 'arrows and sums'],
    ['Prüfung der Straße – 山田', 'Prüfung der Straße – 山田', 'other scripts'],
    ['https://evil.example/x', 'https(:)//evil.example/x', 'an address'],
    ['WWW.evil.example', 'WWW(.)evil.example', 'an address without a scheme'],
    ['https：／／evil', 'https(:)//evil', 'an address in full-width letters'],
    ['m.veith@contoso.example', 'm.veith(@)contoso.example', 'a mail address'],
    ['@octocat see #12 and GH-7', '(@)octocat see # 12 and GH- 7', 'mentions and references'],
    ['# Approved', '\\# Approved', 'a heading'],
    ['- item', '\\- item', 'a list item'],
    ['3. item', '3\\. item', 'a numbered item'],
    ['> quoted', '&gt; quoted', 'a quotation'],
    ['a | b', 'a \\| b', 'a table cell'],
    ['[x](http://e)', '\\[x\\](http(:)//e)', 'a link'],
    ['<b onclick=x>', '&lt;b onclick=x>', 'a tag'],
    ['&lt;b&gt; &colon;', '&amp;lt;b&amp;gt; &amp;colon;', 'entities'],
    ['`code` **bold** ~~gone~~', '\\`code\\` \\*\\*bold\\*\\* \\~\\~gone\\~\\~', 'emphasis and code'],
    ['ends with \\', 'ends with \\\\', 'a backslash at the end'],
    ['\\| \\`', '\\\\\\| \\\\\\`', "escapes of one's own"],
    ['\u001b[31mred\u001b[0m', '\\[31mred\\[0m', 'colours for a terminal'],
    ['one\ntwo\r\nthree', 'one two three', 'several lines'],
    ['a\u200bb\u202ec', 'abc', 'invisible characters'],
  ])('%j becomes %j (%s)', (text, shown) => {
    expect(markdownText(text)).toBe(shown);
    expect(dangerIn(markdownText(text))).toEqual([]);
  });

  test('is harmless for every text that fast-check can put together', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 5, max: 200 }), (text, length) => {
        expect(dangerIn(markdownText(text, length))).toEqual([]);
      }),
      { numRuns: examples(3000) },
    );
  });

  test.each(CORPUS)('is harmless for $id of the corpus', ({ text }) => {
    expect(dangerIn(markdownText(text))).toEqual([]);
  });

  test('says with an ellipsis when it was cut, and stays near the length that was asked for', () => {
    const shown = markdownText('word '.repeat(1000), 50);
    expect(shown.length).toBeLessThanOrEqual(50);
    expect(shown.endsWith('…')).toBe(true);
  });
});
