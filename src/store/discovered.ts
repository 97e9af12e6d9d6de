import { join } from 'node:path';
import { z } from 'zod';
import { type Disk, realDisk } from './disk.ts';

/**
 * `discovery.json`: where the last run found the vault's credential operations, so that `doctor` can say what has changed since: a
 * credential is asked for there.
 */
const Discovered = z.object({ source: z.string().nullable(), operations: z.record(z.string(), z.string()) });
export type Discovered = z.output<typeof Discovered>;
const FILE = 'discovery.json';

/** Null when no run has looked yet, and for a file that cannot be understood. @throws {StorageError} */
export async function readDiscovered(stateDir: string, disk: Disk = realDisk): Promise<Discovered | null> {
  const text = await disk.read(join(stateDir, FILE));
  try {
    return Discovered.safeParse(JSON.parse(text ?? '')).data ?? null;
  } catch {
    return null;
  }
}

/** @throws {StorageError} */
export async function keepDiscovered(stateDir: string, found: Discovered, disk: Disk = realDisk): Promise<void> {
  const file = join(stateDir, FILE);
  const text = `${JSON.stringify(found)}\n`;
  if (text !== (await disk.read(file))) await disk.replace(file, text);
}
