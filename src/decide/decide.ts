import { ACTIONS, type Action } from '../request/action.ts';
import type { Assessment } from '../request/assessment.ts';
import type { Decision, RuleTrace } from '../request/decision.ts';
import type { Dossier } from '../request/dossier.ts';
import { atLeast, atMost, higher, type Risk } from '../request/risk.ts';
import { FLOOR_RULES, riskFloor } from './floor.ts';
import { gateFacts, shutGates } from './gates.ts';

/** What the settings allow to be done without a person. */
export type ActionPolicy = {
  readonly autoApprove: boolean;
  readonly autoReject: boolean;
  readonly autoCloseStale: boolean;
  readonly approveUpTo: Risk;
  readonly rejectFrom: Risk;
  readonly staleDays: number;
};

type Case = { readonly dossier: Dossier; readonly risk: Risk | null; readonly policy: ActionPolicy };

/**
 * The rules that ask for an action, in the order in which they are asked. The first whose condition holds, and whose
 * gates are all open, decides. INVARIANT: reject stands before approve.
 */
export const RULES = {
  'reject-high-risk': {
    action: 'reject',
    switch: 'AUTO_REJECT_HIGH_RISK',
    on: (policy) => policy.autoReject,
    asks: ({ risk, policy }) =>
      risk !== null && atLeast(risk, policy.rejectFrom) ? `risk ${risk} is at or above ${policy.rejectFrom}` : null,
  },
  'approve-low-risk': {
    action: 'approve',
    switch: 'AUTO_APPROVE_LOW_RISK',
    on: (policy) => policy.autoApprove,
    asks: ({ risk, policy }) =>
      risk !== null && atMost(risk, policy.approveUpTo) ? `risk ${risk} is at or below ${policy.approveUpTo}` : null,
  },
  'close-stale': {
    action: 'close',
    switch: 'AUTO_CLOSE_STALE',
    on: (policy) => policy.autoCloseStale,
    asks: ({ dossier: { facts }, policy }) =>
      facts.daysSinceApproved !== null && facts.daysSinceApproved >= policy.staleDays
        ? `approved ${facts.daysSinceApproved} days ago, the limit is ${policy.staleDays}`
        : null,
  },
} as const satisfies Record<
  string,
  {
    action: Action;
    switch: string;
    on: (policy: ActionPolicy) => boolean;
    asks: (facts: Case) => string | null;
  }
>;
export type RuleName = keyof typeof RULES;

/**
 * Decides on one request: approve, reject, close or hold, with every rule that had a say. Pure: the same dossier,
 * assessment, policy and memory always give the same decision.
 */
export function decide(
  dossier: Dossier,
  assessment: Assessment,
  policy: ActionPolicy,
  acted: (requestId: string, action: Action) => boolean,
): Decision {
  const floor = riskFloor(dossier);
  const risk = assessment.kind === 'scored' ? higher(floor.risk, assessment.risk) : null;
  const trace: RuleTrace[] = floor.rules.map((rule) => ({
    rule,
    says: `${FLOOR_RULES[rule].about}: at least ${FLOOR_RULES[rule].risk}`,
  }));
  const facts = gateFacts(dossier, assessment, acted);
  let verdict: Decision['verdict'] = 'hold';

  for (const [rule, row] of Object.entries(RULES) as [RuleName, (typeof RULES)[RuleName]][]) {
    if (dossier.request.status !== ACTIONS[row.action].from) continue;
    const reason = row.asks({ dossier, risk, policy });
    if (reason === null) continue;
    if (!row.on(policy)) {
      trace.push({ rule, says: `${reason}, but ${row.switch} is off` });
      continue;
    }
    const shut = shutGates(facts, row.action);
    if (shut.length === 0) {
      trace.push({ rule, says: reason });
      verdict = row.action;
      break;
    }
    for (const { gate, says } of shut) trace.push({ rule: `gate ${gate}`, says: `no ${row.action}: ${says}` });
  }
  return {
    verdict,
    risk,
    rules: explained(trace, dossier, assessment, verdict),
    needsPerson: needsPerson(dossier, risk, verdict),
  };
}

/** A held request with nothing in its trace would leave the reader guessing. */
function explained(
  trace: RuleTrace[],
  { request }: Dossier,
  assessment: Assessment,
  verdict: Decision['verdict'],
): readonly RuleTrace[] {
  if (verdict !== 'hold') return trace;
  if (
    assessment.kind === 'unscored' &&
    request.status === 'Active' &&
    !trace.some(({ rule }) => rule === 'gate scored')
  ) {
    return [...trace, { rule: 'gate scored', says: `no decision: it is unscored: ${assessment.why}` }];
  }
  if (trace.some(({ rule }) => !rule.startsWith('floor-'))) return trace;
  if (request.status === 'Active')
    return [...trace, { rule: 'hold', says: 'no rule asks for an action; a person decides' }];
  return [...trace, { rule: 'hold', says: `nothing to do at status ${request.status}` }];
}

/** Everything that still waits for an authorizer and is left to people, and granted access that is rated critical. */
function needsPerson({ request }: Dossier, risk: Risk | null, verdict: Decision['verdict']): boolean {
  if (verdict !== 'hold') return false;
  return request.status === 'Active' || (request.status === 'Approved' && risk === 'critical');
}
