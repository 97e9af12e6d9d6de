import type { VaultRequest } from '../../simulator/vault/records.ts';

/**
 * How many calls a run cannot do without, whoever makes it, as long as it keeps the guarantees. It is worked out from what the vault
 * held and from what was done in it, and not from the questions that were asked.
 */
export type Needed = {
  readonly requests: number;
  /** Pages that hold the window. */
  readonly pages: number;
  readonly assets: number;
  readonly containers: number;
  /** Open requests, with others of the same person only. */
  readonly personal: number;
  /** Settled requests, with any others. */
  readonly shared: number;
  /** What was approved, read without any text; beside the others. */
  readonly factsOnly: number;
  /** What was rejected and had shared its question, alone; after the personal questions. */
  readonly single: number;
  readonly actions: number;
};

type Given = {
  /** As it was before the run. */
  readonly window: readonly VaultRequest[];
  /** The ids of what was approved, rejected and closed. */
  readonly approved: readonly string[];
  readonly rejected: readonly string[];
  readonly closed: readonly string[];
  readonly parentOf: (assetId: string) => string | null;
};

/** In every facts-only question two invented records stand among the real ones. */
const CANARIES = 2;
const OPEN = ['Active', 'Approved'];

/**
 * Of a run that remembers nothing. Left out, because it differs from one program to the next: what screening finds suspicious and asks
 * about alone, facts-only questions about what is not approved in the end, and questions that have to be asked again.
 */
export function neededFor(
  { window, approved, rejected, closed, parentOf }: Given,
  { pageSize, batchSize, deep }: { pageSize: number; batchSize: number; deep: boolean },
): Needed {
  const looked = window.filter(({ status }) => deep || OPEN.includes(status));
  const assets = new Set(
    looked.flatMap(({ entityId, entityType }) => (entityType === 'Asset' ? (entityId ?? []) : [])),
  );
  const containers = new Set([...assets].flatMap((id) => parentOf(id) ?? []));
  const batches = (count: number, of = batchSize) => Math.ceil(count / of);
  const waiting = window.filter(({ status }) => status === 'Active');
  const byPerson = Map.groupBy(waiting, ({ requestor }) => requestor.name);
  const sizes = [...byPerson.values()].map(({ length }) => length);
  const was = new Map(waiting.map(({ id, requestor }) => [id, requestor.name]));
  const alone = (id: string) => byPerson.get(was.get(id) ?? '')?.length === 1;
  return {
    requests: window.length,
    pages: Math.max(1, Math.ceil(window.length / pageSize)),
    assets: assets.size,
    containers: containers.size,
    personal: sizes.reduce((sum, size) => sum + batches(size), 0),
    shared: batches(window.length - waiting.length),
    factsOnly: batches(approved.length, batchSize - CANARIES),
    single: rejected.filter((id) => !alone(id)).length,
    actions: approved.length + rejected.length + closed.length,
  };
}

export const questionsOf = ({ personal, shared, factsOnly, single }: Needed): number =>
  personal + shared + factsOnly + single;
