import { z } from 'zod';
import { jsonText } from '../text/json.ts';
import { LedgerError } from '../util/errors.ts';

export const SNAPSHOT_FILE = 'agent_state.json';

/**
 * `agent_state.json`: the action history in the shape of the vendor's guide (`last_run`, `actioned_ids`), and beside it what was
 * done to which request, so that one which the agent approved can still be closed later.
 */
const Done = z.object({ run: z.string(), at: z.string(), result: z.enum(['done', 'unknown']) });
const DoneActions = z.strictObject({ approve: Done.optional(), reject: Done.optional(), close: Done.optional() });
/** Entries, not an object: a plain object loses a request whose id is `__proto__`. */
const ActionsById = z.preprocess(
  (raw) => (typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? Object.entries(raw) : null),
  z.array(z.tuple([z.string(), DoneActions]), { error: 'must be an object' }),
);
const Snapshot = z.object({
  last_run: z.iso.datetime({ offset: true }).nullable().default(null),
  // Required: a file that does not say what was acted on is no action history.
  actioned_ids: z.array(z.string()),
  actions: ActionsById.default([]),
  // How far the ledger went when this was written: a ledger that is shorter now was cut.
  record: z
    .object({ entries: z.number().int().positive(), seal: z.string().min(1) })
    .nullable()
    .default(null),
});
export type Snapshot = z.infer<typeof Snapshot>;
export type DoneAction = z.infer<typeof Done>;
export type DoneActions = z.infer<typeof DoneActions>;
export const EMPTY_SNAPSHOT: Snapshot = { last_run: null, actioned_ids: [], actions: [], record: null };

export const writeSnapshot = (snapshot: Snapshot): string =>
  jsonText({ ...snapshot, actions: Object.fromEntries(snapshot.actions) });

/** @throws {LedgerError} when the text is not a snapshot; an empty file is a damaged one, not a fresh start */
export function parseSnapshot(file: string, text: string): Snapshot {
  try {
    const parsed = Snapshot.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new LedgerError(file, `\`${file}\` is not a state file: \`${issue?.path.join('.')}\` ${issue?.message}`);
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    throw new LedgerError(file, `\`${file}\` cannot be read: it is not complete JSON`);
  }
}
