import type { AccessContext } from '../domain/access_context.ts';
import { type AccessRequest, mayBeRequestor } from '../domain/access_request.ts';
import { timeGaps, windowFault } from '../domain/access_times.ts';
import type { Action } from '../domain/action.ts';
import { type Assessment, flagged } from '../domain/assessment.ts';
import { type BoundMode, letsThrough } from '../domain/class_mode.ts';
import type { GateName, ShutGate } from '../domain/decision.ts';
import type { Dossier, Gap, WindowFault } from '../domain/dossier.ts';
import type { Refusal } from '../domain/recorded_decisions.ts';
import { isOpen, statusAllows } from '../domain/status.ts';
import { plainLine } from '../text/plain_text.ts';
import { steering, unsure } from './confidence.ts';

/**
 * The gates: what must hold for an action whatever the settings, the model or a text say. A gate answers with the fact
 * that shuts it, and with null when it is open. They are asked while deciding, and again on the live request right before
 * the call.
 * INVARIANT: design section 6, points 1 to 4; every row has its own test.
 */
export type GateFacts = {
  readonly request: AccessRequest;
  readonly own: boolean;
  /** It could be the agent's own account under another spelling. */
  readonly mayBeOwn: boolean;
  readonly assessment: Assessment;
  /** Whether the agent already did this, or may have. */
  readonly acted: (action: Action) => boolean;
  /** What the vault's own rows say that one of our accounts decided; null for nothing. */
  readonly ownDecision: 'approve' | 'reject' | null;
  /** A person's no that stands; null for none. */
  readonly refusal: Refusal | null;
  /** What people said no to at the terminal, by action. */
  readonly declined: NonNullable<Dossier['history']['declined']>;
  /** CONFIDENCE_THRESHOLD; 0 asks for none. */
  readonly confidenceNeeded: number;
  readonly operationKnown: boolean;
  /** Entitlements of which nobody can say which one is asked for; empty when it is clear. */
  readonly ambiguous: readonly string[];
  /** The person whose plan is carried out; null when the policy is the approver. */
  readonly approver: string | null;
  /** How far its classes may be decided without a person; null when wholly. */
  readonly mode: BoundMode | null;
  /** A person says yes to each action: at the prompt, or to a plan. */
  readonly byPerson: boolean;
  /** What is wrong with the window at this moment. */
  readonly window: WindowFault | null;
  /** What could not be found out, and which of its times cannot be. */
  readonly gaps: readonly Gap[];
};

export type Gate = {
  readonly guards: readonly Action[];
  readonly about: string;
  readonly shut: (facts: GateFacts, action: Action) => ShutGate | null;
};

const REASON_FLAGS = ['weak_justification', 'justification_mismatch'] as const;

