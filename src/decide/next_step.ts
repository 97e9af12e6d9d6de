import { isUnlisted } from '../domain/access_context.ts';
import type { NextStep } from '../domain/next_step.ts';
import type { PolicyCase } from '../domain/policy_case.ts';
import {
  ambiguousWords,
  capWords,
  controlWords,
  declinedWords,
  disagreementWords,
  recommendedWords,
  switchedOffWords,
  unknownOperation,
  unnamedWords,
} from '../phrases/rule_words.ts';
import { BURST } from './floor.ts';
import { isNamed } from './gates.ts';
import { CONFIDENCE_STEP, FLAG_STEPS, REASON_STEPS, STEERING_STEP } from './model_steps.ts';
import type { Hindrance, NextStepRow } from './next_step_row.ts';
import {
  ASSET_STEPS,
  askFor,
  byPolicy,
  escalate,
  lesserWords,
  managerOf,
  observe,
  ownerOf,
  refusedStep,
  unlistedStep,
} from './steps.ts';
import { CLOCKS_APART, IMPOSSIBLE_TIMES, RECORD_UNREAD, WINDOW_AT_FAULT, WINDOW_TOO_LONG } from './time_steps.ts';

export type { Hindrance } from './next_step_row.ts';

/**
 * From the weightiest finding to the lightest; the first row that fits says what is next. A request can have several
 * findings, and a person who deals with the first sees the others in the same report.
 */
