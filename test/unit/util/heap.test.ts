import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = `
  import { makeRoomFor } from '${new URL('../../../src/util/heap.ts', import.meta.url).href}';
  makeRoomFor(Number(process.argv[1]));
  const kept = [];
  for (let i = 0; i < 1_500_000; i++) kept.push({ i, list: [i] });
`;

/** How often the engine goes through everything that is alive while the memory grows. */
async function collections(requests: number): Promise<number> {
  const options = ['--heap-growing-percent=10', '--max-semi-space-size=4', '--trace-gc', '--input-type=module'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, '-e', program, `${requests}`], {
    maxBuffer: 16_000_000,
  });
  return stdout.split('\n').filter((line) => line.includes('Mark-Compact')).length;
}

test('A large window lets the memory grow faster, a usual one does not', async () => {
  const usual = await collections(100_000);
  expect(await collections(200_000)).toBeLessThan(usual);
}, 60_000);
