import type { Stats } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isHalf } from './replace_file.ts';

/** A write takes milliseconds; whatever made this file is over. Commands without the lock (`review`, `halt`) write too. */
const OVER_MS = 10 * 60_000;

/** `lock.<mark>`: a lock that was about to be taken. */
const NEARLY_LOCKED = /^lock\.[0-9a-f-]{36}\.json$/;
/** A report's name that was taken, and nothing written under it yet. */
const REPORT = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?\.(md|json)$/;

/**
 * Removes what killed processes left of files that they had not finished, and says what. Nothing that was ever whole is
 * touched, nothing young, and nothing that may be somebody's copy, whatever it is called: a name has to be one that only
 * we give. For the owner of the lock. Never throws: what stays does no harm.
 */
export async function clearLeftovers(places: { state: string; reports: string }, now: number): Promise<string[]> {
  const removed: string[] = [];
  const isOver = ({ mtimeMs }: Stats) => now - mtimeMs > OVER_MS;
  for (const folder of [places.state, ...(await foldersIn(places.state))]) {
    await clear(folder, removed, (name, stats) => isOver(stats) && (isHalf(name) || NEARLY_LOCKED.test(name)));
  }
  await clear(places.reports, removed, (name, stats) => {
    return isOver(stats) && (isHalf(name) || (REPORT.test(name) && stats.isFile() && stats.size === 0));
  });
  return removed;
}

async function clear(
  folder: string,
  removed: string[],
  isLeft: (name: string, stats: Stats) => boolean,
): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => null);
    if (stats === null || !isLeft(name, stats)) continue;
    await rm(path, { recursive: true, force: true }).then(
      () => removed.push(path),
      () => undefined,
    );
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}
