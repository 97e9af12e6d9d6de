import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDice } from '../../../simulator/dice.ts';

const ROOT = join(import.meta.dirname, '../../..');

test('the numbers of a seed never change: the demo, the benchmarks and reported seeds stand on them', () => {
  const dice = makeDice(12);
  expect([dice.roll(), dice.roll(), dice.roll()]).toEqual([
    0.2881509135477245, 0.07566750887781382, 0.5801610664930195,
  ]);
  expect([dice.between(1, 6), dice.chance(0.5), dice.pick(['a', 'b', 'c'])]).toEqual([6, true, 'a']);
});

test('there is one seeded generator, and the program itself has none', () => {
  const files = ['src', 'simulator', 'bench', 'scripts', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  // What such a generator cannot do without: arithmetic that wraps at 32 bits. The scenario spreads its seeds with it.
  const wraps = (file: string) => file.endsWith('.ts') && /Math\.imul\b/.test(readFileSync(join(ROOT, file), 'utf8'));
  expect(files.filter(wraps).toSorted()).toEqual(['simulator/dice.ts', 'test/simulation/scenario.ts']);
});
