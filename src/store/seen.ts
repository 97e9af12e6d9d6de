import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { type Disk, realDisk } from './disk.ts';

/**
 * `seen.json`: what the last run could not read of the vault's list and told of, as digests, so that the next run tells of
 * what is new. A state folder of an earlier version has none; then everything is new.
 */
const SeenFile = z.object({ unreadable: z.array(z.string()) });
const FILE = 'seen.json';

/** More than anybody looks at one by one: beyond them everything counts as new. */
const KEPT = 20_000;

const digest = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 22);

/** A damaged file counts as empty: what was told is told once more. @throws {StorageError} */
export async function readSeen(stateDir: string, disk: Disk = realDisk): Promise<(key: string) => boolean> {
  const text = await disk.read(join(stateDir, FILE));
  const known = new Set(parse(text));
  return (key) => known.has(digest(key));
}

/** Replaces what was kept: a record that left the window is new when it comes back. @throws {StorageError} */
export async function keepSeen(stateDir: string, keys: readonly string[], disk: Disk = realDisk): Promise<void> {
  const file = join(stateDir, FILE);
  const before = await disk.read(file);
  if (before === null && keys.length === 0) return;
  const text = `${JSON.stringify({ unreadable: keys.slice(0, KEPT).map(digest).sort() })}\n`;
  if (text !== before) await disk.replace(file, text);
}

function parse(text: string | null): readonly string[] {
  try {
    return SeenFile.safeParse(JSON.parse(text ?? '')).data?.unreadable ?? [];
  } catch {
    return [];
  }
}
