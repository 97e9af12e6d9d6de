import { join } from 'node:path';
import { z } from 'zod';
import { type Disk, realDisk } from './disk.ts';

/** How much each run did, for the circuit breaker: what is usual here. */
export const RunCount = z.object({
  run: z.string(),
  approve: z.number(),
  reject: z.number(),
  /** Persons with suspicious texts in open requests. Version 0.1 counted texts (`suspicious`), which is passed over. */
  persons: z.number().optional(),
});
export type RunCount = z.infer<typeof RunCount>;

const KEPT = 50;
const FILE = 'run_counts.json';

/** Oldest first. A damaged file counts as empty: the circuit breaker then has no usual range, and the caps still hold. @throws {StorageError} */
export async function readRunCounts(stateDir: string, disk: Disk = realDisk): Promise<readonly RunCount[]> {
  const text = await disk.read(join(stateDir, FILE));
  try {
    return z.array(RunCount).parse(JSON.parse(text ?? '[]'));
  } catch {
    return [];
  }
}

/** @throws {StorageError} */
export async function addRunCount(stateDir: string, count: RunCount, disk: Disk = realDisk): Promise<void> {
  const counts = [...(await readRunCounts(stateDir, disk)), count].slice(-KEPT);
  await disk.replace(join(stateDir, FILE), `${JSON.stringify(counts)}\n`);
}
