import { requestorKey } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { Confirmations } from '../domain/confirmation.ts';
import type { CapReached, Decision } from '../domain/decision.ts';
import { isOpen } from '../domain/status.ts';
import { type Intern, interning } from '../util/intern.ts';
import { type Candidate, type Caps, type DayCount, heldBack, type Usual, unusualActions } from './caps.ts';
import { type DecideWith, decide, type Subject } from './decide.ts';
import { type Isolation, isolation } from './isolated.ts';

export type Limits = { readonly caps: Caps; readonly today: DayCount; readonly usual: Usual };

/** Decides on every request as if every confirmation agreed, which gives the candidates. In the order of the subjects. */
export const prepare = (subjects: readonly Subject[], how: DecideWith, share: Intern = interning()): Decision[] =>
  subjects.map((subject) => settledOnce(subject, decide(subject, null, how), share));

/** The same with their confirmations, and before the caps. */
export const withConfirmations = (
  subjects: readonly Subject[],
  confirmations: Confirmations,
  how: DecideWith,
  share: Intern = interning(),
): Decision[] =>
  subjects.map((subject) =>
    settledOnce(
      subject,
      decide(subject, { confirmation: confirmations.get(idOf(subject)), heldBack: null }, how),
      share,
    ),
  );

/** Settled requests are decided on in a few ways, over and over; what is open has reasons of its own, made of few rules. */
const settledOnce = ({ dossier }: Subject, decision: Decision, share: Intern): Decision =>
  isOpen(dossier.request.status)
    ? { ...decision, rules: decision.rules.map(share), basis: share(decision.basis), next: share(decision.next) }
    : share(decision);

/** Decides on every request with the confirmations and the caps. */
export const conclude = (
  subjects: readonly Subject[],
  confirmations: Confirmations,
  how: DecideWith,
  limits: Limits,
): Decision[] => withinLimits(subjects, withConfirmations(subjects, confirmations, how), confirmations, how, limits);

/**
 * What the caps leave of the decisions in `confirmed`, which are in the order of the subjects. The caps are counted from
 * the oldest request on, so that the same ones are always held back.
 */
export function withinLimits(
  subjects: readonly Subject[],
  confirmed: readonly Decision[],
  confirmations: Confirmations,
  how: DecideWith,
  { caps, today, usual }: Limits,
): Decision[] {
  const held = new Map<string, CapReached>(isolatedIn(subjects, usual, caps));
  // What an isolated person asks for neither trips the circuit breaker for the others nor uses up a cap.
  const candidates = candidatesOf(subjects, confirmed).filter(({ id, action }) => action === 'close' || !held.has(id));
  const wanted = (which: Action) => candidates.filter(({ action }) => action === which).length;
  const unusual = unusualActions({ approve: wanted('approve'), reject: wanted('reject') }, usual, caps);
  for (const [id, reached] of heldBack(candidates, caps, today, unusual)) held.set(id, reached);
  if (held.size === 0) return [...confirmed];
  return confirmed.map((decision, i) => {
    const subject = subjects[i];
    const reached = subject === undefined ? undefined : held.get(idOf(subject));
    if (subject === undefined || reached === undefined) return decision;
    return decide(subject, { confirmation: confirmations.get(idOf(subject)), heldBack: reached }, how);
  });
}

function isolatedIn(subjects: readonly Subject[], usual: Usual, caps: Caps): [string, Isolation][] {
  const isolatedBy = isolation(subjects, usual.persons, caps);
  return subjects.flatMap((subject): [string, Isolation][] => {
    const reached = isolatedBy(subject.dossier.request);
    return reached === null ? [] : [[idOf(subject), reached]];
  });
}

const idOf = ({ dossier }: Subject): string => dossier.request.id;

function candidatesOf(subjects: readonly Subject[], decisions: readonly Decision[]): Candidate[] {
  const candidates = subjects.flatMap(({ dossier: { request } }, i) => {
    const action = decisions[i]?.verdict ?? 'hold';
    if (action === 'hold') return [];
    return [{ id: request.id, action, ...capKeys(request), created: request.created }];
  });
  return candidates.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

/** By whom and for what an approval counts. A request without an asset counts for its operation. */
export function capKeys(request: Subject['dossier']['request']): { requestor: string; asset: string } {
  return {
    requestor: requestorKey(request) ?? 'unknown',
    asset: request.asset?.id ?? `operation:${request.operation}`,
  };
}
