import { PerformanceObserver } from 'node:perf_hooks';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Percent by which memory may grow until everything that is alive is gone through again. V8 by itself lets it double and more. */
const GROWTH = 30;
/** From here on, going through everything that is alive costs more than the memory that it saves. */
const LARGE_WINDOW = 150_000;
const GROWTH_OF_A_LARGE_ONE = 50;
/** Below that the peak is that of loading the code, and nothing is left to be saved. */
const WORTH_A_CLEARING = 1000;
/** Bytes for new objects, in two halves. V8 by itself goes to 64 MB, which saves no time here. */
const ENOUGH_FOR_NEW_OBJECTS = 32 * 2 ** 20;

let growth = 0;
let cleared = false;

/**
 * How fast memory may grow while a window of so many requests is read, and for as long as the process lives. Only by
 * options that V8 looks at again whenever it collects: a command line for Node is not what every system takes from the
 * first line of `bin/portcullis.js`. Not before there is a window, because options make Node compile its own modules anew.
 */
export function makeRoomFor(requests: number): void {
  if (growth === 0) {
    // Marking in between lets garbage overshoot its bound, and nobody waits for an answer within a second.
    v8.setFlagsFromString('--no-incremental-marking');
  }
  const wanted = requests < LARGE_WINDOW ? GROWTH : GROWTH_OF_A_LARGE_ONE;
  if (wanted > growth) {
    growth = wanted;
    v8.setFlagsFromString(`--heap-growing-percent=${growth}`);
  }
  if (!cleared && requests >= WORTH_A_CLEARING) {
    cleared = true;
    clear();
    boundNewSpace();
  }
}

/**
 * Loading the code has let the space for new objects grow to its limit, and the bound on growth counts from the first
 * collection of everything, which V8 would make at three times as much memory. After this one, that space begins small again.
 */
function clear(): void {
  v8.setFlagsFromString('--expose-gc');
  const collect: (how: object) => void = runInNewContext('gc');
  v8.setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}

/** It may grow at any collection, long after the window was read; half of this bound would make V8 forget the one on growth. */
function boundNewSpace(): void {
  const collections = new PerformanceObserver(() => {
    if (newSpace() < ENOUGH_FOR_NEW_OBJECTS) return;
    collections.disconnect();
    // By how much that space is multiplied when many new objects stay alive.
    v8.setFlagsFromString('--semi-space-growth-factor=1');
  });
  collections.observe({ entryTypes: ['gc'] });
}

function newSpace(): number {
  return v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}
