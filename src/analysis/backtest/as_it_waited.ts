import { hoursUntil, windowFault } from '../../domain/access_times.ts';
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

/** Not by us, and not withdrawn. */
function decidedByPeople({ request: { status, approved }, facts }: Dossier): boolean {
  if (facts.own || facts.mayBeOwn === true || facts.ownDecision !== undefined) return false;
  return status === 'Rejected' || status === 'Approved' || (status === 'Completed' && approved !== null);
}

/**
 * What was known when it was asked for: nobody had decided, and its window lay ahead. What a policy asks to be recorded
 * beforehand, such as the approval of a manager, is not there either; it is then left to people, which flatters nobody.
 */
function asItWaited({ request: settled, facts, history, ...rest }: Dossier): Dossier {
  const request = { ...settled, status: 'Active', approved: null, approvals: [] };
  const { refusal, ...before } = history;
  const later =
    refusal !== undefined && (refusal.request === request.id || (refusal.at ?? Infinity) >= request.created);
  const { times } = facts;
  return {
    ...rest,
    request,
    facts: {
      ...facts,
      daysSinceCreated: 0,
      daysSinceApproved: null,
      hoursGranted: null,
      ...(times !== undefined && {
        times: {
          ...times,
          fault: windowFault(request, request.created),
          beginsInHours: hoursUntil(request.requestedFrom, request.created),
        },
      }),
    },
    history: refusal === undefined || later ? before : { ...before, refusal },
  };
}
