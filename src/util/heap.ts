import v8 from 'node:v8';

/** From here on, going through everything that is alive costs the engine more than the memory that it saves. */
const LARGE_WINDOW = 150_000;
/** Percent by which garbage may let the memory grow then, instead of the 10 in the first line of `bin/portcullis.js`. */
const GROWTH = 50;

let made = false;

/**
 * Lets memory grow faster for a large window. What is alive is gone through each time that the memory has grown by the
 * given share: with a million requests and one processor that took half of all time, in stretches so long that the run
 * lost its lock. For as long as the process lives; the engine looks at this at every collection.
 */
export function makeRoomFor(requests: number): void {
  if (made || requests < LARGE_WINDOW) return;
  made = true;
  v8.setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
