import { ACTIONS, type Action } from '../request/action.ts';
import type { Assessment } from '../request/assessment.ts';
import type { Decision, RuleTrace } from '../request/decision.ts';
import type { Dossier } from '../request/dossier.ts';
import { atLeast, atMost, higher, type Risk } from '../request/risk.ts';
import { FLOOR_RULES, riskFloor } from './floor.ts';
import { gateFacts, shutGates, statusWords } from './gates.ts';

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
    about: 'the risk is at or above `RISK_THRESHOLD_REJECT`',
    switch: 'AUTO_REJECT_HIGH_RISK',
    on: (policy) => policy.autoReject,
    asks: ({ risk, policy }) =>
      risk !== null && atLeast(risk, policy.rejectFrom) ? `risk ${risk} is at or above ${policy.rejectFrom}` : null,
  },
  'approve-low-risk': {
    action: 'approve',
    about: 'the risk is at or below `RISK_THRESHOLD_APPROVE`',
    switch: 'AUTO_APPROVE_LOW_RISK',
    on: (policy) => policy.autoApprove,
    asks: ({ risk, policy }) =>
      risk !== null && atMost(risk, policy.approveUpTo) ? `risk ${risk} is at or below ${policy.approveUpTo}` : null,
  },
  'close-stale': {
    action: 'close',
    about: 'it was approved `STALE_REQUEST_DAYS` ago or earlier',
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
    about: string;
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
  // A gate that is shut, or a switch that is off, has said already why nothing happens.
  if (verdict === 'hold' && !trace.some(({ rule }) => !rule.startsWith('floor-'))) {
    trace.push(reasonToHold(dossier, assessment, risk, policy));
  }
  return { verdict, risk, rules: trace, needsPerson: needsPerson(dossier, risk, verdict) };
}

/** The last line of a held request's trace says why it is held; without it the reader would have to guess. */
function reasonToHold(
  { request }: Dossier,
  assessment: Assessment,
  risk: Risk | null,
  policy: ActionPolicy,
): RuleTrace {
  if (request.status === 'Approved' && risk === 'critical') {
    return { rule: 'hold', says: 'access is granted and rated critical: is it still wanted?' };
  }
  if (request.status !== 'Active')
    return { rule: 'hold', says: `nothing to do at status ${statusWords(request.status)}` };
  if (assessment.kind === 'unscored')
    return { rule: 'hold', says: `a person decides: it is unscored (${assessment.why})` };
  const limits = `approving is for ${policy.approveUpTo} and below, rejecting for ${policy.rejectFrom} and above`;
  return { rule: 'hold', says: `a person decides: risk is ${risk}; ${limits}` };
}

/** Everything that still waits for an authorizer and is left to people, and granted access that is rated critical. */
function needsPerson({ request }: Dossier, risk: Risk | null, verdict: Decision['verdict']): boolean {
  if (verdict !== 'hold') return false;
  return request.status === 'Active' || (request.status === 'Approved' && risk === 'critical');
}
