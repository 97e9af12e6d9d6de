import type { AccessRequest } from '../domain/access_request.ts';
import type { Confirmation } from '../domain/confirmation.ts';
import type { RunRecord } from '../domain/run_record.ts';
import { brokeOff } from '../phrases/run_headline.ts';
import { isoTime } from '../phrases/time_words.ts';
import { contentDigest, PLAN_VERSION, type Plan, type PlanEntry, planDigest } from './plan.ts';

/** By whom and for what a request counts against the caps. */
export type CapKeys = (request: AccessRequest) => PlanEntry['cap_keys'];

/** The plan of what a run decided on and did not do. Pure: the same record always gives the same entries. */
export function makePlan(
  record: RunRecord,
  { created, expiryMs, capKeys }: { created: number; expiryMs: number; capKeys: CapKeys },
): Plan {
  const plan: Omit<Plan, 'digest'> = {
    schema_version: PLAN_VERSION,
    plan_id: record.planId ?? planIdOf(record.runId),
    run_id: record.runId,
    created: new Date(created).toISOString(),
    expires: new Date(created + expiryMs).toISOString(),
    policy_digest: record.digests.policy,
    prompt_digest: record.digests.prompts,
    vault_url: record.vaultUrl,
    entries: entriesOf(record, capKeys),
  };
  return { ...plan, digest: planDigest(plan) };
}

/**
 * The plan of a run that prepared one; null when the run broke off, or is not among the `kept` ones. INVARIANT: what cannot
 * be compared with its archived run later is not worth approving.
 */
export const planOf = (
  record: RunRecord,
  { kept, ...how }: { kept: boolean; created: number; expiryMs: number; capKeys: CapKeys },
): Plan | null => (!kept || brokeOff(record.verdict) ? null : makePlan(record, how));

/** A run prepares one plan at most. */
export const planIdOf = (runId: string): string => `plan-${runId}`;

/** What the run decided on, in the order of its list. */
export function entriesOf({ reviewed }: Pick<RunRecord, 'reviewed'>, capKeys: CapKeys): PlanEntry[] {
  return reviewed.flatMap(({ dossier: { request }, decision, confirmation, comment }) => {
    if (decision.verdict === 'hold') return [];
    return [
      {
        request_id: request.id,
        action: decision.verdict,
        comment: comment ?? '',
        created: isoTime(request.created),
        content_digest: contentDigest(request),
        risk: decision.risk,
        basis: [...decision.basis],
        confirmations: confirmation === null ? [] : [{ kind: confirmation.kind, risk: riskOf(confirmation) }],
        cap_keys: capKeys(request),
      },
    ];
  });
}

const riskOf = ({ assessment }: Confirmation) => (assessment.kind === 'scored' ? assessment.risk : null);
