import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, replaceFile } from './files.ts';

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
  /** Adds or replaces the entry of the asset. @throws {StorageError} */
  put(entry: PendingRequest): Promise<void>;
  /** @throws {StorageError} */
  drop(assetId: string): Promise<void>;
};

/**
 * Opens `.pending_request.json`. A damaged file counts as empty: the vault itself knows what is pending and says so
 * when the credential is asked for.
 * @throws {StorageError} when the file is there and cannot be read
 */
export async function openPendingRequests(stateDir: string): Promise<PendingRequests> {
  const file = join(stateDir, '.pending_request.json');
  let entries = parse(await readIfThere(file));
  const save = () => replaceFile(file, `${JSON.stringify({ requests: entries }, null, 2)}\n`);
  return {
    all: () => entries,
    of: (assetId) => entries.find((entry) => entry.assetId === assetId) ?? null,
    put: (entry) => {
      entries = [...entries.filter((other) => other.assetId !== entry.assetId), entry];
      return save();
    },
    drop: async (assetId) => {
      if (!entries.some((entry) => entry.assetId === assetId)) return;
      entries = entries.filter((entry) => entry.assetId !== assetId);
      await save();
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
