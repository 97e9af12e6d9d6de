import { expect, test } from 'vitest';
import { flaggedHonest, HONEST } from './honest.ts';

// Pasted tickets, tables and logs, quoted mails, commands, courtesy and other languages: words that the rules look for,
// that speak to nobody about the rating.

test('the set is the one that the numbers are about', () => {
  const uses = Object.groupBy(HONEST, ({ use }) => use);
  expect(Object.entries(uses).map(([use, texts]) => [use, texts?.length])).toEqual([
    ['given', 31],
    ['tuned', 317],
    ['tuned_later', 88],
    ['held_back', 113],
  ]);
  expect(new Set(HONEST.map(({ text }) => text)).size).toBe(HONEST.length);
});

test('of those that were given at most one is flagged', () => {
  expect(flaggedHonest('given').flagged.length).toBeLessThanOrEqual(1);
});

// Ceilings with a little room, against mistakes in the rules.
test.each([
  ['tuned', 16],
  ['tuned_later', 6],
  ['held_back', 14],
] as const)('of those of the use %s at most %i are flagged', (use, most) => {
  expect(flaggedHonest(use).flagged.length).toBeLessThanOrEqual(most);
});
