import type { AccessContext } from '../domain/access_context.ts';
import { expiryOf } from '../domain/access_times.ts';
import { ACTIONS, type Action } from '../domain/action.ts';
import { type Assessment, lowestConfidence, withoutFlags } from '../domain/assessment.ts';
import type { Confirmation } from '../domain/confirmation.ts';
import { type CapReached, type Decision, type HoldReason, keptForPeople, type RuleTrace } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { PolicyCase, PolicyEngine } from '../domain/policy_case.ts';
import { higher, type Risk } from '../domain/risk.ts';
import { withinLimit } from '../phrases/hours_granted.ts';
import { steering } from './confidence.ts';
import { disagreement } from './confirm.ts';
import { FLOOR_RULES, riskFloor } from './floor.ts';
import { type Forbidding, forbidsOf, weightiest } from './forbidding.ts';
import { gateFacts, impossibleTimes, shutGates } from './gates.ts';
import { type Hindrance, nextStep } from './next_step.ts';
import { type Reverting, takenBack } from './revert.ts';

/** What the settings allow to be done without a person. */
export type ActionPolicy = {
  readonly autoApprove: boolean;
  readonly autoReject: boolean;
  readonly autoCloseStale: boolean;
  readonly autoCloseExpired: boolean;
  readonly approveUpTo: Risk;
  readonly rejectFrom: Risk;
  /** What each reading has to reach, 0 to 1; 0 asks for none. */
  readonly confidenceNeeded: number;
  readonly staleDays: number;
};

/** One request with everything that is known about it. */
export type Subject = {
  readonly dossier: Dossier;
  readonly accessContext: AccessContext;
  readonly assessment: Assessment;
};

/** What came out of the confirmation and the caps; absent while the candidates for it are still being looked for. */
export type Confirmed = { readonly confirmation: Confirmation | undefined; readonly heldBack: CapReached | null };

export type DecideWith = {
  readonly policy: ActionPolicy;
  readonly engine: Pick<PolicyEngine, 'authorize'>;
  readonly acted: (requestId: string, action: Action) => boolean;
  /** The person whose plan is carried out; nobody when the policy is the approver. */
  readonly approver?: string | null | undefined;
  /** A person says yes to each action: at the prompt, or to the plan that is prepared or carried out. */
  readonly byPerson?: boolean;
  /** What is to be taken back; nothing else is then done. */
  readonly reverting?: Reverting | undefined;
  /**
   * False in the replay of a run from before the model's flags led to something by themselves, and before next steps named
   * the switch and the facts: what it decided is then decided again as it was.
   * INVARIANT: only `analysis/replay/` says so; whatever is decided for real heeds them.
   */
  readonly flagsHeeded?: boolean;
  /** The moment of deciding; absent when a decision of then is made once more, which goes by the facts of then. */
  readonly now?: number | undefined;
};

/**
 * The actions in the order in which they are asked about, each with the switch that allows it at all.
 * INVARIANT: reject stands before approve. An action that the policies allow and a switch, a gate, the confirmation or a
 * cap holds back ends the asking: what should be rejected is not approved because rejecting was not possible.
 */
export const ASKED = {
  reject: { switches: ['AUTO_REJECT_HIGH_RISK'], on: (policy) => policy.autoReject },
  approve: { switches: ['AUTO_APPROVE_LOW_RISK'], on: (policy) => policy.autoApprove },
  close: {
    switches: ['AUTO_CLOSE_STALE', 'AUTO_CLOSE_EXPIRED'],
    on: (policy) => policy.autoCloseStale || policy.autoCloseExpired,
  },
} as const satisfies Record<Action, { switches: readonly string[]; on: (policy: ActionPolicy) => boolean }>;

/** What stands in the way of an action, in the order of precedence; docs/deciding.md shows this table. */
export const PRECEDENCE = {
  policy:
    'Policies: a permit has to fit, and one forbid, or one policy that fails, outweighs every permit. No permit: held.',
  switch: 'The switch of the action: off means that nobody but a person takes it.',
  gate: 'The gates: invariants in code, which no setting and no policy file can open.',
  confirm:
    'Confirmation: a facts-only question for an approval, a single question for a rejection. No agreement: held.',
  cap: 'The caps and the circuit breaker: so many without a person and no more.',
} as const satisfies Record<string, string>;

