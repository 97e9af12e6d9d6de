import type { AnomalyFlag } from '../domain/assessment.ts';
import type { PolicyCase } from '../domain/policy_case.ts';
import { confidenceWords } from '../phrases/rule_words.ts';
import { type NextStepRow, noticed } from './next_step_row.ts';
import { askFor, escalate, managerOf, ownerOf } from './steps.ts';
import { missingEnd } from './time_steps.ts';

/**
 * What is next because of something that the model said, by its own words (`ANOMALY_FLAGS`): the table in next_step.ts
 * puts them in their places among what the facts say. INVARIANT: none of them lets anything happen; a request that presses
 * for speed waits like any other.
 */

const flag = (name: AnomalyFlag, step: NextStepRow['step']): NextStepRow => ({
  when: (facts) => noticed(facts, name),
  step,
});

const askedFor = ({ accessContext }: PolicyCase): string => accessContext.entitlement ?? 'this access';

/** Steering: whoever it is aimed at must not be the one who decides. */
export const STEERING_STEP = {
  injection_suspected: {
    when: (_facts, { steering }) => steering,
    step: () => escalate('security', 'the model suspects that its text wants to steer the review'),
  },
} as const satisfies Record<string, NextStepRow>;

/** Flags about the reason: they bar approval (the gate `reason-fits`), and only the requestor can answer them. */
export const REASON_STEPS = {
  weak_justification: flag('weak_justification', (facts) =>
    askFor(
      'the model finds that the justification says too little',
      `what has to be done with ${askedFor(facts)}, and for which ticket, incident or change`,
    ),
  ),
  justification_mismatch: flag('justification_mismatch', (facts) =>
    askFor(
      'the justification speaks of something else than what is asked',
      `whether ${askedFor(facts)} is what is meant, and which work there needs it`,
    ),
  ),
} as const satisfies Partial<Record<AnomalyFlag, NextStepRow>>;

export const CONFIDENCE_STEP = {
  low_confidence: {
    when: (_facts, { doubt }) => doubt !== null,
    step: (facts, { doubt }) =>
      doubt === null || doubt.confidence === null
        ? escalate('security', 'the model did not say how sure it is, so nothing is done on its word')
        : escalate(ownerOf(facts), confidenceWords(doubt)),
  },
} as const satisfies Record<string, NextStepRow>;

/** What else raised the rating, so that it is named instead of the mere risk: the weightiest first. */
export const FLAG_STEPS = {
  unexpected_automation: flag('unexpected_automation', () =>
    escalate(
      'security',
      'a service account asks for something outside its usual work',
      'list it among the identities with the role that it needs',
    ),
  ),
  sensitive_asset: flag('sensitive_asset', (facts, { risk }) =>
    escalate(
      ownerOf(facts),
      `the model counts the target among the sensitive ones and rates it ${risk}`,
      'read access for a limited time',
    ),
  ),
  long_window: {
    // Within the limit of its class a window is not long, whatever the model makes of it.
    when: (facts) => noticed(facts, 'long_window') && facts.accessContext.maxHours === null,
    step: ({ dossier: { facts, request } }) =>
      askFor(
        facts.requestedHours === null
          ? missingEnd(request)
          : `${facts.requestedHours} hours are long for the work described`,
        'a window that ends with the work, or what takes so long',
      ),
  },
  urgency_pressure: flag('urgency_pressure', (facts) =>
    askFor(
      'it presses for speed instead of giving reasons',
      `what ${askedFor(facts)} is needed for, by which ticket or incident; in an emergency there is the break-glass procedure`,
    ),
  ),
  frequent_requestor: flag('frequent_requestor', (facts) =>
    escalate(managerOf(facts), 'this person asks far more often than others'),
  ),
  off_hours: flag('off_hours', (facts) =>
    escalate(managerOf(facts), 'it is wanted outside office hours', 'the same within office hours'),
  ),
  stale_request: flag('stale_request', () =>
    askFor('it has been waiting for long', 'whether it is still needed, and from when to when'),
  ),
  no_human_approval: flag('no_human_approval', (facts) =>
    escalate(ownerOf(facts), 'its form grants access without a person looking'),
  ),
  other: flag('other', (facts, { risk }) =>
    escalate(ownerOf(facts), `the model rates it ${risk} for a reason that its summary names`),
  ),
} as const satisfies Partial<Record<AnomalyFlag, NextStepRow>>;
