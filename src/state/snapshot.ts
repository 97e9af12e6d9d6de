import { z } from 'zod';
import { MemoryError } from '../kit/errors.ts';

/**
 * `agent_state.json`: the memory in the shape of the vendor's guide (`last_run`, `actioned_ids`), and beside it what was
 * done to which request, so that one which the agent approved can still be closed later.
 */
const Done = z.object({ run: z.string(), at: z.string(), result: z.enum(['done', 'unknown']) });
const Snapshot = z.object({
  last_run: z.iso.datetime({ offset: true }).nullable().default(null),
  actioned_ids: z.array(z.string()).default([]),
  actions: z
    .record(
      z.string(),
      z.object({ approve: Done.optional(), reject: Done.optional(), close: Done.optional() }).strict(),
    )
    .default({}),
});
export type Snapshot = z.infer<typeof Snapshot>;
export type DoneAction = z.infer<typeof Done>;
export const EMPTY_SNAPSHOT: Snapshot = { last_run: null, actioned_ids: [], actions: {} };

/** @throws {MemoryError} when the text is not a snapshot; an empty file is a damaged one, not a fresh start */
export function parseSnapshot(file: string, text: string): Snapshot {
  try {
    const parsed = Snapshot.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new MemoryError(file, `\`${file}\` is not a state file: \`${issue?.path.join('.')}\` ${issue?.message}`);
  } catch (error) {
    if (error instanceof MemoryError) throw error;
    throw new MemoryError(file, `\`${file}\` cannot be read: it is not complete JSON`);
  }
}
