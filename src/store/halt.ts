import { join } from 'node:path';
import { z } from 'zod';
import type { Halt } from '../domain/halt.ts';
import { jsonText } from '../text/json.ts';
import { LATEST_MS } from '../util/durations.ts';
import { describeError } from '../util/errors.ts';
import { type Disk, realDisk } from './disk.ts';

/**
 * `halt.json`: while it is there, nothing in the vault is changed. It is read before every action, by whichever process
 * acts, and takes no lock: it has to work beside a daemon that is in the middle of a run.
 */
const HALT_FILE = 'halt.json';
/** `halts.jsonl`: who halted and who resumed; lines are only ever appended. */
const LOG_FILE = 'halts.jsonl';

const moment = z.iso.datetime({ offset: true }).refine((at) => Date.parse(at) >= 0 && Date.parse(at) <= LATEST_MS);

const HaltFile = z.object({
  since: moment,
  by: z.string().min(1),
  reason: z.string().nullable(),
});

/**
 * The halt in the state folder; null when there is none. Never throws.
 * INVARIANT: whatever is there under that name and cannot be read or understood halts: an empty file, a folder, a link to
 * nowhere. A pipe is not opened, since reading it would wait for whoever writes.
 */
export async function readHalt(stateDir: string, disk: Disk = realDisk): Promise<Halt | null> {
  const file = join(stateDir, HALT_FILE);
  try {
    const kind = await disk.kind(file);
    if (kind === null) return null;
    if (kind === 'other') return unreadable('it is no plain file');
    const text = await disk.read(file);
    if (text !== null) return understood(text);
    // Taken away meanwhile, or something else was put there.
    return (await disk.kind(file)) === null ? null : unreadable('it changed while it was read');
  } catch (error) {
    return unreadable(describeError(error));
  }
}

/** The one question before every action: the switch of this process first, which needs no file. */
export const findHalt = async (
  { setting, stateDir }: { readonly setting: boolean; readonly stateDir: string },
  disk: Disk = realDisk,
): Promise<Halt | null> =>
  setting ? { source: 'setting', since: null, by: null, reason: null } : readHalt(stateDir, disk);

export type Said = { readonly at: number; readonly by: string; readonly reason: string | null };

/**
 * Halts, and gives the halt that there was before: it stays as it is, so that whoever halts twice does not hide who was
 * first. `unrecorded` says why the log of halts could not be written; the halt holds all the same.
 * @throws {StorageError} when nothing is halted
 */
export async function halt(
  stateDir: string,
  { at, by, reason }: Said,
  disk: Disk = realDisk,
): Promise<{ before: Halt | null; unrecorded: string | null }> {
  const before = await readHalt(stateDir, disk);
  if (before?.source === 'file') return { before, unrecorded: null };
  const text = jsonText({ since: new Date(at).toISOString(), by, reason }, 0);
  await disk.replace(join(stateDir, HALT_FILE), text);
  const unrecorded = await note(stateDir, { what: 'halt', at, by, reason }, disk).then(() => null, describeError);
  return { before, unrecorded };
}

/**
 * Ends the halt and gives what it was; null when there was none. Logged before the file is removed.
 * @throws {StorageError} the halt stays
 */
export async function resume(
  stateDir: string,
  { at, by }: Omit<Said, 'reason'>,
  disk: Disk = realDisk,
): Promise<Halt | null> {
  const before = await readHalt(stateDir, disk);
  if (before === null) return null;
  await note(stateDir, { what: 'resume', at, by, reason: null }, disk);
  await disk.remove(join(stateDir, HALT_FILE));
  return before;
}

const HaltLine = z.object({
  at: moment,
  what: z.enum(['halt', 'resume']),
  by: z.string().min(1),
  reason: z.string().nullable(),
});
export type HaltLine = z.infer<typeof HaltLine>;

/** Who halted and who resumed, oldest first; what cannot be understood is left out. @throws {StorageError} */
export async function readHaltLog(stateDir: string, disk: Disk = realDisk): Promise<readonly HaltLine[]> {
  const rows = ((await disk.read(join(stateDir, LOG_FILE))) ?? '').split('\n');
  return rows.map(haltLineOrNull).filter((line) => line !== null);
}

function haltLineOrNull(row: string): HaltLine | null {
  try {
    return HaltLine.safeParse(JSON.parse(row)).data ?? null;
  } catch {
    return null;
  }
}

async function note(stateDir: string, { at, ...said }: Said & { what: 'halt' | 'resume' }, disk: Disk): Promise<void> {
  const file = join(stateDir, LOG_FILE);
  const before = (await disk.read(file)) ?? '';
  // After a line that a crash cut short, the next one would be swallowed.
  const start = before === '' || before.endsWith('\n') ? '' : '\n';
  await disk.append(file, `${start}${jsonText({ at: new Date(at).toISOString(), ...said }, 0)}`);
}

function understood(text: string): Halt {
  try {
    const { since, by, reason } = HaltFile.parse(JSON.parse(text));
    return { source: 'file', since: Date.parse(since), by, reason };
  } catch {
    return unreadable('it is not what `portcullis halt` writes');
  }
}

const unreadable = (why: string): Halt => ({ source: 'unreadable', since: null, by: null, reason: why });

/** The halt as one run sees it. */
export type RunHalt = {
  /** Asks again. Never throws. */
  readonly check: () => Promise<Halt | null>;
  /** What was found so far. */
  readonly found: () => Halt | null;
};

/** INVARIANT: what was found once stays: a run that met a halt is a halted run, also when somebody resumes meanwhile. */
export function watchHalt(find: () => Promise<Halt | null>, onFound: (halt: Halt) => void): RunHalt {
  let found: Halt | null = null;
  return {
    check: async () => {
      if (found !== null) return found;
      found = await find();
      if (found !== null) onFound(found);
      return found;
    },
    found: () => found,
  };
}