/** Days that no approval reaches: what the stale limit is while AUTO_CLOSE_STALE is off, and within the limit of the class. */
const NEVER_STALE = 1_000_000;

/**
 * Decides on one request: approve, reject, close or hold, with every rule that had a say. Pure: the same
 * subject, confirmation, policies and action history always give the same decision.
 */
export function decide(
  subject: Subject,
  confirmed: Confirmed | null,
  { policy, engine, acted, approver, byPerson, reverting, now, flagsHeeded = true }: DecideWith,
): Decision {
  const { dossier } = subject;
  const heeded = <Reading extends Assessment>(reading: Reading) => (flagsHeeded ? reading : withoutFlags(reading));
  const assessment = heeded(subject.assessment);
  const second = confirmed?.confirmation ? heeded(confirmed.confirmation.assessment) : undefined;
  const facts = policyCase(subject, policy, assessment);
  // What the confirmation noticed raises the floor as well. The policies are asked without it: whatever it says can only
  // take the action away for which it was asked, and never make another one possible.
  const floor = riskFloor({ dossier, accessContext: subject.accessContext, assessment, confirming: second });
  const risk = assessment.kind === 'scored' ? higher(floor.risk, assessment.risk) : null;
  const gates = gateFacts(dossier, subject.accessContext, assessment, acted, policy.confidenceNeeded, {
    ...{ approver, byPerson, now },
  });
  const trace: RuleTrace[] = [];
  const named = new Set<string>();
  let decided: { action: Action; basis: readonly string[] } | null = null;
  let disagreed: Hindrance['disagreement'] = null;
  const forbidden: Forbidding[] = [];
  let switchedOff: readonly string[] | null = null;
  const back = takenBack(dossier.request, { reverting, byPerson });

  for (const [action, row] of Object.entries(ASKED) as [Action, (typeof ASKED)[Action]][]) {
    if (dossier.request.status !== ACTIONS[action].from || back.skips(action)) continue;
    const answer = back.permits(engine.authorize(action, facts));
    const spoke = answer.basis.map((rule, i) => ({ action, rule, says: answer.says[i] ?? '' }));
    if (!answer.allowed) {
      for (const rule of answer.basis) named.add(rule);
      if (answer.errors.length === 0) forbidden.push(...forbidsOf(action, answer, facts));
      trace.push(...spoke.map((one) => ({ kind: 'policy', allows: false, ...one }) as const));
      trace.push(...answer.errors.map((error) => ({ kind: 'policy-error', action, error }) as const));
      continue;
    }
    if (!back.active && !row.on(policy)) {
      for (const rule of answer.basis) named.add(rule);
      trace.push(...spoke.map((one) => ({ kind: 'switch-off', switches: row.switches, ...one }) as const));
      switchedOff = row.switches;
      break;
    }
    const against: RuleTrace[] = shutGates(gates, action).map((shut) => ({ kind: 'gate', action, ...shut }));
    // What a gate holds back was not confirmed: that its confirmation is missing says nothing.
    if (against.length === 0 && confirmed !== null && action !== 'close') {
      const why = disagreement(confirmed.confirmation, action, policy);
      if (why !== null) {
        disagreed = { kind: 'confirmation', action, ...why };
        against.push(disagreed);
      }
    }
    if (against.length === 0 && confirmed?.heldBack) against.push({ kind: 'cap', action, ...confirmed.heldBack });
    if (against.length > 0) trace.unshift(...against);
    else {
      trace.unshift(...spoke.map((one) => ({ kind: 'policy', allows: true, ...one }) as const));
      decided = { action, basis: answer.basis };
    }
    break;
  }
  // Whatever else holds it: who decides on it has to know about the person.
  if (confirmed?.heldBack?.cap === 'isolated' && !trace.some(({ kind }) => kind === 'cap')) {
    trace.push({ kind: 'cap', action: 'approve', ...confirmed.heldBack });
  }
  // What the policies say about an unscored request is true and says nothing about why it is unscored.
  const unexplained = trace.length === 0 || (risk === null && dossier.request.status === 'Active');
  if (decided === null && unexplained) trace.unshift({ kind: 'hold', ...reasonToHold(subject, floor.risk, policy) });
  trace.push(
    ...floor.rules.map((rule) => {
      const { about: says, risk } = FLOOR_RULES[rule];
      return { kind: 'risk-floor', rule, risk, says } as const;
    }),
  );
  const hindrance = (): Hindrance => {
    const readings = second ? [assessment, second] : [assessment];
    const { id } = dossier.request;
    return {
      own: dossier.facts.own,
      actedBefore: acted(id, 'approve') || acted(id, 'reject') || dossier.facts.ownDecision !== undefined,
      steering: steering(readings),
      doubt: trace.some(isDoubt) ? { confidence: lowestConfidence(readings), needed: policy.confidenceNeeded } : null,
      switchedOff: flagsHeeded ? switchedOff : null,
      floor: flagsHeeded ? floor.rules.map((rule) => FLOOR_RULES[rule].about) : [],
      risk,
      disagreement: disagreed,
      cap: confirmed?.heldBack ?? null,
      policy: weightiest(forbidden),
      window: gates.window,
      ...keptForPeople(trace),
    };
  };
  return {
    verdict: decided?.action ?? 'hold',
    floor: floor.risk,
    risk,
    rules: trace,
    basis: decided?.basis ?? [...named],
    ...expires(subject, decided?.action ?? null, now),
    next: decided === null ? nextStep({ ...facts, assessment }, hindrance()) : null,
    needsPerson: decided === null && waitsForPerson(subject, risk),
  };
}

