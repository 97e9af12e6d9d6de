import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Action } from '../domain/action.ts';
import type { LedgerHead, Recovered } from '../domain/run_record.ts';
import { type Disk, realDisk } from '../store/disk.ts';
import type { Clock } from '../util/clock.ts';
import { describeError, LedgerError } from '../util/errors.ts';
import type { Anchor } from './anchors.ts';
import type { Bindings } from './bindings.ts';
import type { NewEntry, SealedEntry } from './entry.ts';
import { openLedger } from './ledger.ts';
import { type Declined, LedgerFacts, type NewIntent, type OpenIntent } from './ledger_facts.ts';
import type { LedgerKey } from './seal.ts';
import {
  type DoneActions,
  EMPTY_SNAPSHOT,
  parseSnapshot,
  SNAPSHOT_FILE,
  type Snapshot,
  writeSnapshot,
} from './snapshot.ts';

export type { NewIntent, OpenIntent } from './ledger_facts.ts';

/** What the agent did to the vault, across runs. Kept per request and action. */
export type ActionHistory = {
  /** When the last run finished, milliseconds since the epoch. */
  readonly lastRun: number | null;
  /** Whether the action was carried out, or may have been, by this or an earlier run. */
  acted(requestId: string, action: Action): boolean;
  /** Which run approved it, and whether that is sure; null when none did. */
  approvedBefore(requestId: string): { readonly run: string; readonly sure: boolean } | null;
  /** The requests that the run approved, or may have. */
  approvalsOf(runId: string): readonly string[];
  /** Intents whose outcome nobody wrote down: the process died in between. */
  open(): readonly OpenIntent[];
  /** Intents whose outcome could not be found out when it was looked for. */
  unknown(): readonly OpenIntent[];
  /** Approvals that were begun at or after `moment` and not found undone: what the daily caps count. */
  approvedSince(moment: number): readonly Pick<OpenIntent, 'requestor' | 'asset' | 'request' | 'at' | 'approvedBy'>[];
  /** The run that carried out something of the plan, or began to; null when none did. */
  appliedBy(planId: string): string | null;
  /** The no of a person who was asked about the action, until somebody says yes; null for none. */
  declined(requestId: string, action: Action): Declined | null;
  /** Every vault user that wrote for the agent so far: accounts of its own. */
  actors(): readonly string[];
  /** What runs did that were killed before they could tell of it; a report and a mail of this one have to. */
  readonly untold: readonly Recovered[];
  /** What people ordered about the ledger itself since the last run, in words for the report. */
  readonly orders: readonly string[];
  /** What else the ledger tells about earlier runs. */
  readonly facts: Pick<
    LedgerFacts,
    'digests' | 'manifest' | 'said' | 'decided' | 'mails' | 'classEvidence' | 'demotions'
  >;
  /** On disk when it resolves. INVARIANT: no call that changes a request goes out before. @throws {StorageError | LedgerError} */
  intend(intent: NewIntent): Promise<void>;
  /** @throws {StorageError | LedgerError} */
  conclude(intent: Pick<NewIntent, 'run' | 'request' | 'action'>, result: Result, note: string): Promise<void>;
  /** Adds entries, all or none of them. @throws {StorageError | LedgerError} */
  note(entries: readonly NewEntry[]): Promise<void>;
  /** The end of the chain as it is now. */
  head(): LedgerHead;
  /** Writes the snapshot; `finished` also moves `last_run`. @throws {StorageError | LedgerError} */
  save(finished: boolean): Promise<void>;
};

/** Who stands behind an action, when nobody said. */
const NOBODY = { requestor: null, asset: null, actor: null, plan: null, approvedBy: null };

export type Result = 'done' | 'not-done' | 'unknown';

export type ActionHistoryOptions = {
  readonly disk?: Disk;
  /** What the ledger is sealed with; null for a plain chain. */
  readonly key?: LedgerKey | null;
  /** False once another process may own the folder: it knows more than this one, and its snapshot stays. */
  readonly mayWrite?: () => boolean;
  /** What reports know of the ledger: one that is shorter, or another one, was cut, put back or replaced. */
  readonly outside?: readonly Anchor[];
  /** As `ReadOptions` has it. */
  readonly keyIsNew?: boolean;
  /** Gathers what the entries say about the records of earlier runs. */
  readonly bindings?: Bindings | undefined;
};

/**
 * Opens the action history: what the ledger tells, and the snapshot's word where that knows more (ids from a file in the
 * vendor's own shape). Neither a lost nor an old snapshot makes an action be repeated; a ledger that is shorter than the
 * snapshot or a report says was cut.
 * @throws {LedgerError} when one of them cannot be understood or was altered; of the snapshot an untouched copy is put
 *   aside, and the file itself stays, so that the next run refuses too instead of starting with an empty history
 * @throws {StorageError}
 */
