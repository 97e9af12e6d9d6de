import { z } from 'zod';
import { MemoryError } from '../kit/errors.ts';
import { ACTION_NAMES } from '../request/action.ts';

/** The last millisecond that a `Date` can hold. */
const LAST_MOMENT = 8.64e15;

/**
 * `actions.jsonl`: one line before each call that changes the vault, one after it. Lines are only ever appended.
 * `created` is the request's creation time, by which it can be looked up again; `level` where it stood.
 */
const action = z.enum(ACTION_NAMES as [(typeof ACTION_NAMES)[number], ...(typeof ACTION_NAMES)[number][]]);
const common = { at: z.number().min(0).max(LAST_MOMENT), run: z.string(), request: z.string().min(1), action };
const IntentLine = z.object({
  kind: z.literal('intent'),
  ...common,
  created: z.number(),
  level: z.number().nullable(),
  // Lines of earlier versions have none of these. For the caps: who got what.
  requestor: z.string().nullable().default(null),
  asset: z.string().nullable().default(null),
  // Who stands behind it: the vault user that wrote, the plan that was carried out, and the person who approved it.
  actor: z.string().nullable().default(null),
  plan: z.string().nullable().default(null),
  approvedBy: z.string().nullable().default(null),
});
const Line = z.discriminatedUnion('kind', [
  IntentLine,
  z.object({ kind: z.literal('result'), ...common, result: z.enum(['done', 'not-done', 'unknown']), note: z.string() }),
]);
export type JournalLine = z.infer<typeof Line>;
export type Intent = Extract<JournalLine, { kind: 'intent' }>;
/** What is known before the line is written. */
export type NewIntent = Omit<z.input<typeof IntentLine>, 'kind' | 'at'>;

export const writeLine = (line: JournalLine): string => `${JSON.stringify(line)}\n`;

/**
 * Reads the journal. A last line that stops half-way was cut by a crash while it was written: an intent like that never
 * led to a call, and a result like that leaves its intent open, to be looked up. One that misses only its line break
 * counts. Either way `repaired` is the text to go on with; otherwise it is null.
 * @throws {MemoryError} when any other line cannot be understood
 */
export function parseJournal(file: string, text: string): { lines: JournalLine[]; repaired: string | null } {
  const rows = text.split('\n');
  const last = rows.pop() ?? '';
  const lines = rows.map((row, i) => {
    const line = lineOrNull(row);
    if (line !== null) return line;
    throw new MemoryError(file, `line ${i + 1} of \`${file}\` cannot be understood`);
  });
  if (last === '') return { lines, repaired: null };
  const whole = lineOrNull(last);
  const before = text.slice(0, text.length - last.length);
  return whole === null ? { lines, repaired: before } : { lines: [...lines, whole], repaired: `${text}\n` };
}

function lineOrNull(row: string): JournalLine | null {
  try {
    return Line.safeParse(JSON.parse(row)).data ?? null;
  } catch {
    return null;
  }
}
