import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../kit/clock.ts';
import { describeError, MemoryError } from '../kit/errors.ts';
import type { Action } from '../request/action.ts';
import { appendDurably, copyAside, readIfThere, replaceFile } from './files.ts';
import { type Intent, type JournalLine, type NewIntent, parseJournal, writeLine } from './journal.ts';
import { type DoneAction, type DoneActions, EMPTY_SNAPSHOT, parseSnapshot, writeSnapshot } from './snapshot.ts';

/** What the agent did to the vault, across runs. Memory is per request and action. */
export type Memory = {
  /** When the last run finished, milliseconds since the epoch. */
  readonly lastRun: number | null;
  /** Whether the action was carried out, or may have been, by this or an earlier run. */
  acted(requestId: string, action: Action): boolean;
  /** Intents whose outcome nobody wrote down: the process died in between. */
  open(): readonly Intent[];
  /** Approvals that were begun at or after `moment` and not found undone: what the daily caps count. */
  approvedSince(moment: number): readonly Pick<Intent, 'requestor' | 'asset'>[];
  /** The run that carried out something of the plan, or began to; null when none did. */
  appliedBy(planId: string): string | null;
  /** Every vault user that wrote for the agent so far: accounts of its own. */
  actors(): readonly string[];
  /** On disk when it resolves. INVARIANT: no call that changes a request goes out before. @throws {StorageError} */
  intend(intent: NewIntent): Promise<void>;
  /** @throws {StorageError} */
  conclude(intent: NewIntent, result: 'done' | 'not-done' | 'unknown', note: string): Promise<void>;
  /** Writes the snapshot; `finished` also moves `last_run`. @throws {StorageError} */
  save(finished: boolean): Promise<void>;
};

const SNAPSHOT_FILE = 'agent_state.json';
const JOURNAL_FILE = 'actions.jsonl';

/**
 * Opens the memory: the union of snapshot and journal, so that neither a lost nor an old one of the two forgets an
 * action.
 * @throws {MemoryError} when one of them cannot be understood; an untouched copy is put aside, and the file itself
 *   stays, so that the next run refuses too instead of starting with an empty memory
 * @throws {StorageError}
 */
export async function openMemory(stateDir: string, clock: Clock): Promise<Memory> {
  const snapshotFile = join(stateDir, SNAPSHOT_FILE);
  const journalFile = join(stateDir, JOURNAL_FILE);
  const snapshotText = await readOrRefuse(snapshotFile);
  const journalText = (await readOrRefuse(journalFile)) ?? '';

  const snapshot = await understood(snapshotFile, snapshotText ?? '', () =>
    snapshotText === null ? EMPTY_SNAPSHOT : parseSnapshot(snapshotFile, snapshotText),
  );
  const journal = await understood(journalFile, journalText, () => parseJournal(journalFile, journalText));
  // A line that a crash cut short would swallow the next one.
  if (journal.repaired !== null) await replaceFile(journalFile, journal.repaired);

  const actions = new Map(snapshot.actions);
  // Ids from a file in the vendor's own shape say nothing about the action; whatever it was, it is not repeated.
  const decided = ({ approve, reject }: DoneActions = {}) => approve !== undefined || reject !== undefined;
  const bare = new Set(snapshot.actioned_ids.filter((id) => !decided(actions.get(id))));
  const open = new Map<string, Intent>();
  const plans = new Map<string, string>();
  const actors = new Set<string>();
  let approvals: Intent[] = [];
  for (const line of journal.lines) take(line);

  function take(line: JournalLine): void {
    const key = `${line.action} ${line.request}`;
    if (line.kind === 'intent') {
      open.set(key, line);
      if (line.action === 'approve') approvals.push(line);
      if (line.actor !== null) actors.add(line.actor);
      if (line.plan !== null) plans.set(line.plan, plans.get(line.plan) ?? line.run);
      return;
    }
    open.delete(key);
    if (line.result === 'not-done') {
      approvals = approvals.filter(({ request }) => line.action !== 'approve' || request !== line.request);
      return;
    }
    const done: DoneAction = { run: line.run, at: new Date(line.at).toISOString(), result: line.result };
    actions.set(line.request, { ...actions.get(line.request), [line.action]: done });
  }

  async function append(line: JournalLine): Promise<void> {
    await appendDurably(journalFile, writeLine(line));
    take(line);
  }

  return {
    lastRun: snapshot.last_run === null ? null : Date.parse(snapshot.last_run),
    acted(requestId, action) {
      if (actions.get(requestId)?.[action] !== undefined || open.has(`${action} ${requestId}`)) return true;
      return bare.has(requestId) && action !== 'close';
    },
    open: () => [...open.values()],
    approvedSince: (moment) => approvals.filter(({ at }) => at >= moment),
    appliedBy: (planId) => plans.get(planId) ?? null,
    actors: () => [...actors],
    intend: ({ run, request, action, created, level, ...behind }) =>
      append({
        ...{ kind: 'intent', at: clock.now(), run, request, action, created, level },
        ...{ requestor: behind.requestor ?? null, asset: behind.asset ?? null, actor: behind.actor ?? null },
        ...{ plan: behind.plan ?? null, approvedBy: behind.approvedBy ?? null },
      }),
    conclude: ({ run, request, action }, result, note) =>
      append({ kind: 'result', at: clock.now(), run, request, action, result, note }),
    async save(finished) {
      const next = writeSnapshot({
        last_run: finished ? new Date(clock.now()).toISOString() : snapshot.last_run,
        actioned_ids: [...new Set([...snapshot.actioned_ids, ...actions.keys()])],
        actions: [...actions],
      });
      await replaceFile(snapshotFile, next);
    },
  };
}

/** What is there and cannot be read may hold anything: it is not an empty memory. @throws {MemoryError} */
async function readOrRefuse(file: string): Promise<string | null> {
  try {
    return await readIfThere(file);
  } catch (error) {
    throw new MemoryError(file, describeError(error));
  }
}

async function understood<T>(file: string, text: string, parse: () => T): Promise<T> {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
    throw new MemoryError(file, error.message, await keepAside(file, text));
  }
}

/** Puts a copy beside the damaged file, once per content, before anybody edits it. */
async function keepAside(file: string, text: string): Promise<string | undefined> {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const aside = join(dirname(file), `${basename(file)}.damaged-${digest}`);
  try {
    await copyAside(file, aside);
    return aside;
  } catch {
    // Refusing to act matters more than the copy; the original is untouched in any case.
    return undefined;
  }
}
