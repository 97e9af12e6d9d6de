import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Both look for secrets of the simulator in whatever the tests and the program write and print.
    globalSetup: ['test/security/canary/suite.ts'],
    setupFiles: ['test/security/canary/watch.ts'],
    // Real sockets and child processes: generous for a noisy shared machine, still a bound on anything that hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
