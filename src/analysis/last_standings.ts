import type { ClassStanding } from '../domain/class_evidence.ts';
import type { RunArchive } from '../store/run_archive.ts';

/** How many archived runs are looked at, newest first: some break off before they know. */
const PATIENCE = 5;

/** How the classes stood in the newest archived run that knew it; empty when none did. */
export async function lastStandings(archive: Pick<RunArchive, 'ids' | 'load'>): Promise<readonly ClassStanding[]> {
  for (const id of [...(await archive.ids())].reverse().slice(0, PATIENCE)) {
    const classes = (await archive.load(id))?.classes;
    if (classes !== undefined) return classes;
  }
  return [];
}
