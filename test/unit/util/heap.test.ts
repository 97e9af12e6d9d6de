import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MB = 2 ** 20;

/** Most of what is new stays alive, as while a window is read. The first collection is when V8 begins to look at the growth. */
const program = `
  import v8 from 'node:v8';
  import { makeRoomFor } from '${new URL('../../../src/util/heap.ts', import.meta.url).href}';
  const requests = Number(process.argv[1]);
  const newSpace = () => v8.getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size;
  const kept = [];
  let largest = 0;
  for (let i = 0; i < 700_000; i++) {
    kept.push(new Array(100).fill(i));
    if (i === 50_000) gc();
    if (i % 1000 !== 0) continue;
    if (requests > 0) makeRoomFor(requests);
    await new Promise(setImmediate);
    largest = Math.max(largest, newSpace());
  }
  console.log('largest new space: ' + largest);
`;

async function read(requests: number) {
  const options = ['--expose-gc', '--trace-gc', '--input-type=module'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, '-e', program, `${requests}`], {
    maxBuffer: 16_000_000,
  });
  const collections = stdout.split('\n').filter((line) => line.includes('Mark-Compact'));
  return {
    /** How often V8 went through everything that is alive. */
    collections: collections.length,
    inBetween: collections.filter((line) => line.includes('since start of marking')).length,
    newSpace: Number(/largest new space: (\d+)/.exec(stdout)?.[1]),
  };
}

test('memory follows a usual window more closely than V8 lets it, a large one less closely', async () => {
  const [left, usual, large] = [await read(0), await read(100_000), await read(200_000)];
  expect(usual.collections).toBeGreaterThan(left.collections);
  expect(large.collections).toBeLessThan(usual.collections);
  // Nothing is marked between collections, and the space for new objects stops where it is large enough.
  expect(left.inBetween).toBeGreaterThan(0);
  expect([usual.inBetween, large.inBetween]).toEqual([0, 0]);
  expect(left.newSpace).toBeGreaterThan(32 * MB);
  expect([usual.newSpace, large.newSpace]).toEqual([32 * MB, 32 * MB]);
});
