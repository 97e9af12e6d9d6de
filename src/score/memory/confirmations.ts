import type { AccessContext } from '../../domain/access_context.ts';
import type { Assessment } from '../../domain/assessment.ts';
import {
  CONFIRMED_BY,
  type Confirmation,
  type Confirmations,
  type ConfirmCandidate,
  type ConfirmedAction,
} from '../../domain/confirmation.ts';
import type { Dossier } from '../../domain/dossier.ts';
import type { ConfirmResult } from '../confirm.ts';
import type { Sorted } from './step.ts';

/** Whether a confirmation holds what it was asked about. */
export type Holds = (confirmation: Confirmation, action: ConfirmedAction) => boolean;

/** Candidates that have to be asked about, and the confirmations that the others have. */
export type SortedOut = { readonly known: Confirmations; readonly rest: readonly ConfirmCandidate[] };

/**
 * The confirmations of one run, as far as the memory has to do with them.
 * INVARIANT: only an answer that holds a request is kept and used again; what opens an approval or a rejection is asked for in
 * the run that acts on it.
 */
export function rememberedConfirmations(held: Sorted['held'], holds: Holds) {
  const early = new Map<string, ConfirmCandidate>();

  function sortedOut(candidates: readonly ConfirmCandidate[]): SortedOut {
    const known = new Map<string, Confirmation>();
    const rest = candidates.filter((candidate) => {
      const { action, again } = candidate;
      const kind = CONFIRMED_BY[action];
      const kept = again === undefined ? held.recallConfirmation(kind, candidate) : null;
      if (kept === null || !holds({ kind, assessment: kept }, action)) return true;
      known.set(candidate.dossier.request.id, { kind, assessment: kept });
      return false;
    });
    return { known, rest };
  }

  function keep(candidate: ConfirmCandidate, assessment: Assessment | undefined): void {
    const kind = CONFIRMED_BY[candidate.action];
    if (assessment?.kind !== 'scored' || assessment.remembered === true) return;
    if (!holds({ kind, assessment }, candidate.action)) return;
    if (candidate.again === 'reading') held.keepBorneOut(candidate.dossier, assessment);
    else held.keepConfirmation(kind, candidate, assessment);
  }

  return {
    /** What is confirmed, before anything is confirmed. */
    sortedOut,
    /** The same for what could be approved, by its ids. */
    foreseen(
      dossiers: readonly Dossier[],
      accessContexts: ReadonlyMap<string, AccessContext>,
      ids: ReadonlySet<string>,
    ): SortedOut {
      for (const dossier of dossiers) {
        const { id } = dossier.request;
        const accessContext = accessContexts.get(id);
        if (accessContext !== undefined && ids.has(id)) early.set(id, { dossier, accessContext, action: 'approve' });
      }
      return sortedOut([...early.values()]);
    },
    /** The candidate, when an earlier run has no answer that holds it: the step that confirms finds such an answer. */
    followedUp(candidate: ConfirmCandidate): ConfirmCandidate | null {
      if (sortedOut([candidate]).rest.length === 0) return null;
      early.set(candidate.dossier.request.id, candidate);
      return candidate;
    },
    /** Keeps the answers that hold a request: the early ones too, but for those that were asked for again. */
    keepHolding(answered: Confirmations, candidates: readonly ConfirmCandidate[], now: ConfirmResult): void {
      const again = new Set(candidates.map(({ dossier }) => dossier.request.id));
      for (const [id, candidate] of early) if (!again.has(id)) keep(candidate, answered.get(id)?.assessment);
      for (const candidate of candidates) {
        const { id } = candidate.dossier.request;
        keep(candidate, candidate.again === undefined ? now.confirmations.get(id)?.assessment : now.second.get(id));
      }
    },
    /** Whether anything may have been kept. */
    any: (): boolean => early.size > 0,
  };
}