export const GATES = {
  status: {
    guards: ['approve', 'reject', 'close'],
    about: 'Approve and reject only from Active, close only from Approved; any other status is read-only.',
    shut: ({ request }, action) =>
      statusAllows(request.status, action) ? null : { gate: 'status', status: request.status },
  },
  'own-request': {
    guards: ['approve', 'reject', 'close'],
    about: "Never the agent's own requests: asking and granting are two people's work.",
    shut: ({ own }) => (own ? { gate: 'own-request' } : null),
  },
  'own-doubtful': {
    guards: ['approve', 'reject', 'close'],
    about:
      "Where the requestor could be one of the agent's accounts under another spelling, or by the display name only, a person decides.",
    shut: ({ mayBeOwn }) => (mayBeOwn ? { gate: 'own-doubtful' } : null),
  },
  'approver-apart': {
    guards: ['approve'],
    about:
      "Whoever approved a plan, or is asked at the terminal, approves no request of their own so: asking and approving are two people's work.",
    shut: ({ request, approver }) =>
      approver !== null && mayBeRequestor(request, approver) ? { gate: 'approver-apart', approver } : null,
  },
  'requestor-known': {
    guards: ['approve', 'reject', 'close'],
    about: 'Without the account name of the requestor nobody can tell whether it is the agent itself.',
    shut: ({ request: { requestor } }) => (isNamed(requestor) ? null : { gate: 'requestor-known' }),
  },
  // INVARIANT: a person's no is never overruled by the agent.
  'refused-by-person': {
    guards: ['approve'],
    about:
      'What a person refused is not approved: this request, or another of the same person for the same asset and operation. Only a later approval by a person lifts it.',
    shut: ({ refusal }) => (refusal === null ? null : { gate: 'refused-by-person', ...refusal }),
  },
  scored: {
    guards: ['approve', 'reject'],
    about: 'Without an assessment nothing is approved and nothing is rejected.',
    shut: ({ assessment }) => (assessment.kind === 'unscored' ? { gate: 'scored', why: assessment.why } : null),
  },
  'risk-understood': {
    guards: ['approve', 'reject'],
    about: 'A risk that had to be guessed from an unknown word approves nothing and rejects nothing.',
    shut: ({ assessment }) =>
      assessment.kind === 'scored' && assessment.normalised ? { gate: 'risk-understood' } : null,
  },
  'not-steering': {
    guards: ['approve'],
    about:
      'What the model suspects of steering the review is not approved, whatever screening saw and how it was rated.',
    shut: ({ assessment }) => (steering([assessment]) ? { gate: 'not-steering' } : null),
  },
  'reason-fits': {
    guards: ['approve'],
    about: 'A justification that the model finds weak, or at odds with what is asked, is not approved.',
    shut: ({ assessment }) => {
      const flags = REASON_FLAGS.filter((flag) => flagged(assessment, flag));
      return flags.length === 0 ? null : { gate: 'reason-fits', flags };
    },
  },
  confident: {
    guards: ['approve', 'reject'],
    about:
      'Below CONFIDENCE_THRESHOLD nothing is approved and nothing is rejected; an answer without a confidence is below it.',
    shut: ({ assessment, confidenceNeeded }) => {
      const doubt = unsure(assessment, confidenceNeeded);
      return doubt === null ? null : { gate: 'confident', ...doubt };
    },
  },
  'operation-known': {
    guards: ['approve'],
    about:
      "An operation that no row of the mapping names, and the vault's contract does not know, is not approved: nobody said what it gives.",
    shut: ({ request, operationKnown }) =>
      operationKnown ? null : { gate: 'operation-known', operation: request.operation },
  },
  unambiguous: {
    guards: ['approve'],
    about: 'Where rows of the mapping give different entitlements and none is meant to win, nothing is approved.',
    shut: ({ ambiguous }) => (ambiguous.length === 0 ? null : { gate: 'unambiguous', entitlements: ambiguous }),
  },
  window: {
    guards: ['approve'],
    about: 'No window that is over, that is empty, or that begins more than `MAX_DAYS_AHEAD` days ahead.',
    shut: ({ window }) => (window === null ? null : { gate: 'window', fault: window }),
  },
  times: {
    guards: ['approve', 'close'],
    about:
      'A request whose times cannot be (asked for in the future, approved before it was asked for) is for people; so is each one while the clocks of the vault and of this machine are more than five minutes apart.',
    // A window that cannot be is no reason to leave granted access open.
    shut: ({ gaps }, action) => {
      const why = impossibleTimes(gaps, action === 'approve' ? ['times', 'clock', 'window'] : ['times', 'clock']);
      return why === null ? null : { gate: 'times', why };
    },
  },
  legible: {
    guards: ['approve', 'reject'],
    about:
      'A request in which the vault wrote something that could not be read is neither approved nor rejected: a decision of a person may stand there.',
    shut: ({ gaps }) => {
      const why = impossibleTimes(gaps, ['record']);
      return why === null ? null : { gate: 'legible', why };
    },
  },
  'class-mode': {
    guards: ['approve', 'reject'],
    about:
      'What a class of access keeps to people: with `mode: recommend` a person says yes, at the prompt or by `apply`; with `mode: observe` nothing is approved or rejected here.',
    shut: ({ mode, byPerson }) =>
      mode === null || letsThrough(mode, byPerson) ? null : { gate: 'class-mode', ...mode },
  },
  control: {
    guards: ['approve'],
    about:
      'A sample of what an enforced class lets through (CONTROL_SHARE) is left to people, so that they go on saying what they think of it.',
    shut: ({ mode, byPerson }) => (mode?.control === true && !byPerson ? { gate: 'control', class: mode.class } : null),
  },
  // INVARIANT: a person's no is never overruled by the agent.
  declined: {
    guards: ['approve', 'reject', 'close'],
    about:
      'What a person said no to when they were asked at the terminal is not done without one: it stays so until somebody says yes there.',
    shut: ({ declined }, action) => {
      const no = declined[action];
      return no === undefined ? null : { gate: 'declined', ...no };
    },
  },
  once: {
    guards: ['approve', 'reject', 'close'],
    about:
      "A request gets at most one of approve and reject, once, ever, by the ledger and by the vault's own list of approvals; and it is closed at most once.",
    shut: ({ acted, ownDecision }, action) => {
      const excluding: readonly Action[] = action === 'close' ? ['close'] : ['approve', 'reject'];
      const done = excluding.find(acted);
      if (done !== undefined) return { gate: 'once', done };
      if (action === 'close' || ownDecision === null) return null;
      return { gate: 'once', done: ownDecision, recorded: true };
    },
  },
} as const satisfies Record<GateName, Gate>;

