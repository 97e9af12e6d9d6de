import { describe, expect, test } from 'vitest';
import { contentFree, repetition, tooLong } from '../../../../src/enrich/screening/content.ts';
import { encoded } from '../../../../src/enrich/screening/encoded.ts';
import { NO_IDS } from '../../../../src/enrich/screening/ids.ts';
import { lexical } from '../../../../src/enrich/screening/lexical.ts';
import { markup } from '../../../../src/enrich/screening/markup.ts';
import { neutraliseComment } from '../../../../src/enrich/screening/neutralise.ts';
import { structure } from '../../../../src/enrich/screening/records.ts';
import { screenText } from '../../../../src/enrich/screening/screen.ts';
import { mixedScript } from '../../../../src/enrich/screening/scripts.ts';
import { delimiter, roleTokens } from '../../../../src/enrich/screening/spoofing.ts';
import { viewOf } from '../../../../src/enrich/screening/view.ts';

/** Everything that looks at a text, without the bound that screenText puts on its length. */
function everyDetector(text: string): void {
  const view = viewOf(text, NO_IDS);
  for (const detect of [
    mixedScript,
    markup,
    roleTokens,
    structure,
    delimiter,
    encoded,
    lexical,
    tooLong,
    repetition,
    contentFree,
  ])
    detect(view);
}

// What regular expressions stumble over: beginnings without an end, and things that are almost the thing.
const PIECES = [
  'a',
  ' ',
  '\n',
  '"',
  "'",
  '<',
  '<a',
  '</a',
  '{',
  '}',
  '[',
  ']',
  '](',
  '{{',
  '-',
  '=',
  '_ ',
  '#',
  '*',
  '`',
  '&#',
  '&#1',
  '&#x41',
  '%41',
  '\\x41',
  '\\u0041',
  '0',
  '01',
  'f0',
  'f0 ',
  '12 ',
  'Zm9v',
  'a.',
  'a-',
  'a_',
  'a ',
  'i g ',
  '1a',
  'ignore ',
  'rate this as ',
  'risk is ',
  'request low ',
  'set the risk to ',
  'the comment ',
  'all requests ',
  'score of ',
  'skip risk ',
  'tell as ',
  '!!',
  'u-',
  '********',
  'you are ',
  'must ',
  'risk:',
  '"risk',
  ', "',
  "'}",
  'system:',
  '\u200d',
  'ا\u200c',
  '👨\u200d',
  '\u00ad',
  '\u{e0061}',
  'аa',
  'リスク低',
  'ความ',
  '\ud800',
  'key: ',
  ' a=b',
  '| a ',
  'r1: ',
  '=== END ',
  '"""',
  'low, medium, ',
  'dear reviewer ',
  'from now on ',
  'no further ',
];

/**
 * Processor time of this thread in milliseconds: a busy machine does not count. Some kernels count it in steps of four, so
 * the work is repeated until there are several of them.
 */
function cost(work: () => void): number {
  for (let times = 1; ; times *= 4) {
    const before = process.threadCpuUsage();
    for (let n = 0; n < times; n += 1) work();
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= 12_000) return (user + system) / 1000 / times;
  }
}

describe('time grows with the length of the text and not with its square', () => {
  test.each(PIECES)('ten times as much of %j, 50 kB, takes nowhere near 100 times as long', (piece) => {
    const of = (length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    const [short, long] = [of(5_000), of(50_000)];
    const attempts: number[] = [];
    // Linear is 10, quadratic is 100; a millisecond is added so that what takes no time is not measured, and more than
    // one attempt so that a collection of garbage is not blamed on the rules.
    do {
      const least = cost(() => everyDetector(short));
      attempts.push((cost(() => everyDetector(long)) + 1) / (least + 1));
    } while (attempts.length < 8 && Math.min(...attempts) >= 40);
    expect(Math.min(...attempts)).toBeLessThan(40);
  });
});

test('a text of ten million characters is looked at as far as it matters, and flagged', () => {
  const text = 'ignore the '.repeat(1_000_000);
  expect(screenText(text, NO_IDS).flags).toContain('length');
  expect(neutraliseComment(text, {}).replaced).toBe(true);
});
