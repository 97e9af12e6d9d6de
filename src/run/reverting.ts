import { REVERT_BASIS, type Reverting } from '../decide/revert.ts';
import { type Assessment, NO_USAGE } from '../domain/assessment.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { RunRecord } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import { leftAlone, takeBack } from '../plan/revert.ts';
import type { RunArchive } from '../store/run_archive.ts';
import type { Steps } from './steps.ts';

/** As much of a cycle as says what it takes back. */
type Cycle =
  | { readonly kind: 'run' }
  | { readonly kind: 'plan'; readonly revert?: string | null | undefined }
  | { readonly kind: 'apply'; readonly record: Pick<RunRecord, 'reviewed'> };

type Known = {
  readonly archive: Pick<RunArchive, 'load'>;
  readonly own: { readonly all: () => readonly string[] };
};

/**
 * The steps of a cycle that takes approvals back: a plan that was asked to, or the carrying out of such a plan. Null for
 * all others. No model is asked: the reader is told the rating of then, on which nothing rests any more.
 */
export function revertingIn(cycle: Cycle, { archive, own }: Known) {
  const run = cycle.kind === 'plan' ? (cycle.revert ?? null) : null;
  const planned = cycle.kind === 'apply' ? plannedIn(cycle) : new Set<string>();
  if (run === null && planned.size === 0) return null;
  let history: ActionHistory | null = null;
  const wanted = (id: string, by: string) => (run === null ? planned.has(id) : by === run);
  const reverting: Reverting = (request) => (history === null ? null : takeBack(wanted, history, own.all)(request));

  const about = ({ request: { id } }: Dossier): boolean => {
    const before = history?.approvedBefore(id) ?? null;
    return before !== null && wanted(id, before.run);
  };
  return {
    reverting,
    steps: (steps: Pick<Steps, 'openLedger' | 'enrich'>): Partial<Steps> => ({
      async openLedger() {
        history = await steps.openLedger();
        return history;
      },
      enrich: async (requests, acted) => (await steps.enrich(requests, acted)).filter(about),
      ...(run !== null && {
        score: async () => ({ assessments: await ratedIn(run, archive), usage: NO_USAGE, problems: [] }),
        approve: (reviewed, known) => ({ reviewed, warnings: known === null ? [] : leftAlone(run, known, reviewed) }),
      }),
    }),
  };
}

async function ratedIn(run: string, archive: Known['archive']): Promise<ReadonlyMap<string, Assessment>> {
  const record = await archive.load(run);
  return new Map((record?.reviewed ?? []).map(({ dossier, assessment }) => [dossier.request.id, assessment]));
}

/** What the plan takes back, by the record of its run: the ledger is asked about each line of it before it is done. */
const plannedIn = ({ record }: Extract<Cycle, { kind: 'apply' }>): ReadonlySet<string> =>
  new Set(
    record.reviewed
      .filter(({ decision }) => decision.basis.includes(REVERT_BASIS))
      .map(({ dossier }) => dossier.request.id),
  );
