import { hoursUntil, windowFault } from '../domain/access_times.ts';
import type { Dossier } from '../domain/dossier.ts';

/** Not by us, and not withdrawn. */
export function decidedByPeople({ request: { status, approved }, facts }: Dossier): boolean {
  if (facts.own || facts.mayBeOwn === true || facts.ownDecision !== undefined) return false;
  return status === 'Rejected' || status === 'Approved' || (status === 'Completed' && approved !== null);
}

/**
 * What was known when it was asked for: nobody had decided, and its window lay ahead. What a policy asks to be recorded
 * beforehand, such as the approval of a manager, is not there either; it is then left to people, which flatters nobody.
 */
export function asItWaited({ request: settled, facts, history, ...rest }: Dossier): Dossier {
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
