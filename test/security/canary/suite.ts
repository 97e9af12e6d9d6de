/**
 * One folder for everything that a run of the tests writes, and the look through it at the end. The simulator's secrets
 * carry a mark (`PLANTED`): whatever holds the mark has leaked a secret, and the suite fails.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaksBelow } from './canary.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Where Node keeps what it compiled; `bin/portcullis.js` takes the same place. Processes start in half the time. */
const COMPILED = join(ROOT, 'node_modules/.cache/portcullis');
const FOLDER = 'PORTCULLIS_SUITE_FOLDER';
const NOTES = 'leaks-noted-by-';
const PREFIX = 'portcullis-suite-';
const MEMORY = '/dev/shm';
const ROOM = 2 ** 30;
/** Where a process notes what it sees: one file each, so that none writes over what another has found. */
export const notesIn = (folder: string): string => join(folder, `${NOTES}${process.pid}.txt`);

export function suiteFolder(): string {
  const folder = process.env[FOLDER];
  if (folder === undefined)
    throw new Error('the tests were started without test/security/canary/suite.ts (vitest.config.ts)');
  return folder;
}

/** Called by vitest before the first test, and what it returns after the last. */
export default function begin(): () => void {
  const folder = inMemory() ?? mkdtempSync(join(tmpdir(), PREFIX));
  process.env[FOLDER] = folder;
  // Every temporary folder of every test and of the program lies in it.
  process.env.TMPDIR = folder;
  // For every process that a test starts with the environment of the tests: it loads what others have compiled.
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
  return () => end(folder);
}

/**
 * A folder in a file system of Linux that is memory: the program writes everything through to the disk, which is most of
 * the time of many tests. Null where there is none with room for a run, or where it starts no programs, and for whoever
 * says by TMPDIR where the tests should write.
 */
function inMemory(): string | null {
  if (process.env.TMPDIR) return null;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ROOM) return null;
    const folder = mkdtempSync(join(MEMORY, PREFIX));
    const program = join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
    const starts = spawnSync(program).status === 0;
    rmSync(starts ? program : folder, { recursive: true });
    return starts ? folder : null;
  } catch {
    return null;
  }
}

/** @throws {Error} that names every place where a planted secret was found */
export function end(folder: string): void {
  const notes = readdirSync(folder).filter((name) => name.startsWith(NOTES));
  const noted = notes.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  const left = leaksBelow(folder).filter((leak) => !leak.startsWith(join(folder, NOTES)));
  const leaks = [...noted, ...left].filter((leak) => leak !== '');
  // The folder stays when there is something to look at.
  if (leaks.length > 0) throw new Error(`a secret was written down:\n${[...new Set(leaks)].join('\n')}`);
  rmSync(folder, { recursive: true, force: true });
}
