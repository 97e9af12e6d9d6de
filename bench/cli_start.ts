import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from './median.ts';
import { ROOT } from './stage/machine.ts';

const ROUNDS = 20;
const BARE = ['-e', '0'];
const HELP = [join(ROOT, 'bin/portcullis.js'), '--help'];

/** How long `--help` takes, beside a Node that does nothing: medians of rounds in turn, so that a busy moment hits both. */
export function cliStart() {
  const times = { help: [] as number[], bare: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.bare.push(timed(BARE));
    times.help.push(timed(HELP));
  }
  const [helpMs, bareMs] = [median(times.help), median(times.bare)];
  return { rounds: ROUNDS, goalMs: 150, helpMs, bareMs, timesBare: helpMs / bareMs };
}

function timed(args: readonly string[]): number {
  const before = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...args], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`it did not start: ${stderr}`);
  return performance.now() - before;
}
