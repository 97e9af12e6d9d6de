import type { Outcome } from '../domain/decision.ts';

/** What the record tells of an outcome: what the vault answered to the call, and what the request was found to be then. */
export function onRecord(outcome: Outcome): string {
  if (outcome.kind !== 'done') return outcome.why;
  const { answer, statusAfter, note } = outcome;
  const now = statusAfter === null ? undefined : `the request is ${statusAfter} now`;
  return [answer, now, note].filter((part) => part !== undefined && part !== '').join('; ');
}
