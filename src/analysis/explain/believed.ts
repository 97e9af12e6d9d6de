import type { Decision } from '../../domain/decision.ts';
import type { RecordCheck } from '../../ledger/bindings.ts';
import type { Disk } from '../../store/disk.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import { type RecordState, recordState } from '../replay/checked_archive.ts';
import { type PastActions, readPastActions } from '../replay/past_actions.ts';
import { type Found, findRequest, type NotFound } from './find.ts';

/** A recorded decision, held against what the ledger says was decided. */
export type Recorded =
  | {
      readonly kind: 'believed';
      readonly found: Found;
      readonly past: PastActions;
      /** Null when the ledger cannot be read. */
      readonly check: RecordCheck | null;
      readonly record: RecordState;
    }
  | { readonly kind: 'not-believed'; readonly about: NotBelieved }
  | { readonly kind: 'not-found'; readonly missing: NotFound };

/** A record that was changed after the run: what the ledger says instead. */
export type NotBelieved = {
  readonly request: string;
  readonly run: string;
  readonly record: RecordState;
  readonly decided: Pick<Decision, 'verdict' | 'risk'> | null;
};

type Kept = { readonly archive: Pick<RunArchive, 'ids' | 'load'>; readonly stateDir: string; readonly disk: Disk };

/**
 * The newest decision about a request, or that of one run. INVARIANT: a record that was changed after its run is never
 * told as a decision.
 */
export async function findRecorded(
  { archive, stateDir, disk }: Kept,
  id: string,
  run: string | null,
): Promise<Recorded> {
  const found = await findRequest(archive, id, run);
  if (!('record' in found)) return { kind: 'not-found', missing: found };
  const past = await readPastActions(stateDir, disk, id);
  const check = past.unreadable === null ? await past.bindings.check(found.record) : null;
  const record = recordState(check, id);
  if (record.kind !== 'changed' && record.kind !== 'unbound') return { kind: 'believed', found, past, check, record };
  const { runId } = found.record;
  return {
    kind: 'not-believed',
    about: { request: id, run: runId, record, decided: past.bindings.decided(runId, id) },
  };
}
