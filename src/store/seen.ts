import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { type Disk, realDisk } from './disk.ts';

/**
 * `seen.json`: what the last run could not read of the vault's list and told of, as digests, so that the next run tells of
 * what is new. A state folder of an earlier version has none; then everything is new.
 */
const SeenFile = z.object({ unreadable: z.array(z.string()), newest: z.number().optional() });
const FILE = 'seen.json';

/** More than anybody looks at one by one: beyond them everything counts as new. */
const KEPT = 20_000;

const digest = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 22);

export type Seen = {
  /** Whether it was told of. */
  readonly told: (key: string) => boolean;
  /** When the newest request was created that a run saw; null when none was kept. */
  readonly newest: number | null;
};

/** A damaged file counts as empty: what was told is told once more. @throws {StorageError} */
export async function readSeen(stateDir: string, disk: Disk = realDisk): Promise<Seen> {
  const { unreadable, newest } = parse(await disk.read(join(stateDir, FILE)));
  const known = new Set(unreadable);
  return { told: (key) => known.has(digest(key)), newest: newest ?? null };
}

/**
 * Replaces what was kept: a record that left the window is new when it comes back. A run that saw no request (`newest` is
 * null) keeps what the last one saw. @throws {StorageError}
 */
export async function keepSeen(
  stateDir: string,
  keys: readonly string[],
  newest: number | null,
  disk: Disk = realDisk,
): Promise<void> {
  const file = join(stateDir, FILE);
  const before = await disk.read(file);
  if (before === null && keys.length === 0 && newest === null) return;
  const kept = newest ?? parse(before).newest;
  const text = `${JSON.stringify({ unreadable: keys.slice(0, KEPT).map(digest).sort(), newest: kept })}\n`;
  if (text !== before) await disk.replace(file, text);
}

function parse(text: string | null): z.infer<typeof SeenFile> {
  try {
    return SeenFile.safeParse(JSON.parse(text ?? '')).data ?? { unreadable: [] };
  } catch {
    return { unreadable: [] };
  }
}
