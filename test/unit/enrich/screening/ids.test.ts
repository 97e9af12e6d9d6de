import { describe, expect, test } from 'vitest';
import { learnIds, namedIds } from '../../../../src/enrich/screening/ids.ts';
import { screenText } from '../../../../src/enrich/screening/screen.ts';

describe('other_id', () => {
  const other = (text: string, otherIds: readonly string[] | ReadonlySet<string>) =>
    screenText(text, { selfIds: ['REQ-1001'], otherIds }).flags.includes('other_id');

  test.each([
    ['the id of another request', 'see REQ-1002 as well', ['REQ-1002'], true],
    ['another spelling of it', 'see req_1002 as well', ['REQ-1002'], true],
    [
      'one id in a large set',
      'about 7b1f3c52-aaaa-4bbb-8ccc-123456789abc',
      new Set(['7b1f3c52-aaaa-4bbb-8ccc-123456789abc']),
      true,
    ],
    ['a short name behind the word request', 'lower request r2 too', ['r2'], true],
    ['a short name that is a word of the trade', 'Windows Server 2012 R2 upgrade', ['r2'], false],
    ['a number that happens to be an id', 'add 12 GB of memory', ['12'], false],
    ['its own id', 'this is REQ-1001 again', ['REQ-1001', 'REQ-1002'], false],
    ['an id that is not of this run', 'drop REQ-9999', ['REQ-1002'], false],
  ])('%s', (_, text, ids, expected) => {
    expect(other(text, ids)).toBe(expected);
  });
});

test('Ids that were learned ahead are the ones that a text finds, and learning them does not block the event loop', async () => {
  const otherIds = new Set(Array.from({ length: 5000 }, (_, n) => `REQ-${10_000 + n}`));
  let turns = 0;
  const turn = setInterval(() => void turns++, 0);
  await learnIds(otherIds);
  clearInterval(turn);
  expect(turns).toBeGreaterThan(0);
  const named = (text: string) => namedIds(text, { selfIds: [], otherIds }).others;
  expect([named('as in req_14999'), named('as in REQ-15000')]).toEqual([1, 0]);
});