/** Whether there is an account name to hold against the agent's own; one that cannot be seen is none. */
export const isNamed = ({ name }: AccessRequest['requestor']): boolean => name !== null && plainLine(name) !== '';

/** The gates that stand in the way of `action`, in the order of the table; none means that it may be done. */
export function shutGates(facts: GateFacts, action: Action): ShutGate[] {
  return (Object.values(GATES) as Gate[]).flatMap((gate) =>
    gate.guards.includes(action) ? (gate.shut(facts, action) ?? []) : [],
  );
}

export const gateFacts = (
  dossier: Dossier,
  // Runs that were archived before have neither.
  { operationKnown = true, ambiguous = [], mode }: Pick<AccessContext, 'operationKnown' | 'ambiguous' | 'mode'>,
  assessment: Assessment,
  acted: (requestId: string, action: Action) => boolean,
  confidenceNeeded: number,
  { approver = null, byPerson = approver !== null, now }: By = {},
): GateFacts => ({
  request: dossier.request,
  own: dossier.facts.own,
  mayBeOwn: dossier.facts.mayBeOwn ?? false,
  assessment,
  acted: (action) => acted(dossier.request.id, action),
  ownDecision: dossier.facts.ownDecision ?? null,
  refusal: dossier.history.refusal ?? null,
  declined: dossier.history.declined ?? {},
  confidenceNeeded,
  ...{ operationKnown, ambiguous },
  ...{ approver, byPerson, mode: mode ?? null },
  window: (now === undefined ? null : windowFault(dossier.request, now)) ?? dossier.facts.times?.fault ?? null,
  gaps:
    now === undefined || !isOpen(dossier.request.status)
      ? dossier.gaps
      : [...dossier.gaps, ...timeGaps(dossier.request, now)],
});

type By = {
  readonly approver?: string | null | undefined;
  readonly byPerson?: boolean | undefined;
  readonly now?: number | undefined;
};

/** Those of the gaps that are of these kinds, such as times that cannot be, in words; null when there are none. */
export function impossibleTimes(gaps: readonly Gap[], kinds: readonly Gap['what'][]): string | null {
  const found = new Set(gaps.filter(({ what }) => kinds.includes(what)).map(({ why }) => why));
  return found.size === 0 ? null : [...found].join('; ');
}
