import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Where and of what a result was measured. Two results are worth comparing when only `date`, `commit` and `dirty` differ. */
export type MachineFacts = ReturnType<typeof machineFacts>;

export function machineFacts() {
  return {
    date: new Date().toISOString(),
    commit: git('rev-parse', '--short=7', 'HEAD'),
    /** Whether the tree held changes that no commit has. */
    dirty: git('status', '--porcelain') !== '',
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    node: process.version,
    /** Processes that wanted to run during the last minute: with more than `cores`, times are upper bounds. */
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

export function inWords({ date, commit, dirty, cpu, cores, memoryMb, node, load }: MachineFacts): string {
  const tree = `commit ${commit}${dirty ? ' with changes' : ''}`;
  const machine = `${cpu}, ${cores} cores, ${Math.round(memoryMb / 1024)} GB, Node ${node.slice(1)}`;
  return `${date.slice(0, 16).replace('T', ' ')} UTC, ${tree}, ${machine}, load ${load} at the start`;
}

/** Outside of a repository the commit is unknown, and the result cannot be compared. */
function git(...args: readonly string[]): string {
  try {
    return execFileSync('git', [...args], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
