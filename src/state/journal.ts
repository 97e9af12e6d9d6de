import { z } from 'zod';
import { MemoryError } from '../kit/errors.ts';
import { ACTION_NAMES } from '../request/action.ts';

/**
 * `actions.jsonl`: one line before each call that changes the vault, one after it. Lines are only ever appended.
 * `created` is the request's creation time, by which it can be looked up again; `level` where it stood.
 */
const action = z.enum(ACTION_NAMES as [(typeof ACTION_NAMES)[number], ...(typeof ACTION_NAMES)[number][]]);
const common = { at: z.number(), run: z.string(), request: z.string().min(1), action };
const Line = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('intent'),
    ...common,
    created: z.number(),
    level: z.number().nullable(),
  }),
  z.object({ kind: z.literal('result'), ...common, result: z.enum(['done', 'not-done', 'unknown']), note: z.string() }),
]);
export type JournalLine = z.infer<typeof Line>;
export type Intent = Extract<JournalLine, { kind: 'intent' }>;

export const writeLine = (line: JournalLine): string => `${JSON.stringify(line)}\n`;

/**
 * Reads the journal. A last line without its line break was cut by a crash while it was written: an intent like that
 * never led to a call, and a result like that leaves its intent open, to be looked up.
 * @throws {MemoryError} when any other line cannot be understood
 */
export function parseJournal(file: string, text: string): { lines: JournalLine[]; cut: boolean } {
  const rows = text.split('\n');
  const cut = rows.pop() !== '';
  const lines = rows.map((row, i) => {
    const parsed = Line.safeParse(jsonOrNull(row));
    if (parsed.success) return parsed.data;
    throw new MemoryError(file, `line ${i + 1} of \`${file}\` cannot be understood`);
  });
  return { lines, cut };
}

function jsonOrNull(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return null;
  }
}
