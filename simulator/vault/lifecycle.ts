/** The vault's state machine: which change is allowed from which status, and what it does to a request. Pure. */

import type { Approval, VaultRequest } from './records.ts';
import type { RefusalName } from './refusals.ts';

export type Change =
  | 'approve'
  | 'reject'
  /** Somebody else ends an approved request. */
  | 'complete'
  /** The requestor takes back a request nobody decided on: Completed without ever having been granted. */
  | 'withdraw'
  /** The window ran out, or the requestor ended it. */
  | 'end';

const ALLOWED_FROM = {
  approve: 'Active',
  reject: 'Active',
  complete: 'Approved',
  withdraw: 'Active',
  end: 'Approved',
} as const satisfies Record<Change, string>;

export type By = { readonly user: string; readonly message: string; readonly at: number };

export type Changed = { readonly kind: 'changed'; readonly request: VaultRequest };
export type Refused = { readonly kind: 'refused'; readonly why: RefusalName };

export function change(request: VaultRequest, what: Change, by: By): Changed | Refused {
  if (request.status !== ALLOWED_FROM[what]) return { kind: 'refused', why: 'wrong-state' };
  switch (what) {
    case 'approve': {
      const approvals = [...request.approvals, decision(request, 'Approved', by)];
      // One level of several leaves the request Active: 200 on approve does not mean Approved.
      return request.level < request.levels
        ? changed({ ...request, approvals, level: request.level + 1 })
        : changed({ ...request, approvals, status: 'Approved', approved: by.at });
    }
    case 'reject': {
      const approvals = [...request.approvals, decision(request, 'Rejected', by)];
      return changed({ ...request, approvals, status: 'Rejected' });
    }
    case 'complete':
    case 'withdraw':
    case 'end':
      return changed({ ...request, status: 'Completed', completed: by.at });
  }
}

const changed = (request: VaultRequest): Changed => ({ kind: 'changed', request });

function decision(request: VaultRequest, word: Approval['decision'], by: By): Approval {
  return { level: request.level, user: by.user, decision: word, message: by.message, created: by.at };
}
