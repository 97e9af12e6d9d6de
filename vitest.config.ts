import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/suite/longest_first.ts';
import { RUNS_FACTOR } from './test/suite/property_runs.ts';

// Real sockets and child processes: generous for a noisy shared machine, still a bound on anything that hangs. The long
// check draws more examples for each property.
const patience = 300_000 * Math.max(1, RUNS_FACTOR);
const usual = { testTimeout: patience, hookTimeout: patience, restoreMocks: true, unstubEnvs: true };
/** Looks for secrets of the simulator in whatever the tests and the program write and print. */
const watch = 'test/security/canary/watch.ts';

/** The scheduler on fake timers: behind other files in one process it goes on for ever. */
const ALONE = ['test/unit/daemon/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/security/canary/suite.ts'],
    reporters: ['default', './test/suite/reporter.ts'],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      // INVARIANT: the files of these two share a process, so that the program is loaded once and not two hundred times.
      // What a test changes in the process (environment, spies, timers) it puts back, or `tidy.ts` does.
      {
        test: {
          ...usual,
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
          setupFiles: [watch, 'test/suite/tidy.ts', 'test/suite/properties.ts'],
        },
      },
      {
        test: {
          ...usual,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          isolate: false,
          setupFiles: [watch, 'test/suite/tidy.ts'],
        },
      },
      // A process for each file: these change the engine under the program, or hold whole processes against it.
      {
        test: {
          ...usual,
          name: 'alone',
          include: ['test/{security,simulation,crash,repo}/**/*.test.ts', ...ALONE],
          setupFiles: [watch, 'test/suite/tidy.ts'],
        },
      },
    ],
  },
});
