import v8 from 'node:v8';

/** Percent by which memory may grow until everything that is alive is gone through again. V8 by itself lets it double and more. */
const GROWTH = 30;
/** From here on, going through everything that is alive costs more than the memory that it saves. */
const LARGE_WINDOW = 150_000;
const GROWTH_OF_A_LARGE_ONE = 50;
/** Bytes for new objects, in two halves. V8 by itself goes to 128 MB, which saves no time here. */
const ENOUGH_FOR_NEW_OBJECTS = 32 * 2 ** 20;

let growth = 0;
let enough = false;

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
  if (!enough && newSpace() >= ENOUGH_FOR_NEW_OBJECTS) {
    enough = true;
    // By how much that space is multiplied when many new objects stay alive.
    v8.setFlagsFromString('--semi-space-growth-factor=1');
  }
}

function newSpace(): number {
  return v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}
