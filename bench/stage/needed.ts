import type { ModelCall } from '../../simulator/model/call.ts';
import type { VaultRequest } from '../../simulator/vault/records.ts';

/** How many calls a run cannot do without, counted on the side of the vault and the model and not by what it did. */
export type Needed = {
  readonly requests: number;
  /** Pages that hold the window. */
  readonly pages: number;
  readonly assets: number;
  readonly containers: number;
  /** Questions for assessments. */
  readonly assessing: number;
  /** Questions that confirm. */
  readonly confirming: number;
  readonly actions: number;
};

type Given = {
  readonly window: readonly VaultRequest[];
  readonly questions: readonly Pick<ModelCall, 'mode' | 'slots'>[];
  /** Carried out in the run. */
  readonly actions: number;
  readonly parentOf: (assetId: string) => string | null;
};

/** In every facts-only question two invented records stand among the real ones. */
const CANARIES = 2;
const ACTIONABLE: readonly string[] = ['Active', 'Approved'];

/**
 * A request that may be decided on is asked about alone, by design (no text may speak for another request); which ones those
 * are is read off the questions of one slot. Everything else shares a question with as many as fit in, and so do confirmations
 * for approvals; confirming a rejection is one question.
 */
export function neededFor(
  { window, questions, actions, parentOf }: Given,
  { pageSize, batchSize, deep }: { pageSize: number; batchSize: number; deep: boolean },
): Needed {
  const looked = window.filter(({ status }) => deep || ACTIONABLE.includes(status));
  const assets = new Set(
    looked.flatMap(({ entityId, entityType }) => (entityType === 'Asset' ? (entityId ?? []) : [])),
  );
  const containers = new Set([...assets].flatMap((id) => parentOf(id) ?? []));
  const slotsOf = (mode: ModelCall['mode']) =>
    questions.filter((one) => one.mode === mode).map(({ slots }) => slots.length);
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const first = slotsOf('review');
  const alone = first.filter((slots) => slots === 1).length;
  const confirmations = sum(slotsOf('blind').map((slots) => slots - CANARIES));
  return {
    requests: window.length,
    pages: Math.max(1, Math.ceil(window.length / pageSize)),
    assets: assets.size,
    containers: containers.size,
    assessing: alone + Math.ceil((sum(first) - alone) / batchSize),
    confirming: Math.ceil(confirmations / batchSize) + slotsOf('solo').length,
    actions,
  };
}
