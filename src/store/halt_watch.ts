import type { Halt } from '../domain/halt.ts';

/** The halt as one run sees it. */
export type HaltWatch = {
  /** Looks again. Never throws. */
  readonly look: () => Promise<Halt | null>;
  /** What was found so far. */
  readonly found: () => Halt | null;
};

/** INVARIANT: what was found once stays: a run that met a halt is a halted run, also when somebody resumes meanwhile. */
export function watchHalt(find: () => Promise<Halt | null>, onFound: (halt: Halt) => void): HaltWatch {
  let found: Halt | null = null;
  return {
    look: async () => {
      if (found !== null) return found;
      found = await find();
      if (found !== null) onFound(found);
      return found;
    },
    found: () => found,
  };
}
