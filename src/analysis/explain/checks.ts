import { disagreement } from '../../decide/confirm.ts';
import { ASKED, policyCase } from '../../decide/decide.ts';
import { FLOOR_RULES, type FloorFacts, type FloorRule, riskFloor } from '../../decide/floor.ts';
import { GATES, gateFacts, shutGates } from '../../decide/gates.ts';
import type { Action } from '../../domain/action.ts';
import { ANOMALY_FLAGS, withoutFlags } from '../../domain/assessment.ts';
import { CONFIRMED_BY, type ConfirmedAction } from '../../domain/confirmation.ts';
import type { GateName } from '../../domain/decision.ts';
import { atLeast, atMost, higher, type Risk } from '../../domain/risk.ts';
import { sureness } from '../../phrases/gate_words.ts';
import { capWords, disagreementWords } from '../../phrases/rule_words.ts';
import type { Policy } from '../../policy/load.ts';
import { asReplayed } from '../replay/replay.ts';
import { FLOOR_VALUES, GATE_VALUES } from './values.ts';
import { actionsFrom, type World } from './world.ts';

/** One thing that was looked at on the way to the decision. */
export type Check = {
  readonly part: CheckPart;
  readonly name: string;
  /** `fail` stands in the way of an action; `none` has no say here. */
  readonly result: 'pass' | 'fail' | 'none';
  /** The value that was used, in words. */
  readonly value: string;
  /** `policy/approve.cedar:5`, for what stands in a file. */
  readonly place: string | null;
};

/** The parts of the table, in the order in which deciding asks for them. */
export const CHECK_PARTS = {
  risk: 'Risk: the risk floor from facts, and the model',
  floor: 'Rules of the risk floor',
  text: 'Screening of the text',
  policy: 'Policies that match',
  switch: 'Switches',
  gate: 'Gates',
  approvals: 'Recorded approvals',
  confirm: 'Confirmation',
  cap: 'Caps and circuit breaker',
} as const satisfies Record<string, string>;
export type CheckPart = keyof typeof CHECK_PARTS;

export const check = (
  part: CheckPart,
  name: string,
  result: Check['result'],
  value: string,
  place: string | null = null,
): Check => ({ part, name, result, value, place });

/** Every check of the decision, asked one by one, also behind the first that settled it. */
export function checksOf(world: World, policy: Pick<Policy, 'authorize' | 'matching'>): Check[] {
  const actions = actionsFrom(world.subject.dossier.request.status);
  const floor = riskFloor(heededIn(world));
  const { assessment } = world.subject;
  const risk = assessment.kind === 'scored' ? higher(floor.risk, assessment.risk) : null;
  return [
    ...risks(world, floor.risk, risk, actions),
    ...floorRules(world, floor.rules),
    ...texts(world),
    ...actions.flatMap((action) => policies(world, policy, action)),
    ...actions.map((action) => {
      const { switches, on } = ASKED[action];
      const is = on(world.policy);
      return check('switch', `${action}: ${switches.join(', ')}`, is ? 'pass' : 'fail', is ? 'on' : 'off');
    }),
    ...gates(world, actions),
    ...approvals(world),
    confirm(world, actions),
    check(
      'cap',
      'caps and circuit breaker',
      world.recorded.heldBack === null ? 'pass' : 'fail',
      world.recorded.heldBack === null ? 'did not hold it back' : capWords(world.recorded.heldBack),
    ),
  ];
}

function risks({ subject, policy }: World, floor: Risk, risk: Risk | null, actions: readonly Action[]): Check[] {
  const { assessment } = subject;
  const model = assessment.kind === 'scored' ? assessment.risk : null;
  const flags = assessment.kind === 'scored' ? assessment.flags : [];
  const rows = [
    check('risk', 'risk floor (facts)', 'none', floor),
    check(
      'risk',
      'model',
      model === null ? 'fail' : 'none',
      assessment.kind === 'scored'
        ? `${assessment.risk}, ${sureness(assessment)}${flags.length === 0 ? '' : `; flags: ${flags.map((flag) => ANOMALY_FLAGS[flag]).join('; ')}`}`
        : `unscored: ${assessment.why}`,
    ),
    check('risk', 'final: the higher', 'none', risk ?? 'none, so nothing is approved or rejected'),
  ];
  if (risk === null || !actions.includes('approve')) return rows;
  const { approveUpTo, rejectFrom } = policy;
  return [
    ...rows,
    check(
      'risk',
      'within RISK_THRESHOLD_APPROVE',
      mark(atMost(risk, approveUpTo)),
      `${risk}, allowed up to ${approveUpTo}`,
    ),
    check(
      'risk',
      'reaches RISK_THRESHOLD_REJECT',
      atLeast(risk, rejectFrom) ? 'pass' : 'none',
      `${risk}, rejecting is for ${rejectFrom} and above`,
    ),
  ];
}

