import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bite, MUTANTS, type MutantName } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * A few of the nights that `npm run simulate:faults` plays by the thousand. In processes of their own: the nights put the
 * timers of the whole process on simulated time.
 */
async function play(...args: string[]): Promise<string> {
  const main = join(import.meta.dirname, 'main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  }).catch((failed: { stdout: string; stderr: string }) => ({ stdout: `${failed.stdout}${failed.stderr}` }));
  return stdout;
}

// Three hundred of them: .ci/run.
test('a dozen bad nights leave nothing done twice, nothing lost, nothing hidden', async () => {
  expect(await play('--seeds', '12', '--workers', '2')).toMatch(/^12 nights, 0 failed; .*\n$/);
});

test('a night is the same however often it is played', async () => {
  expect(await play('--from', '61', '--seeds', '2', '--twice')).toMatch(/^2 nights, 0 failed/);
  const [first, second] = [await play('--seed', '7', '--trace'), await play('--seed', '7', '--trace')];
  const story = (said: string) => said.split('\n').slice(0, -2);
  expect(story(first).length).toBeGreaterThan(100);
  expect(story(second)).toEqual(story(first));
});

describe('the nights notice when a safeguard is missing', () => {
  const MISSING = [
    'no intent is written',
    'no look at the live request right before the call',
    'no lock',
    'what was done before is not looked at',
  ] as const satisfies readonly MutantName[];

  test('of which each is still where it is taken out', () => {
    const edits = Object.values(MUTANTS).flat();
    const gone = edits.filter(({ file, text }) => !readFileSync(join(ROOT, file), 'utf8').includes(text));
    expect(gone).toEqual([]);
  });

  test.each(MISSING)('%s', async (name) => {
    const { violated } = await bite(name, 1, 150);
    expect(violated, 'the invariant that was violated').not.toBeNull();
  });
});
