/** `npm test`: types, lint, what nothing uses, and the tests; how long each took stands at the end. */
import { spawnSync } from 'node:child_process';

const STEPS = [
  ['types', ['tsc', '--noEmit']],
  ['lint', ['biome', 'check', '--error-on-warnings', '.']],
  ['unused', ['knip']],
  // What is given to `npm test --` is for the tests.
  ['tests', ['vitest', 'run', ...process.argv.slice(2)]],
] as const;

const took: string[] = [];
let failed: string | null = null;
for (const [name, [command, ...args]] of STEPS) {
  const began = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  took.push(`${name} ${Math.round((performance.now() - began) / 1000)} s`);
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  if (status !== 0) failed = name;
  if (failed !== null) break;
}
process.stdout.write(`\n${took.join(', ')}${failed === null ? '' : `: ${failed} FAILED`}\n`);
process.exitCode = failed === null ? 0 : 1;
