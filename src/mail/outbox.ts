import { hash } from 'node:crypto';
import { basename, join } from 'node:path';
import * as z from 'zod';
import type { MailEntry, MailSeals } from '../domain/mail_seals.ts';
import type { Problem } from '../domain/run_record.ts';
import { type Disk, realDisk } from '../store/disk.ts';
import { jsonText } from '../text/json.ts';
import type { Clock } from '../util/clock.ts';
import { describeError } from '../util/errors.ts';
import type { Mail } from './mail.ts';

/**
 * - `pending`: certainly not sent; the next run sends it.
 * - `sending`: the request was about to leave. Found at the start of a run, it means that the process died meanwhile.
 * - `unknown`: the request left and nobody knows what became of it.
 * - `repeating`: it left, or was about to leave, for the second time.
 *
 * INVARIANT: a mail goes out at most twice, and the second time only when it tells of actions, marked as possibly repeated.
 */
export type MailState = 'pending' | 'sending' | 'unknown' | 'repeating';

export type KeptMail = {
  readonly file: string;
  readonly state: MailState;
  /** When it was put into the box, milliseconds since the epoch. */
  readonly queuedAt: number;
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly reason: string | null;
  readonly mail: Mail;
  /** What the key of the ledger makes of it; null without a key. */
  readonly seal?: string | null | undefined;
};

/** The mails that have not certainly arrived, one file each. */
export type Outbox = {
  /**
   * Oldest first. A file that cannot be read, or that the ledger does not know, is put aside and told as a problem; a mail
   * that was about to leave is `sending` or `repeating`, whatever its file says.
   * INVARIANT: what is not sealed is not sent, whoever wrote it. Without a ledger to ask nothing is sent, and all stays.
   */
  read(): Promise<{ kept: readonly KeptMail[]; problems: readonly Problem[] }>;
  /** INVARIANT: when it throws, the mail surely is not in the box. */
  add(mail: Mail): Promise<KeptMail>;
  /** On disk, fsynced, when it resolves. */
  update(kept: KeptMail, change: Partial<Pick<KeptMail, 'state' | 'attempts' | 'reason'>>): Promise<KeptMail>;
  remove(kept: KeptMail): Promise<void>;
};

const FILE = z.object({
  schema_version: z.literal(1),
  state: z.enum(['pending', 'sending', 'unknown', 'repeating']),
  queuedAt: z.number(),
  attempts: z.number().int(),
  reason: z.string().nullable(),
  mail: z.object({
    ...{ runId: z.string(), subject: z.string(), html: z.string(), text: z.string() },
    // The versions before had neither.
    actions: z.int().min(0).optional(),
    attachment: z.object({ name: z.string(), csv: z.string() }).optional(),
  }),
  // Version 0.1 had none.
  seal: z.string().nullish(),
});

/** The digest of what would be sent, and of when it was written; of mails of the versions before as they made it. */
export function mailDigest({ queuedAt, mail }: Pick<KeptMail, 'queuedAt' | 'mail'>): string {
  const { runId, subject, html, text, actions, attachment } = mail;
  const more = actions === undefined ? [] : [actions, attachment?.name ?? null, attachment?.csv ?? null];
  return hash('sha256', JSON.stringify([queuedAt, runId, subject, html, text, ...more]));
}

/** What the ledger has to know of a mail in that state. */
const NOTED = {
  pending: 'mail.kept',
  sending: 'mail.leaving',
  unknown: 'mail.leaving',
  repeating: 'mail.repeating',
} as const satisfies Record<MailState, MailEntry>;

const FOREIGN = new Error('the ledger knows nothing of it: it was changed, or put there by somebody else');

