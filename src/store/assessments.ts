import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { ANOMALY_FLAG_NAMES, type AnomalyFlag, type Scored } from '../domain/assessment.ts';
import { RISKS } from '../domain/risk.ts';
import { jsonText } from '../text/json.ts';
import { DAY_MS } from '../util/durations.ts';
import { describeError } from '../util/errors.ts';
import { yieldEvery } from '../util/event_loop.ts';
import { type Intern, interning } from '../util/intern.ts';
import { type Disk, realDisk } from './disk.ts';

/**
 * What the model said in earlier runs, by the digest of what it had seen. Safe to delete: everything is then asked anew.
 * Nothing here says what was done, and nothing is done because of it alone: of the confirmations only those are kept that
 * hold a request. The last line seals the others, so that an edit of the file rates no text otherwise than the model did.
 */
export type Assessments = {
  recall(key: string): KeptAssessment | null;
  /** By the key of a request with its texts. */
  recallRequest(key: string): KeptAssessment | null;
  keep(key: string, kept: KeptAssessment): void;
  /** Writes the file, when it has to say something else now. @throws {StorageError} */
  save(): Promise<void>;
  /** Why the file could not be used; null when it could. */
  readonly damage: string | null;
};
/** `among`: whose requests else were in the question; `request`: a key of the request with its texts, where there is one. */
export type KeptAssessment = {
  readonly assessment: Scored;
  readonly among: 'others' | 'own' | 'nobody';
  readonly request?: string | undefined;
};

export const ASSESSMENTS_FILE = 'assessments.jsonl';
const MOST_ENTRIES = 1_000_000;
const READ_IN_A_ROW = 500;

type Given = {
  readonly now: number;
  readonly keepDays: number;
  /** A secret that is not in the folder: whoever can write there cannot seal. Another one makes the file count as empty. */
  readonly sealedWith: string;
  readonly most?: number;
};

