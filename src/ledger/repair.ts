import { join } from 'node:path';
import { type Disk, realDisk } from '../store/disk.ts';
import type { Clock } from '../util/clock.ts';
import { LedgerError } from '../util/errors.ts';
import { openActionHistory } from './action_history.ts';
import type { Anchor } from './anchors.ts';
import { BrokenLedgerError } from './broken_ledger_error.ts';
import { entryOn } from './entry.ts';
import { openLedger } from './ledger.ts';
import { linesOf } from './lines.ts';
import { ledgerFolder, monthFiles } from './months.ts';
import type { LedgerKey } from './seal.ts';
import { parseSnapshot } from './snapshot.ts';

/** What repairing came to. `keptAs` are the places of what was put aside; nothing is ever thrown away. */
export type Repaired =
  | { readonly kind: 'whole' }
  | { readonly kind: 'snapshot'; readonly keptAs: string }
  /** The key is new; `entries` carry none, and all after them do. */
  | { readonly kind: 'keyed'; readonly entries: number }
  | {
      readonly kind: 'ledger';
      readonly why: string;
      readonly keptAs: readonly string[];
      /** Requests that count as acted on from now on. */
      readonly acted: number;
      /** Lines that could not be understood, and what they told is not known any more. */
      readonly lostLines: number;
    };

export type Repairing = {
  readonly stateDir: string;
  readonly key: LedgerKey | null;
  /** What the reports know of the ledger. */
  readonly anchors?: readonly Anchor[];
  readonly by: string;
  readonly reason: string;
  readonly clock: Clock;
};

/**
 * Makes the ledger usable again, by order of a person. A damaged snapshot is made anew from a ledger that is whole. A
 * broken ledger is put aside as it is, and a new one begins that says so. One that began without a key goes on with the
 * one given. INVARIANT: whatever snapshot or ledger told as
 * acted on, by a line that can be read at all, counts as acted on afterwards, whether or not its seal fits. The caller
 * holds the lock.
 * @throws {StorageError}
 * @throws {BrokenLedgerError} when the key does not fit: nothing is put aside then
 */
export async function repairLedger(
  { stateDir, key, anchors = [], by, reason, clock }: Repairing,
  disk: Disk = realDisk,
): Promise<Repaired> {
  const at = { key, anchors, clock, disk };
  const fault = await faultOf(() => openActionHistory(stateDir, clock, { disk, key, outside: anchors }));
  if (fault === null) return { kind: 'whole' };
  if (fault instanceof BrokenLedgerError && fault.finding === 'no-key') {
    const ledger = await openLedger(stateDir, { ...at, keyIsNew: true });
    const { entries } = ledger.head();
    await ledger.append([{ kind: 'ledger.keyed', run: null, data: { by, reason } }]);
    return { kind: 'keyed', entries };
  }
  const snapshotFile = join(stateDir, 'agent_state.json');
  const aside = `.broken-${new Date(clock.now()).toISOString().replace(/[-:.]/g, '')}`;
  const putAside = async (place: string): Promise<string> => {
    await disk.rename(place, place + aside);
    return place + aside;
  };
  const snapshotText = await disk.read(snapshotFile).catch(() => null);
  const snapshot = snapshotText === null ? null : readable(() => parseSnapshot(snapshotFile, snapshotText));

  if (
    snapshot === null &&
    snapshotText !== null &&
    (await faultOf(() => openLedger(stateDir, { ...at, keyIsNew: true }))) === null
  ) {
    const keptAs = await putAside(snapshotFile);
    await (await openActionHistory(stateDir, clock, { disk, key, keyIsNew: true })).save(false);
    return { kind: 'snapshot', keptAs };
  }

  const told = await toldBy(stateDir, disk);
  const ids = new Set([...(snapshot?.actioned_ids ?? []), ...(snapshot?.actions ?? []).map(([id]) => id), ...told.ids]);
  const keptAs: string[] = [];
  if ((await disk.names(ledgerFolder(stateDir))).length > 0) keptAs.push(await putAside(ledgerFolder(stateDir)));
  if (snapshotText !== null) keptAs.push(await putAside(snapshotFile));
  const ledger = await openLedger(stateDir, { key, clock, disk });
  await ledger.append([
    { kind: 'ledger.restarted', run: null, data: { by, reason, why: fault.message, keptAs } },
    { kind: 'actions.imported', run: null, data: { source: 'ledger repair', ids: [...ids] } },
  ]);
  await (await openActionHistory(stateDir, clock, { disk, key })).save(false);
  return { kind: 'ledger', why: fault.message, keptAs, acted: ids.size, lostLines: told.lost };
}

/** What is wrong with what is opened; null when nothing is. @throws {BrokenLedgerError} for a key that does not fit */
async function faultOf(open: () => Promise<unknown>): Promise<LedgerError | null> {
  try {
    await open();
    return null;
  } catch (error) {
    // With another key the same ledger may be whole.
    if (error instanceof BrokenLedgerError && error.finding === 'wrong-key') throw error;
    if (error instanceof LedgerError) return error;
    throw error;
  }
}

/** The requests that any readable line tells of as acted on, or begun, or imported. */
async function toldBy(stateDir: string, disk: Disk): Promise<{ ids: string[]; lost: number }> {
  const ids: string[] = [];
  let lost = 0;
  for (const name of await monthFiles(stateDir, disk)) {
    for await (const { text } of linesOf(join(ledgerFolder(stateDir), name), disk)) {
      if (text === '') continue;
      const entry = entryOn(text);
      if ('odd' in entry) lost++;
      else if (entry.kind === 'actions.imported') for (const id of entry.data.ids) ids.push(id);
      // An intent counts also when another line says that it came to nothing: which of the two is true nobody can tell.
      else if (entry.kind === 'action.intended' || entry.kind === 'action.done' || entry.kind === 'action.unknown') {
        ids.push(entry.data.request);
      }
    }
  }
  return { ids, lost };
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
