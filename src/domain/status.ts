import type { Action } from './action.ts';

/**
 * What each status of a request allows us to do. Source: the life cycle in the vault's contract.
 * INVARIANT: approve and reject only from Active, close only from Approved; a status that is not in this table is
 * read-only.
 */
export const STATUSES = {
  Active: { meaning: 'waiting for an authorizer', allows: ['approve', 'reject'] },
  Approved: { meaning: 'granted', allows: ['close'] },
  Rejected: { meaning: 'refused by an authorizer', allows: [] },
  Completed: { meaning: 'withdrawn, ended or closed; not necessarily ever granted', allows: [] },
} as const satisfies Record<string, { meaning: string; allows: readonly Action[] }>;
export type KnownStatus = keyof typeof STATUSES;

export const isKnownStatus = (status: string): status is KnownStatus => Object.hasOwn(STATUSES, status);

/** Whether a request in `status` (a word of the table, as the vault's answer was read) may get `action`. */
export function statusAllows(status: string, action: Action): boolean {
  return (
    Object.hasOwn(STATUSES, status) && (STATUSES[status as KnownStatus].allows as readonly Action[]).includes(action)
  );
}

/** Whether anything can still be done about a request in `status`; the others are settled. */
export const isOpen = (status: string): boolean =>
  Object.hasOwn(STATUSES, status) && STATUSES[status as KnownStatus].allows.length > 0;
