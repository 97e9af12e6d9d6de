import { ACTION_NAMES, type Action } from '../domain/action.ts';
import type { Reviewed } from '../domain/run_record.ts';

/** What a cap or the breaker held back: everything else allowed the action. */
export type HeldBack = { readonly reviewed: Reviewed; readonly action: Action; readonly why: string };

export function heldBackOf(reviewed: readonly Reviewed[]): HeldBack[] {
  return reviewed.flatMap((one) => {
    const cap = one.decision.verdict === 'hold' ? one.decision.rules.find(({ rule }) => rule === 'cap') : undefined;
    if (cap === undefined) return [];
    // The trace says `no approve: 50 approvals in one run (…)`.
    const action = ACTION_NAMES.find((name) => cap.says.startsWith(`no ${name}: `));
    return action === undefined ? [] : [{ reviewed: one, action, why: cap.says.slice(`no ${action}: `.length) }];
  });
}
