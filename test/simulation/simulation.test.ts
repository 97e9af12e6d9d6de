import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { caught, MUTANTS, type MutantName } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * A few of the scenarios that `npm run simulate:faults` runs by the thousand. In processes of their own: they put the
 * timers of the whole process on simulated time.
 */
async function simulate(...args: string[]): Promise<string> {
  const main = join(import.meta.dirname, 'main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  }).catch((failed: { stdout: string; stderr: string }) => ({ stdout: `${failed.stdout}${failed.stderr}` }));
  return stdout;
}

// More of them: .ci/run, and thousands by night.
test('four scenarios full of faults leave nothing done twice, nothing lost, nothing hidden', async () => {
  // In one process: each further one loads the program and its policy anew, which takes as long as two scenarios.
  expect(await simulate('--seeds', '4')).toMatch(/^4 scenarios, 0 failed; .*\n$/);
});

test.concurrent('a scenario is the same however often it runs, in one process and in two', async () => {
  const lines = (said: string) => said.trimEnd().split('\n');
  const [twice, once] = await Promise.all([
    simulate('--seed', '7', '--trace', '--twice'),
    simulate('--seed', '7', '--trace'),
  ]);
  for (const said of [twice, once]) expect(lines(said).at(-1)).toMatch(/^1 scenarios, 0 failed/);
  expect(lines(once).length).toBeGreaterThan(100);
  expect(lines(twice).slice(0, -1)).toEqual(lines(once).slice(0, -1));
});

describe.concurrent('the simulation notices when a safeguard is missing', () => {
  /** With the seed of a scenario that notices it, so that the short check need not look for one; others stand behind it. */
  const MISSING = {
    'no intent is written': 1,
    'no look at the live request right before the call': 51,
    'no lock': 26,
    'what was done before is not looked at': 1,
  } as const satisfies Partial<Record<MutantName, number>>;

  test('of which each is still where it is taken out', () => {
    const edits = Object.values(MUTANTS).flat();
    const gone = edits.filter(({ file, text }) => !readFileSync(join(ROOT, file), 'utf8').includes(text));
    expect(gone).toEqual([]);
  });

  test.each(Object.entries(MISSING) as [MutantName, number][])('%s', async (name, seed) => {
    const { violated } = await caught(name, seed, 150);
    expect(violated, 'the invariant that was violated').not.toBeNull();
  });
});