/** What neutralised texts consist of; whoever edits the file by hand gets no other sign in. */
const words = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[\p{L}\p{M}\p{N} .,;:()%/'-]*$/u);
const key = z.string().regex(/^[\w-]{43}$/);
const Line = z.strictObject({
  key,
  request: key.optional(),
  /** The UTC day on which a run last used it. */
  used: z.iso.date(),
  /** No other request was in the question; `own`: none but of the same person. Version 0.1 knew only the former. */
  alone: z.boolean(),
  own: z.literal(true).optional(),
  /** A second answer said the same. */
  borne_out: z.literal(true).optional(),
  risk: z.enum(RISKS),
  flags: z
    .array(z.enum(ANOMALY_FLAG_NAMES as [AnomalyFlag, ...AnomalyFlag[]]))
    .max(ANOMALY_FLAG_NAMES.length)
    .readonly(),
  /** Lines of version 0.1 have none: they are left out, and the model is asked again. */
  confidence: z.number().min(0).max(1).nullable(),
  summary: words(1000),
  comment: words(1000),
});
type Line = z.input<typeof Line>;

/** As it is held: many have flags and the day in common, and the assessment is the one that the run goes on with. */
type Used = KeptAssessment & { readonly used: string };

/**
 * Reads the file once. One whose seal is not ours counts as empty; a line that says something else than an assessment of
 * ours, such as a flag that has gone out of use, is left out. INVARIANT: never throws, and never gives what is not whole.
 */
export async function openAssessments(
  stateDir: string,
  { now, keepDays, sealedWith, most = MOST_ENTRIES }: Given,
  disk: Disk = realDisk,
): Promise<Assessments> {
  const file = join(stateDir, ASSESSMENTS_FILE);
  const today = dayOf(now);
  const { kept: lines, damage } = await readKept(file, sealedWith, disk);
  const requests = new Map<string, string>();
  for (const [key, { request }] of lines) if (request !== undefined) requests.set(request, key);
  let changed = false;

  function recall(key: string): KeptAssessment | null {
    const known = lines.get(key);
    if (known === undefined) return null;
    if (known.used !== today) {
      lines.set(key, { ...known, used: today });
      changed = true;
    }
    const { used: _, ...kept } = known;
    return kept;
  }

  return {
    damage,
    recall,
    recallRequest(request) {
      const key = requests.get(request);
      return key === undefined ? null : recall(key);
    },
    keep(key, { among, assessment, request }) {
      lines.set(key, { used: today, among, assessment, ...(request !== undefined && { request }) });
      if (request !== undefined) requests.set(request, key);
      changed = true;
    },
    async save() {
      const oldest = dayOf(now - keepDays * DAY_MS);
      const wanted = [...lines].filter(([, { used }]) => used >= oldest);
      if (!changed && wanted.length === lines.size && lines.size <= most) return;
      // Those that were used last come first, and stay.
      const kept = wanted.sort(([, a], [, b]) => (a.used < b.used ? 1 : a.used > b.used ? -1 : 0)).slice(0, most);
      // What is kept while the file is written is a change of its own.
      changed = false;
      try {
        await disk.replaceByParts(file, sealedLines(kept, sealedWith));
      } catch (error) {
        changed = true;
        throw error;
      }
    },
  };
}

/** One line for each entry, and one that seals them; as they are written. */
function* sealedLines(kept: readonly (readonly [string, Used])[], sealedWith: string): Generator<string> {
  const seal = createHmac('sha256', sealedWith);
  for (const [key, { used, among, request, assessment }] of kept) {
    const { risk, flags, confidence = null, summary, comment, borneOut: borne_out } = assessment;
    const circle = { alone: among === 'nobody', own: among === 'own' ? true : undefined } as const;
    const line = { key, request, used, ...circle, borne_out, risk, flags, confidence, summary, comment };
    const text = jsonText(line satisfies Line, 0);
    seal.update(text);
    yield text;
  }
  yield sealLine(seal.digest('base64url'));
}

const sealLine = (seal: string): string => `${JSON.stringify({ seal })}\n`;

async function readKept(
  file: string,
  sealedWith: string,
  disk: Disk,
): Promise<{ kept: Map<string, Used>; damage: string | null }> {
  const kept = new Map<string, Used>();
  const share = interning();
  const yieldTurn = yieldEvery(READ_IN_A_ROW);
  try {
    const whole = (await disk.readBytes(file)) ?? Buffer.alloc(0);
    if (whole.length === 0) return { kept, damage: null };
    const entries = whole.subarray(0, whole.lastIndexOf('\n', whole.length - 2) + 1);
    const seal = createHmac('sha256', sealedWith).update(entries).digest('base64url');
    if (whole.toString('utf8', entries.length) !== sealLine(seal)) return { kept, damage: BROKEN_SEAL };
    for (let start = 0, end = 0; start < entries.length; start = end + 1) {
      end = entries.indexOf('\n', start);
      const read = Line.safeParse(JSON.parse(entries.toString('utf8', start, end)));
      if (read.success) kept.set(read.data.key, heldAs(read.data, share));
      await yieldTurn();
    }
    return { kept, damage: null };
  } catch (error) {
    const why = error instanceof SyntaxError ? 'a line of it is not JSON' : describeError(error);
    return { kept: new Map(), damage: why };
  }
}

const heldAs = (line: Line, share: Intern): Used => {
  const { used, alone, own, borne_out, request, risk, flags, confidence, summary, comment } = line;
  const rating = {
    kind: 'scored',
    risk,
    normalised: false,
    flags: share(flags),
    confidence,
    summary,
    comment,
  } as const;
  return {
    used: share(used),
    among: alone ? 'nobody' : own ? 'own' : 'others',
    assessment: borne_out ? { ...rating, borneOut: true } : rating,
    ...(request !== undefined && { request }),
  };
};

const BROKEN_SEAL = 'it was edited, cut, or sealed with another VAULT_API_TOKEN';

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
