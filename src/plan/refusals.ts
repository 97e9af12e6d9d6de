import type { Halt } from '../domain/halt.ts';
import type { RunRecord } from '../domain/run_record.ts';
import { haltWords } from '../phrases/halt_words.ts';
import { utcMinute } from '../phrases/time_words.ts';
import { plainLine } from '../text/plain_text.ts';
import { type CapKeys, entriesOf } from './make_plan.ts';
import { canonical, contentDigest, contentDigestOf01, type Plan, planDigest } from './plan.ts';
import { PlanError, type PlanRefusal } from './plan_error.ts';

/** Where and under what a plan would be carried out. */
export type Here = {
  readonly vaultUrl: string;
  readonly policyDigest: string;
  readonly promptDigest: string;
  readonly now: number;
  /** How long a plan lasts by the settings of today: one that was written to last longer does not. */
  readonly expiryMs: number;
};

/** Clocks of two machines differ a little; a plan from later than that was not made by this program. */
export const CLOCK_SLACK_MS = 5 * 60_000;

type Check = (plan: Plan, here: Here) => string | null;

/** What has to hold before anything of a plan is looked at, in the order in which it is asked; each row its own test. */
export const PLAN_CHECKS = {
  altered: (plan) =>
    planDigest(plan) === plan.digest ? null : 'the plan was altered: its digest does not fit what it says',
  vault: ({ vault_url }, { vaultUrl }) =>
    vault_url === vaultUrl ? null : `the plan is for the vault \`${vault_url}\`, not for \`${vaultUrl}\``,
  expired: ({ created, expires }, { now, expiryMs }) => {
    const made = Date.parse(created);
    if (made > now + CLOCK_SLACK_MS) return `the plan is dated in the future: ${utcMinute(made)}`;
    const end = Math.min(Date.parse(expires), made + expiryMs);
    return now < end ? null : `the plan expired at ${utcMinute(end)}`;
  },
  policy: ({ policy_digest }, { policyDigest }) =>
    policy_digest === policyDigest
      ? null
      : `the plan was made under other policies: ${both(policy_digest, policyDigest)}`,
  prompts: ({ prompt_digest }, { promptDigest }) =>
    prompt_digest === promptDigest
      ? null
      : `the plan was made with other prompts: ${both(prompt_digest, promptDigest)}`,
} as const satisfies Partial<Record<PlanRefusal, Check>>;

/** As much of two digests as tells them apart; reports show the same. */
const both = (then: string, here: string): string => `${then.slice(0, 12)} then, ${here.slice(0, 12)} now`;

/** @throws {PlanError} for the first thing that does not hold */
export function refuseUnfit(plan: Plan, here: Here): void {
  for (const [refusal, check] of Object.entries(PLAN_CHECKS) as [keyof typeof PLAN_CHECKS, Check][]) {
    const why = check(plan, here);
    if (why !== null) throw new PlanError(refusal, why);
  }
}

/** @throws {PlanError} before the plan is used up: it can be applied once somebody has resumed */
export function refuseHalted(halt: Halt | null): void {
  if (halt !== null) throw new PlanError('halted', `Portcullis is ${haltWords(halt, plainLine)}`);
}

/**
 * Compares the plan with the archived run that prepared it: whoever can write a plan can also write its digest,
 * but not the archived run.
 * @throws {PlanError}
 */
export function refuseUnrecorded(plan: Plan, record: RunRecord | null, capKeys: CapKeys): asserts record is RunRecord {
  if (record === null) {
    throw new PlanError(
      'record',
      `the record of run \`${plan.run_id}\`, which prepared the plan, is missing or damaged`,
    );
  }
  const told = [plan.plan_id, plan.vault_url, plan.policy_digest, plan.prompt_digest, entriesOfToday(plan, record)];
  const known = [record.planId, record.vaultUrl, record.digests.policy, record.digests.prompts];
  const fits =
    record.approvedBy === null &&
    Date.parse(plan.created) >= record.startedAt &&
    canonical(told) === canonical([...known, entriesOf(record, capKeys)]);
  if (!fits) throw new PlanError('altered', `the plan differs from what run \`${plan.run_id}\` decided`);
}

/** Those of a plan of version 0.1, whose digests of content leave the recorded approvals out, as they are written today. */
function entriesOfToday({ entries }: Plan, { reviewed }: RunRecord): Plan['entries'] {
  const requests = new Map(reviewed.map(({ dossier: { request } }) => [request.id, request]));
  return entries.map((entry) => {
    const request = requests.get(entry.request_id);
    if (request === undefined || entry.content_digest !== contentDigestOf01(request)) return entry;
    return { ...entry, content_digest: contentDigest(request) };
  });
}
