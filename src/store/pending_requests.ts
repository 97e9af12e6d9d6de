import { join } from 'node:path';
import { z } from 'zod';
import { jsonText } from '../text/json.ts';
import { LedgerError } from '../util/errors.ts';
import { type Disk, realDisk } from './disk.ts';

/**
 * The agent's own credential requests that are still open at the vault, so that an interrupted run goes on with them
 * and never asks twice. INVARIANT: ids only; no credential ever comes near this file.
 */
export const PendingRequest = z.object({
  assetId: z.string().min(1),
  /** Null between the moment before the request is submitted and the vault's answer. */
  requestId: z.string().min(1).nullable(),
  /** The action type under which the vault keeps the request; null until it was found. */
  action: z.string().min(1).nullable(),
  submittedAt: z.number(),
});
export type PendingRequest = z.infer<typeof PendingRequest>;

const PendingFile = z.object({ requests: z.array(PendingRequest) });

export type PendingRequests = {
  all(): readonly PendingRequest[];
  of(assetId: string): PendingRequest | null;
  /** Adds or replaces the entry of the asset. @throws {StorageError} @throws {LedgerError} once the lock was lost */
  put(entry: PendingRequest): Promise<void>;
  /** @throws {StorageError} */
  drop(assetId: string): Promise<void>;
};

/**
 * Opens `.pending_request.json`. A damaged file counts as empty: the vault itself knows what is pending and says so
 * when the credential is asked for. `mayWrite` is false once the lock on the folder was lost.
 * @throws {StorageError} when the file is there and cannot be read
 */
export async function openPendingRequests(
  stateDir: string,
  disk: Disk = realDisk,
  mayWrite: () => boolean = () => true,
): Promise<PendingRequests> {
  const file = join(stateDir, '.pending_request.json');
  let entries = parse(await disk.read(file));
  // Without the lock the file is somebody else's, and holds what they asked for meanwhile.
  const refuseWithoutLock = () => {
    if (!mayWrite()) throw new LedgerError(file, 'the lock on the state folder was lost: nothing more is asked for');
  };
  const save = async () => {
    refuseWithoutLock();
    await disk.replace(file, jsonText({ requests: entries }));
  };
  return {
    all: () => entries,
    of: (assetId) => entries.find((entry) => entry.assetId === assetId) ?? null,
    put: async (entry) => {
      const before = entries;
      const others = entries.filter((other) => other.assetId !== entry.assetId);
      entries = [...others, entry];
      // INVARIANT: the lock is there after the write, too. A process that slept behind it would ask for what nobody completes.
      const saved = save().then(refuseWithoutLock);
      await saved.catch((error: unknown) => {
        // Nothing is asked for that is not on disk; of what the vault has, this run knows more than the disk.
        if (entry.requestId === null && others.length === before.length) entries = before;
        throw error;
      });
    },
    drop: async (assetId) => {
      if (!entries.some((entry) => entry.assetId === assetId)) return;
      entries = entries.filter((entry) => entry.assetId !== assetId);
      if (mayWrite()) await save();
    },
  };
}

function parse(text: string | null): PendingRequest[] {
  try {
    const parsed = PendingFile.safeParse(JSON.parse(text ?? ''));
    return parsed.success ? parsed.data.requests : [];
  } catch {
    return [];
  }
}
