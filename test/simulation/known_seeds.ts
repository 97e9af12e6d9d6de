/** Seeds of the fault simulation that once found something. They run in every check, beside those that it counts through. */
export const KNOWN_SEEDS: readonly number[] = [
  // Reports of runs without a head of the ledger hid those before them.
  42,
  // A process slept right behind the write of its pending credential request, lost its lock, and asked all the same.
  9827,
  // A mail that was under way when its process died arrived behind the one that repeats it.
  132,
];