export const NEXT_STEPS = {
  'break-glass': {
    when: ({ accessContext }) => accessContext.breakGlass,
    step: () => escalate('security', 'break-glass access: a person reviews every use and records it'),
  },
  'granted-and-critical': {
    when: ({ dossier, risk }) => dossier.request.status === 'Approved' && risk === 'critical',
    step: (facts) =>
      escalate(
        ownerOf(facts),
        'access is granted and rated critical: is it still wanted?',
        'close it and grant a shorter window',
      ),
  },
  'impossible-times': IMPOSSIBLE_TIMES,
  settled: {
    when: ({ dossier }) => dossier.request.status !== 'Active',
    step: () => observe('it waits for nobody'),
  },
  'own-request': {
    when: (_facts, { own }) => own,
    step: () => escalate('another authorizer', "it is the agent's own request, which somebody else has to decide"),
  },
  'own-doubtful': {
    when: ({ dossier }) => dossier.facts.mayBeOwn === true,
    step: () =>
      escalate(
        'security',
        "may be the agent's own account, under another spelling",
        'if it is the agent, set AGENT_USERNAME to this spelling',
      ),
  },
  'requestor-unknown': {
    when: ({ dossier }) => !isNamed(dossier.request.requestor),
    step: () => escalate('security', 'the vault gives no account name, so nobody can tell who would get access'),
  },
  'separation-of-duties': {
    when: ({ accessContext }) => accessContext.sodConflicts.length > 0,
    step: ({ accessContext }) =>
      escalate(
        'security',
        `separation of duties: ${[...new Set(accessContext.sodConflicts.map(({ pair }) => pair))].join(', ')}`,
        'let somebody else do it, or give back first what is held',
      ),
  },
  isolated: {
    when: (_facts, { cap }) => cap?.cap === 'isolated',
    step: (_facts, { cap }) =>
      escalate(
        'security',
        cap === null ? 'the person is isolated' : capWords(cap),
        'ask the person before anything else',
      ),
  },
  'suspicious-text': {
    when: ({ text }) => text.suspicious,
    step: ({ text }) =>
      escalate('security', `its text looks as if it wanted to steer the review (${text.flags.join(', ')})`),
  },
  ...STEERING_STEP,
  'record-unread': RECORD_UNREAD,
  'refused-by-person': {
    when: ({ dossier }) => dossier.history.refusal !== undefined,
    step: (facts) => refusedStep(facts),
  },
  'window-at-fault': WINDOW_AT_FAULT,
  'requestor-unlisted': {
    when: ({ accessContext }) => isUnlisted(accessContext),
    step: unlistedStep,
  },
  'policy-step': {
    when: (_facts, { policy }) => policy !== null && policy.step !== null && policy.step.kind !== 'observe',
    step: (facts, { policy }) => byPolicy(facts, policy),
  },
  privileged: {
    when: ({ accessContext }) => accessContext.privileged || accessContext.neverAuto.length > 0,
    step: (facts) =>
      escalate(
        ownerOf(facts),
        `never decided without a person: ${facts.accessContext.privileged ? `privileged entitlement ${facts.accessContext.entitlement}` : facts.accessContext.neverAuto.join(', ')}`,
        lesserWords(facts) ?? 'time-bound read access, or the break-glass procedure in an emergency',
      ),
  },
  'operation-unknown': {
    when: ({ dossier, accessContext }) =>
      accessContext.operationKnown === false && dossier.request.asset !== null && accessContext.entitlement !== null,
    step: ({ dossier }) =>
      escalate(
        'security',
        unknownOperation(dossier.request.operation),
        'if it is an everyday operation, name it in the mapping of policy/access.yml',
      ),
  },
  ambiguous: {
    when: ({ accessContext }) => (accessContext.ambiguous ?? []).length > 0,
    step: ({ accessContext }) =>
      escalate(
        'security',
        ambiguousWords(accessContext.ambiguous ?? []),
        accessContext.ambiguous?.length === 1
          ? 'write the tag, name or container in the vault as the mapping has it'
          : 'make one of the rows narrower, or say `over:` in the one that is meant',
      ),
  },
  'no-justification': {
    when: ({ text }) => text.contentFree,
    step: () =>
      askFor('the justification says nothing', 'what has to be done there, and for which ticket, incident or change'),
  },
  ...REASON_STEPS,
  'window-too-long': WINDOW_TOO_LONG,
  'approval-missing': {
    when: ({ accessContext: { approvals } }) => approvals.missing.length > 0 || approvals.onlySelf,
    step: (facts) => {
      const { missing, onlySelf } = facts.accessContext.approvals;
      if (onlySelf && missing.length === 0)
        return escalate(managerOf(facts), 'the only recorded approval is by the requestor');
      const to = missing.includes('manager') ? managerOf(facts) : ownerOf(facts);
      return escalate(to, `the vault records no approval by ${missing.join(' and ')}`);
    },
  },
  'out-of-role': {
    when: ({ accessContext }) =>
      accessContext.rolesDefined && !accessContext.inRole && accessContext.entitlement !== null,
    step: (facts) =>
      escalate(
        managerOf(facts),
        `${facts.accessContext.entitlement} is not standard for this person's roles`,
        lesserWords(facts) ?? 'somebody who has the role does it',
      ),
  },
  ...ASSET_STEPS,
  burst: {
    when: ({ dossier }) => dossier.history.requestsInHour >= BURST,
    step: ({ dossier: { history } }) =>
      escalate(
        'security',
        `${history.requestsInHour} requests of this person within an hour, as of a script or of an account in other hands`,
        'ask the person; if they are meant, one request for what is needed',
      ),
  },
  ...CONFIDENCE_STEP,
  disagreement: {
    when: (_facts, { disagreement }) => disagreement !== null,
    step: (_facts, { disagreement: against }) =>
      escalate(
        'security',
        `the confirmation disagreed${against === null ? '' : `: ${disagreementWords(against, against.action)}`}`,
      ),
  },
  'clocks-apart': CLOCKS_APART,
  capped: {
    when: (_facts, { cap }) => cap !== null,
    step: (_facts, { cap }) => observe(`held back by a cap${cap === null ? '' : `: ${capWords(cap)}`}`),
  },
  unscored: {
    when: ({ assessment }) => assessment.kind === 'unscored' || assessment.normalised,
    step: () => escalate('security', 'it could not be rated; the next run tries again'),
  },
  'acted-before': {
    when: (_facts, { actedBefore }) => actedBefore,
    step: () => escalate('another authorizer', 'the agent has done its part; the other levels have to be decided'),
  },
  policy: {
    when: (_facts, { policy }) => policy !== null,
    step: (facts, { policy }) => byPolicy(facts, policy),
  },
  'class-mode': {
    when: (_facts, { recommended }) => recommended !== null,
    step: (facts, { recommended }) =>
      escalate(ownerOf(facts), recommended === null ? 'its class is kept to people' : recommendedWords(recommended)),
  },
  control: {
    when: (_facts, { control }) => control !== null,
    step: (facts, { control }) => escalate(ownerOf(facts), controlWords(control?.class ?? null)),
  },
  declined: {
    when: ({ dossier }) => dossier.history.declined !== undefined,
    step: ({ dossier: { history } }) => {
      const [no] = Object.values(history.declined ?? {});
      return escalate('security', no === undefined ? 'a person said no to it' : declinedWords(no));
    },
  },
  'switched-off': {
    when: (_facts, { switchedOff }) => switchedOff !== null,
    step: (facts, { switchedOff }) => escalate(ownerOf(facts), switchedOffWords(facts.risk, switchedOff ?? [])),
  },
  ...FLAG_STEPS,
  'between-the-limits': {
    when: () => true,
    step: (facts, { floor, risk }) => escalate(ownerOf(facts), unnamedWords(risk, floor)),
  },
} as const satisfies Record<string, NextStepRow>;

/** What is next for a held request. Pure; always answers. */
export function nextStep(facts: PolicyCase, hindrance: Hindrance): NextStep {
  for (const row of Object.values(NEXT_STEPS) as NextStepRow[]) {
    if (row.when(facts, hindrance)) return row.step(facts, hindrance);
  }
  return observe('nothing stands out');
}
