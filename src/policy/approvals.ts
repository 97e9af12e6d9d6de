import type { ApprovalCheck, Approver, Person } from '../domain/access_context.ts';
import { type AccessRequest, mayBeRequestor } from '../domain/access_request.ts';
import { mayBeSameUser } from '../domain/account_name.ts';
import { isApproval, isUndecided } from '../domain/recorded_decisions.ts';
import type { AccessModel } from './access_model.ts';
import { sameAccount } from './people.ts';

/**
 * Which approvals the classes ask for, and which of them the vault has on record.
 * INVARIANT: only recorded approvals count, each by the very person it is asked of, and never one by the requestor.
 */
export function approvalCheck(
  request: AccessRequest,
  classes: readonly string[],
  person: Person,
  model: AccessModel,
): ApprovalCheck {
  const required = new Set<Approver>();
  const missing = new Set<Approver>();
  for (const name of classes) {
    for (const approver of model.approvals.get(name) ?? []) {
      required.add(approver);
      const account = approver === 'manager' ? person.manager : (model.classes.get(name)?.owner ?? null);
      // Two classes with two owners ask for both of them.
      if (account === null || !approvedBy(request, account)) missing.add(approver);
    }
  }
  return { required: [...required].sort(), missing: [...missing].sort(), onlySelf: onlySelf(request) };
}

function approvedBy(request: AccessRequest, account: string): boolean {
  if (mayBeRequestor(request, account)) return false;
  const theirs = request.approvals.filter(
    (row) => row.user !== null && isApproval(row) && sameAccount(row.user, account),
  );
  // Somebody who also said no on some level, in whatever spelling, has not simply agreed.
  const refused = request.approvals.some(
    (row) => row.user !== null && !isApproval(row) && !isUndecided(row) && mayBeSameUser(row.user, account),
  );
  return theirs.length > 0 && !refused;
}

/** Somebody signed, and nobody who signed is certain to be another person than the requestor. */
function onlySelf(request: AccessRequest): boolean {
  const signed = request.approvals.filter(isApproval);
  const own = (user: string | null) => user === null || user.trim() === '' || mayBeRequestor(request, user);
  return signed.length > 0 && signed.every(({ user }) => own(user));
}
