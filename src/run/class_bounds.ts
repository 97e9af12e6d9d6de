import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { demotedNames } from '../decide/class_standing.ts';
import type { Subject } from '../decide/decide.ts';
import type { AccessContext } from '../domain/access_context.ts';
import type { Demotion } from '../domain/class_evidence.ts';
import { boundBy } from '../domain/class_mode.ts';
import { demotionProblem } from '../phrases/class_words.ts';
import type { AccessModel } from '../policy/access_model.ts';
import { hasModes } from '../policy/classify.ts';
import type { Disk } from '../store/disk.ts';
import type { Notes } from './notes.ts';
import type { Steps } from './steps.ts';

/** The modes of the classes in one run: with what people took back, and with the sample that is left to them. */
export type ClassBounds = {
  /** Once the ledger is open. @throws {StorageError} */
  open(demotions: ReadonlyMap<string, Demotion>, ledgerKey: KeyObject | null): Promise<void>;
  bound(requestId: string, context: AccessContext): AccessContext;
};

type Parts = {
  readonly access: Pick<AccessModel, 'classes'>;
  /** CONTROL_SHARE, 0 to 1. */
  readonly controlShare: number;
  readonly stateDir: string;
  readonly disk: Disk;
};

/**
 * INVARIANT: whether a request is one of the sample depends on its id and a secret alone: whoever asks for access can neither
 * find it out nor choose it, and each run draws the same.
 */
export function classBounds({ access, controlShare, stateDir, disk }: Parts): ClassBounds {
  let demoted: ReadonlySet<string> = new Set();
  let key: KeyObject | null = null;
  const drawn = (requestId: string): boolean => key !== null && share(requestId, key) < controlShare;
  return {
    async open(demotions, ledgerKey) {
      if (!hasModes(access)) return;
      demoted = demotedNames(access.classes.values(), demotions);
      if (controlShare > 0) key = ledgerKey ?? (await installationSecret(stateDir, disk));
    },
    bound(requestId, context) {
      if (context.mode?.mode !== 'enforce') return context;
      const mode = boundBy(context.mode, context.classes, demoted, () => drawn(requestId));
      return mode === context.mode ? context : { ...context, mode };
    },
  };
}

/**
 * What people decided about classes of access, before anything is decided by their modes.
 * INVARIANT: a demotion is in the ledger before anything is done by the run that finds it.
 */
export async function weighClasses(
  steps: Pick<Steps, 'weighClasses' | 'enterClasses'>,
  notes: Notes,
  subjects: readonly Subject[],
): Promise<readonly Subject[]> {
  const { draft, history } = notes;
  if (history === null || draft.mode === 'applying') return subjects;
  const weighed = steps.weighClasses(subjects, history);
  if (weighed.standings.length > 0) draft.classes = [...weighed.standings];
  for (const demotion of weighed.demoted) notes.found(demotionProblem(demotion));
  if (!draft.dryRun) {
    await notes.trusting(async (trusted) => {
      if (trusted !== null) await steps.enterClasses(weighed, trusted);
      return trusted;
    });
  }
  return weighed.subjects;
}

/** 0 to 1, evenly. */
function share(requestId: string, key: KeyObject): number {
  const digest = createHmac('sha256', key).update(`control share: ${requestId}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

const FILE = 'installation.secret';
const BYTES = 32;

/** Made once; without it another sample is drawn, and nothing else happens. @throws {StorageError} */
async function installationSecret(stateDir: string, disk: Disk): Promise<KeyObject> {
  const file = join(stateDir, FILE);
  const known = (await disk.read(file))?.trim() ?? '';
  const text = /^[0-9a-f]{64}$/.test(known) ? known : randomBytes(BYTES).toString('hex');
  if (text !== known) await disk.replace(file, `${text}\n`);
  return createSecretKey(text, 'utf8');
}
