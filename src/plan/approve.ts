import type { AccessRequest } from '../domain/access_request.ts';
import { NO_USAGE } from '../domain/assessment.ts';
import type { Confirmation } from '../domain/confirmation.ts';
import { decidedContent } from '../domain/decided_content.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Reviewed, RunRecord } from '../domain/run_record.ts';
import { firstReason } from '../phrases/rule_words.ts';
import type { Plan, PlanEntry } from './plan.ts';

/** What somebody approved; an action that already has an outcome is not carried out any more. */
type Approved = { readonly reviewed: readonly Reviewed[]; readonly warnings: readonly string[] };

/** In an ordinary run the policy is the approver: it approves everything that was decided on. */
export const approvedByPolicy = (reviewed: readonly Reviewed[]): Approved => ({ reviewed, warnings: [] });

/** The model's part of a prepared run, from its record: what was rated and looked at again is not asked again. */
export function ratingsOf({ reviewed }: RunRecord) {
  const assessments = new Map(reviewed.map(({ dossier, assessment }) => [dossier.request.id, assessment]));
  const confirmations = new Map<string, Confirmation>();
  for (const { dossier, confirmation } of reviewed)
    if (confirmation !== null) confirmations.set(dossier.request.id, confirmation);
  return {
    score: async () => ({ assessments, usage: NO_USAGE, problems: [] }),
    confirm: async () => ({ confirmations, usage: NO_USAGE, problems: [] }),
  };
}

/**
 * A person is the approver: of everything that was prepared anew on the live requests, what their plan names goes on.
 * INVARIANT: an action is carried out only when the plan names it, the request is as it was, and it would be decided in
 * the same way again, caps and policies included; and a plan is carried out once.
 */
export function approvedByPerson(plan: Plan, record: RunRecord) {
  const planned = new Map(record.reviewed.map((one) => [one.dossier.request.id, one]));
  return (prepared: readonly Reviewed[], history: { appliedBy(planId: string): string | null } | null): Approved => {
    const live = new Map(prepared.map((one) => [one.dossier.request.id, one]));
    const earlier = history?.appliedBy(plan.plan_id) ?? null;
    const before = earlier === null ? null : `the plan was carried out before, by run ${earlier}`;
    const reviewed = plan.entries.flatMap((entry) => {
      const then = planned.get(entry.request_id);
      // The plan was compared with this run before.
      if (then === undefined) throw new Error(`request \`${entry.request_id}\` of the plan is not in its record`);
      return [taken(entry, then, live.get(entry.request_id), before)];
    });
    const warning = `Nothing is done: ${before}. For what it left undone, make a new plan.`;
    return { reviewed, warnings: before === null ? [] : [warning] };
  };
}

/** The planned decision on the request as it is now, with an outcome when it is not to be carried out. */
function taken(entry: PlanEntry, then: Reviewed, now: Reviewed | undefined, before: string | null): Reviewed {
  const { decision, comment, confirmation } = then;
  const same = { ...(now ?? then), decision, comment, confirmation };
  const changed = changeSince(then.dossier.request, now?.dossier.request);
  if (before !== null) return { ...same, outcome: skipped('held', before) };
  if (changed !== null || now === undefined) return { ...same, outcome: skipped('changed', changed ?? 'it is gone') };
  if (now.decision.verdict !== entry.action) {
    return { ...same, outcome: skipped('held', firstReason(now.decision, 'it would be decided otherwise now')) };
  }
  return { ...same, outcome: null };
}

const skipped = (reason: 'changed' | 'held', why: string): Outcome => ({ kind: 'skipped', reason, why });

/**
 * What became of a planned request since the plan was made, in words; null when it is as it was. Compared with the
 * archived request itself: the digest of a plan of version 0.1 knows no recorded approvals.
 */
export function changeSince(planned: AccessRequest, live: AccessRequest | undefined): string | null {
  if (live === undefined) return 'it is no longer in the list';
  if (live.status !== planned.status) {
    return `its status went from ${planned.status} to ${live.status} since the plan was made`;
  }
  return decidedContent(live) === decidedContent(planned) ? null : 'it was changed since the plan was made';
}
