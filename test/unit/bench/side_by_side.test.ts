import { describe, expect, test } from 'vitest';
import { type Comparison, goalsOf, sideBySide } from '../../../bench/recipe/side_by_side.ts';
import type { Ran } from '../../../bench/stage/program.ts';
import type { Seen } from '../../../bench/stage/seen.ts';

const LATE = { vaultMs: 20, modelMs: 1500, deep: true };

describe('the goals of issue 14', () => {
  test.each([
    [
      { requests: 100, ...LATE },
      { questions: 4, tokens: 1.6, critical: 1.3 },
    ],
    [
      { requests: 1000, ...LATE },
      { questions: 3, tokens: 1.5, critical: 1.3, wall: 1 / 3.5 },
    ],
    [
      { requests: 10_000, ...LATE },
      { questions: 3, tokens: 1.7, critical: 1.3, peakMb: 300 },
    ],
    [
      { requests: 10_000, vaultMs: 0, modelMs: 0, deep: false },
      { wall: 6, peakMb: 300 },
    ],
  ])('%j', (one, goals) => {
    expect(goalsOf(one)).toEqual(goals);
  });
});

function run(wallMs: number, questions: number, characters: number): { ran: Ran; seen: Seen } {
  const ran: Ran = {
    ...{ wallMs, cpuMs: 2000, peakMb: 100, standstillMs: 1, steps: {}, tokens: { prompt: 0, completion: 0 } },
    ...{ end: '0', problems: [], reportMb: 1 },
  };
  const seen: Seen = {
    ...{ calls: { vault: 300, model: questions, 'sign-in': 1, graph: 1 }, lists: 60, upstreamsCpuMs: 1000 },
    ...{ approved: 80, rejected: 20, closed: 0, actions: 100 },
    wire: { questions, asked: characters, schemas: 0, answered: 0 },
  };
  return { ran, seen };
}

test('each figure stands beside the other, with their ratio, the goal, and whether it is met', () => {
  const compared: Comparison = {
    ...{ case: { requests: 1000, ...LATE }, modelAtOnce: 8, forgetful: null },
    critical: { fetch: 0, score: 0, confirm: 0, act: 0, alert: 0, total: 25_000 },
    recipe: run(100_000, 40, 800_000),
    ours: {
      ...run(28_000, 121, 1_000_000),
      needed: {
        ...{ requests: 1000, pages: 5, assets: 1, containers: 1, actions: 100 },
        ...{ personal: 60, shared: 27, factsOnly: 4, single: 20 },
      },
      next: run(4000, 0, 0),
    },
  };
  const cells = sideBySide(compared)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  const row = (name: string) => cells.find(([first]) => first === name)?.slice(1);
  expect(row('wall, s')).toEqual(['100.0', '28.0', '0.28', '≤ 0.286 (3.5 × as fast): met']);
  expect(row('questions')).toEqual(['40', '121', '3.02', '≤ 3: **missed**']);
  expect(row('tokens')).toEqual(['200.0 k', '250.0 k', '1.25', '≤ 1.5: met']);
  expect(row('vault calls without lists')).toEqual(['240', '240', '1.00', '']);
  expect(row('list calls')).toEqual(['60', '60', '1.00', '≤ 55: **missed**']);
  expect(row('next run: questions')).toEqual(['40', '0', '', '0: met']);
  expect(row('questions needed')).toEqual(['', '111', '', '']);
  expect(row('wall by critical path')).toEqual(['', '1.12', '', '≤ 1.3: met']);
});