/** What the risk floor was told: without the flags, where the run made nothing of them. */
function heededIn({ subject, recorded: { confirmation }, flagsHeeded }: World): FloorFacts {
  const { dossier, accessContext, assessment } = subject;
  if (flagsHeeded) return { dossier, accessContext, assessment, confirming: confirmation?.assessment };
  return { dossier, accessContext, assessment: withoutFlags(assessment) };
}

const mark = (fine: boolean): Check['result'] => (fine ? 'pass' : 'fail');

const floorRules = ({ subject }: World, holding: readonly FloorRule[]): Check[] =>
  (Object.keys(FLOOR_RULES) as FloorRule[]).map((rule) => {
    const holds = holding.includes(rule);
    const value = FLOOR_VALUES[rule](subject);
    return check('floor', rule, mark(!holds), holds ? `${value}: at least ${FLOOR_RULES[rule].risk}` : value);
  });

function texts({ subject: { dossier } }: World): Check[] {
  const { suspicious, contentFree, evidence, flags } = dossier.texts;
  const says = evidence.length > 0 ? evidence.join('; ') : flags.length > 0 ? flags.join(', ') : 'nothing found';
  return [
    check('text', 'suspicious', mark(!suspicious), says),
    check('text', 'gives a reason', mark(!contentFree), contentFree ? 'it says nothing' : 'it says something'),
  ];
}

function policies(world: World, policy: Pick<Policy, 'authorize' | 'matching'>, action: Action): Check[] {
  const facts = policyCase(world.subject, world.policy);
  const { policies: matching, errors } = policy.matching(action, facts);
  const { basis } = policy.authorize(action, facts);
  const permitted = matching.some(({ effect }) => effect === 'permit');
  return [
    ...matching.map(({ id, effect, says, place }) =>
      check(
        'policy',
        `${effect} ${action}: ${id}`,
        effect === 'forbid' ? 'fail' : basis.includes(id) ? 'pass' : 'none',
        effect === 'permit' && !basis.includes(id) ? `${says} (outweighed)` : says,
        `${place.file}:${place.line}`,
      ),
    ),
    ...(permitted
      ? []
      : [check('policy', `${action}: no permit`, action === 'reject' ? 'none' : 'fail', 'no policy permits it')]),
    ...errors.map((error) => check('policy', `${action}: failed`, 'fail', error)),
  ];
}

function gates(world: World, actions: readonly Action[]): Check[] {
  const { subject, acted, approver, byPerson, policy } = world;
  const facts = gateFacts(
    subject.dossier,
    subject.accessContext,
    asReplayed(heededIn(world).assessment),
    (_id, action) => acted.includes(action),
    policy.confidenceNeeded,
    { approver, byPerson },
  );
  const shut = new Set(
    (actions.length === 0 ? ANY : actions).flatMap((a) => shutGates(facts, a).map(({ gate }) => gate)),
  );
  return (Object.keys(GATES) as GateName[]).map((gate) => {
    const guards: readonly Action[] = GATES[gate].guards;
    const asked = actions.length === 0 || guards.some((action) => actions.includes(action));
    return check('gate', gate, asked ? mark(!shut.has(gate)) : 'none', GATE_VALUES[gate](subject, acted));
  });
}
const ANY: readonly Action[] = ['close'];

function approvals({ subject: { dossier, accessContext } }: World): Check[] {
  const { required, missing, onlySelf } = accessContext.approvals;
  const onRecord = dossier.request.approvals.map(
    ({ user, decision, level }) =>
      `${decision ?? 'unknown'} by ${user ?? 'unknown'}${level === null ? '' : ` (level ${level})`}`,
  );
  return [
    check('approvals', 'on record in the vault', 'none', onRecord.length === 0 ? 'none' : onRecord.join('; ')),
    ...required.map((approver) =>
      check('approvals', `required: ${approver}`, mark(!missing.includes(approver)), whoIs(approver, accessContext)),
    ),
    check(
      'approvals',
      "somebody else's than the requestor's",
      mark(!onlySelf),
      onlySelf ? 'only their own' : 'yes, or none',
    ),
  ];
}

const whoIs = (approver: 'manager' | 'owner', { person, owner }: World['subject']['accessContext']): string =>
  (approver === 'manager' ? person.manager : owner) ?? 'nobody is named';

function confirm({ recorded: { confirmation }, policy }: World, actions: readonly Action[]): Check {
  if (confirmation === null)
    return check('confirm', 'no confirmation', 'none', 'not asked for: it was no candidate for an action');
  const action =
    (Object.keys(CONFIRMED_BY) as ConfirmedAction[]).find((one) => CONFIRMED_BY[one] === confirmation.kind) ??
    'approve';
  const { assessment } = confirmation;
  const said =
    assessment.kind === 'scored' ? `${assessment.risk}, ${sureness(assessment)}` : `failed: ${assessment.why}`;
  const against = actions.includes(action)
    ? disagreement({ ...confirmation, assessment: asReplayed(confirmation.assessment) }, action, policy)
    : null;
  return check(
    'confirm',
    `${confirmation.kind} reading, for ${action}`,
    mark(against === null),
    against === null ? `${said}: agrees` : disagreementWords(against, action),
  );
}