export async function openActionHistory(
  stateDir: string,
  clock: Clock,
  options: ActionHistoryOptions = {},
): Promise<ActionHistory> {
  const { disk = realDisk, key = null, mayWrite = () => true, outside = [], keyIsNew = false, bindings } = options;
  const snapshotFile = join(stateDir, SNAPSHOT_FILE);
  const snapshot = await readSnapshot(snapshotFile, disk);
  const facts = new LedgerFacts(snapshot.actions);
  const own = snapshot.record === null ? [] : [{ ...snapshot.record, source: `\`${snapshotFile}\`` }];
  const visit = (entry: SealedEntry) => {
    facts.take(entry);
    bindings?.take(entry);
  };
  const ledger = await openLedger(stateDir, { clock, disk, key, anchors: [...own, ...outside], visit, keyIsNew });
  const orders = [...facts.orders];
  const untold = [...facts.untold.values()];
  let lastRun = snapshot.last_run;

  // What a file in the vendor's own shape says was acted on is not repeated, whatever the action was. Of a request that the
  // ledger tells about, the ledger has the last word, also when it says that what was in doubt was not done.
  const known = new Map(snapshot.actions);
  const decided = ({ approve, reject }: DoneActions = {}) => approve !== undefined || reject !== undefined;
  // The ledger has to be complete by itself, or the snapshot could not be made from it again.
  let notInLedger = snapshot.actioned_ids.filter((id) => !facts.inLedger.has(id));
  for (const id of notInLedger) if (!decided(known.get(id))) facts.bare.add(id);

  const isKnown = (id: string) => facts.bare.has(id) || facts.actions.has(id);
  let turn: Promise<void> = Promise.resolve();

  function note(entries: readonly NewEntry[]): Promise<void> {
    if (notInLedger.length === 0) return ledger.append(entries);
    // One after the other: the ids are taken over once, also when several actions are under way.
    const done = turn.then(() => noteWithImport(entries));
    turn = done.catch(() => {});
    return done;
  }

  async function noteWithImport(entries: readonly NewEntry[]): Promise<void> {
    const data = { source: SNAPSHOT_FILE, ids: notInLedger };
    await ledger.append(
      notInLedger.length === 0 ? entries : [{ kind: 'actions.imported', run: null, data }, ...entries],
    );
    notInLedger = [];
  }

  return {
    lastRun: lastRun === null ? null : Date.parse(lastRun),
    facts,
    orders,
    untold,
    acted: (requestId, action) => facts.acted(requestId, action),
    approvedBefore(requestId) {
      const done = facts.actions.get(requestId)?.approve;
      return done === undefined ? null : { run: done.run, sure: done.result === 'done' };
    },
    approvalsOf: (runId) => [...facts.actions].flatMap(([id, { approve }]) => (approve?.run === runId ? [id] : [])),
    open: () => facts.open(),
    unknown: () => facts.unknown(),
    approvedSince: (moment) => facts.approvedSince(moment),
    appliedBy: (planId) => facts.plans.get(planId) ?? null,
    declined: (requestId, action) => facts.declined(requestId, action),
    actors: () => [...facts.actors],
    intend: ({ run, ...data }) => note([{ kind: 'action.intended', run, data: { ...NOBODY, ...data } }]),
    conclude: ({ run, request, action }, result, says) =>
      note([{ kind: `action.${result}`, run, data: { request, action, note: says } }]),
    note,
    head: () => ledger.head(),
    async save(finished) {
      if (!mayWrite())
        throw new LedgerError(snapshotFile, 'the lock on the state folder was lost; the snapshot stays as it is');
      if (finished) lastRun = new Date(clock.now()).toISOString();
      const { entries, seal } = ledger.head();
      const next = writeSnapshot({
        last_run: lastRun,
        actioned_ids: [...new Set([...snapshot.actioned_ids.filter(isKnown), ...facts.bare, ...facts.actions.keys()])],
        actions: [...facts.actions],
        record: seal === null ? null : { entries, seal },
      });
      await disk.replace(snapshotFile, next);
    },
  };
}

/** When the last run finished, milliseconds since the epoch, as the snapshot says; null when it says nothing. */
export async function readLastRun(stateDir: string, disk: Disk = realDisk): Promise<number | null> {
  try {
    const text = await disk.read(join(stateDir, SNAPSHOT_FILE));
    const last = text === null ? null : parseSnapshot(SNAPSHOT_FILE, text).last_run;
    return last === null ? null : Date.parse(last);
  } catch {
    // Each run finds the same and says so in its report; the schedule goes on.
    return null;
  }
}

async function readSnapshot(file: string, disk: Disk): Promise<Snapshot> {
  let text: string | null;
  try {
    text = await disk.read(file);
  } catch (error) {
    // What is there and cannot be read may hold anything: it is not an empty history.
    throw new LedgerError(file, describeError(error));
  }
  try {
    return text === null ? EMPTY_SNAPSHOT : parseSnapshot(file, text);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new LedgerError(file, error.message, await keepAside(file, text ?? '', disk));
  }
}

/** Puts a copy beside the damaged file, once per content, before anybody edits it. */
async function keepAside(file: string, text: string, disk: Disk): Promise<string | undefined> {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const aside = join(dirname(file), `${basename(file)}.damaged-${digest}`);
  try {
    await disk.copyAside(file, aside);
    return aside;
  } catch {
    // Refusing to act matters more than the copy; the original is untouched in any case.
    return undefined;
  }
}
