import { asItWaited, decidedByPeople } from '../../decide/as_it_waited.ts';
import type { Assessment } from '../../domain/assessment.ts';
import type { Confirmation } from '../../domain/confirmation.ts';
import type { Dossier } from '../../domain/dossier.ts';
import type { Reviewed } from '../../domain/run_record.ts';

/** The statuses at which something can be decided, and so a case of the backtest. */
export const PHASES = ['Active', 'Approved'] as const;
export type Phase = (typeof PHASES)[number];
export const phaseOf = (status: string): Phase | null => PHASES.find((phase) => phase === status) ?? null;

/** One request at one status: decided once, however many runs saw it. */
export const caseKey = (requestId: string, phase: Phase): string => `${phase} ${requestId}`;

/** One request at one status, as a run saw it, or as it must have been before anybody decided. */
export type Seen = {
  readonly phase: Phase;
  readonly dossier: Dossier;
  readonly assessment: Assessment;
  readonly confirmation: Confirmation | null;
  /** Nobody saw it wait: it was decided by people before the first run. */
  readonly recalled: boolean;
};

/**
 * The cases in what a run recorded about a request: as it stood, and, where people have decided by then, as it waited for
 * them. So the decisions of a vault's window serve from the first run on.
 */
export function seenIn({
  dossier,
  assessment,
  confirmation,
}: Pick<Reviewed, 'dossier' | 'assessment' | 'confirmation'>): Seen[] {
  const phase = phaseOf(dossier.request.status);
  const stood = phase === null ? [] : [{ phase, dossier, assessment, confirmation, recalled: false }];
  if (!decidedByPeople(dossier)) return stood;
  const waited = {
    phase: 'Active',
    dossier: asItWaited(dossier),
    assessment,
    confirmation: null,
    recalled: true,
  } as const;
  return [...stood, waited];
}