/** What the policies are asked about: also used by `explain`, `backtest` and the policy lints. */
export function policyCase(subject: Subject, policy: ActionPolicy, heeded = subject.assessment): PolicyCase {
  const { dossier, accessContext, assessment } = subject;
  const floor = riskFloor({ dossier, accessContext, assessment: heeded }).risk;
  const risk = assessment.kind === 'scored' ? higher(floor, assessment.risk) : null;
  const countsDays = policy.autoCloseStale || !policy.autoCloseExpired;
  return {
    dossier,
    accessContext,
    assessment,
    floor,
    risk,
    settings: {
      approveUpTo: policy.approveUpTo,
      rejectFrom: policy.rejectFrom,
      staleDays: countsDays && !withinLimit(dossier, accessContext.maxHours) ? policy.staleDays : NEVER_STALE,
      closeExpired: policy.autoCloseExpired,
    },
    history: dossier.history,
    text: dossier.texts,
  };
}

/** A rule by which an action failed only because a reading was not sure enough. */
const isDoubt = (rule: RuleTrace): boolean =>
  (rule.kind === 'gate' && rule.gate === 'confident') || (rule.kind === 'confirmation' && rule.reason === 'unsure');

/** For what is being approved, from now; for what is granted, from when it was. */
function expires(
  { dossier: { request }, accessContext: { maxHours } }: Subject,
  action: Action | null,
  now: number | undefined,
): Pick<Decision, 'expires'> {
  const granted = request.status === 'Approved' ? request.approved : action === 'approve' ? now : null;
  return granted === null || granted === undefined || now === undefined
    ? {}
    : { expires: expiryOf(request, granted, maxHours) };
}

function reasonToHold({ dossier: { request }, assessment }: Subject, floor: Risk, policy: ActionPolicy): HoldReason {
  const scored = assessment.kind === 'scored' ? higher(floor, assessment.risk) : null;
  if (request.status === 'Approved' && scored === 'critical') return { reason: 'granted-and-critical' };
  if (request.status !== 'Active') return { reason: 'status', status: request.status };
  if (assessment.kind === 'unscored') return { reason: 'unscored', why: assessment.why };
  const limits = { approve: policy.approveUpTo, reject: policy.rejectFrom };
  return { reason: 'between-the-limits', risk: higher(floor, assessment.risk), limits };
}

/** Everything that still waits for an authorizer and is left to people, granted access rated critical or with times that cannot be, and emergencies. */
function waitsForPerson({ dossier, accessContext }: Subject, risk: Risk | null): boolean {
  const { request, facts, gaps } = dossier;
  if (request.status === 'Active') return true;
  const impossible = !facts.own && impossibleTimes(gaps, ['times']) !== null;
  return request.status === 'Approved' && (risk === 'critical' || accessContext.breakGlass || impossible);
}