export function createOutbox(dir: string, clock: Clock, seals: MailSeals, disk: Disk = realDisk): Outbox {
  /** Without the entry the next run does not send it and says so: all that can be done when the ledger takes none. */
  const enter = (kind: MailEntry, digest: string) => seals.enter(kind, digest).catch(() => {});

  function stateOf(kept: KeptMail): MailState | 'foreign' | 'unsure' {
    const digest = mailDigest(kept);
    const known = seals.known(digest);
    if (known === 'unknown') return 'unsure';
    if (known === 'leaving') return kept.state === 'pending' ? 'sending' : kept.state;
    if (known === 'repeating') return 'repeating';
    const mark = seals.mark(digest);
    return known === 'kept' || (mark !== null && mark === kept.seal) ? kept.state : 'foreign';
  }

  async function save(kept: KeptMail): Promise<KeptMail> {
    const { file, ...content } = kept;
    // With the flush of the folder: after a power cut `sending` must not have turned back into `pending`.
    await disk.replace(file, jsonText({ schema_version: 1, ...content }, 1));
    return kept;
  }

  return {
    async read() {
      const kept: KeptMail[] = [];
      const problems: Problem[] = [];
      for (const name of await namesIn(dir, problems, disk)) {
        const file = join(dir, name);
        try {
          const { schema_version: _, ...content } = FILE.parse(JSON.parse((await disk.read(file)) ?? ''));
          const found: KeptMail = { file, ...content };
          const state = stateOf(found);
          if (state === 'foreign') problems.push(await putAside(file, FOREIGN, disk));
          else if (state === 'unsure') problems.push(leftThere(file));
          else kept.push({ ...found, state });
        } catch (error) {
          problems.push(await putAside(file, error, disk));
        }
      }
      return { kept: kept.sort((a, b) => a.queuedAt - b.queuedAt), problems };
    },

    async add(mail) {
      await disk.ensureFolder(dir);
      const queuedAt = clock.now();
      const file = join(dir, await freeName(dir, queuedAt, mail.runId, disk));
      const digest = mailDigest({ queuedAt, mail });
      const seal = seals.mark(digest);
      const kept: KeptMail = { file, state: 'pending', queuedAt, attempts: 0, reason: null, mail, seal };
      await enter('mail.kept', digest);
      return save(kept).catch(async (error: unknown) => {
        // A failing disk may have written it all the same; sent without the box and found in it, it would arrive twice.
        if (await surelyAbsent(file, disk)) throw error;
        return kept;
      });
    },

    async update(kept, change) {
      const changed = await save({ ...kept, ...change });
      // What was about to leave and surely did not may be sent later; what leaves now may not.
      if (NOTED[changed.state] !== NOTED[kept.state]) await enter(NOTED[changed.state], mailDigest(kept));
      return changed;
    },

    remove: ({ file }) => disk.remove(file),
  };
}

async function surelyAbsent(file: string, disk: Disk): Promise<boolean> {
  try {
    return (await disk.size(file)) === null;
  } catch {
    return false;
  }
}

async function namesIn(dir: string, problems: Problem[], disk: Disk): Promise<string[]> {
  try {
    return (await disk.names(dir)).filter((name) => name.endsWith('.json'));
  } catch (error) {
    problems.push({
      where: 'alert',
      message: describeError(error),
      advice: 'look at the rights of the folder; mails of earlier runs may wait in it',
    });
    return [];
  }
}

/** The file stays for a person to look at; under another name, so that it is reported once and not in every run. */
async function putAside(file: string, error: unknown, disk: Disk): Promise<Problem> {
  const damaged = error instanceof SyntaxError || error instanceof z.ZodError;
  const why = damaged ? 'it is not what was written there' : describeError(error);
  const foreign = error === FOREIGN;
  const aside = `${file}.${foreign ? 'unsealed' : 'damaged'}`;
  const moved = await disk.rename(file, aside).then(
    () => `kept as \`${basename(aside)}\``,
    () => 'left where it is',
  );
  return {
    where: 'alert',
    message: `a kept mail ${foreign ? 'is not sent' : 'cannot be read'}, ${moved}: \`${file}\`: ${why}`,
    advice: foreign
      ? 'find out who could write to the state folder; a mail that version 0.1 kept looks the same. The run it belongs to has its report'
      : 'the run it belongs to has its report; delete the file when it is not needed',
  };
}

const leftThere = (file: string): Problem => ({
  where: 'alert',
  message: `a kept mail waits: \`${file}\`: without a trusted ledger nobody can tell whether it is ours`,
  advice: 'it is sent by the next run that trusts its ledger; the run it belongs to has its report',
});

/** By time, so that a listing shows the order, and by run, so that a person finds it. */
async function freeName(dir: string, queuedAt: number, runId: string, disk: Disk): Promise<string> {
  const taken = new Set(await disk.names(dir));
  const base = `${new Date(queuedAt).toISOString().replaceAll(':', '-')}_${runId.replace(/[^\w-]/g, '_').slice(0, 60)}`;
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${base}.json` : `${base}-${n}.json`;
    if (!taken.has(name)) return name;
  }
}
