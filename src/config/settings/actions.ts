import { RISKS } from '../../domain/risk.ts';
import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** The switches, and the limits of risk and age that they work within. */
export const ACTIONS = {
  AUTONOMOUS_MODE: {
    schema: kind.flag,
    fallback: 'false',
    about: 'Act without asking. Otherwise a person at the terminal is asked, and without a terminal nothing is done.',
  },
  AUTO_APPROVE_LOW_RISK: {
    schema: kind.flag,
    fallback: 'false',
    about: 'Approve Active requests up to `RISK_THRESHOLD_APPROVE`.',
  },
  AUTO_REJECT_HIGH_RISK: {
    schema: kind.flag,
    fallback: 'false',
    about: 'Reject Active requests from `RISK_THRESHOLD_REJECT` up.',
  },
  AUTO_CLOSE_STALE: {
    schema: kind.flag,
    fallback: 'false',
    about: 'Close Approved requests that were approved `STALE_REQUEST_DAYS` ago or earlier.',
  },
  RISK_THRESHOLD_APPROVE: {
    schema: kind.oneOf(RISKS),
    fallback: 'low',
    about: 'Highest risk that may be approved.',
  },
  RISK_THRESHOLD_REJECT: {
    schema: kind.oneOf(RISKS),
    fallback: 'critical',
    about: 'Lowest risk that may be rejected. Rejecting is asked about before approving.',
  },
  CONFIDENCE_THRESHOLD: {
    schema: kind.fraction,
    fallback: '0.85',
    about:
      'How sure the model has to be, 0 to 1, in every reading of a request, before it is approved or rejected. An answer without a confidence is below it. 0: not looked at.',
  },
  PROMOTE_AT: {
    schema: kind.fraction,
    fallback: '0.9',
    about:
      'How far people have to agree with a class of access before `policy evidence` calls it ready to be enforced: the lower end of the agreement (one-sided, 95 %), 0 to 1. 0.9: 25 of 25.',
  },
  CONTROL_SHARE: {
    schema: kind.fraction,
    fallback: '0.05',
    about:
      'How much of what a class with `mode: enforce` lets through is left to people all the same, 0 to 1, drawn by a secret, so that they go on saying what they think of it. 0: nothing.',
  },
  DEMOTE_BELOW: {
    schema: kind.fraction,
    fallback: '0.8',
    about:
      'A class with `mode: enforce` counts as recommended when people approve less than this share, 0 to 1, of what it would approve (at least ten decisions), or take back two of its last twenty approvals, until `since:` under it is later.',
  },
  STALE_REQUEST_DAYS: {
    schema: kind.wholeNumber(1, 3650),
    fallback: '7',
    about: 'Days since approval after which access counts as stale. Below the look-back.',
  },
  AUTO_CLOSE_EXPIRED: {
    schema: kind.flag,
    fallback: 'false',
    about: 'Close granted access that has been open for longer than its class in `policy/access.yml` allows.',
  },
  ACTION_CONCURRENCY: {
    schema: kind.wholeNumber(1, 64),
    fallback: '8',
    about:
      'Calls that change a request under way at the same time, each for another person, and never more than `VAULT_CONCURRENCY`. They look at the list together; 1 makes one call after the other. A person at the terminal is always asked about one at a time.',
  },
  VAULT_ACTION_ASSET_ID: {
    schema: kind.text.optional(),
    about:
      "Vault asset that holds the token of another user, the approver. Fetched only when there is something to do, used for the writes alone, given back right after. Empty: the agent's own token writes.",
  },
  PLAN_EXPIRY_MINUTES: {
    schema: kind.wholeNumber(1, 10_080),
    fallback: '60',
    about: 'How long a plan that `plan` wrote can be carried out with `apply`.',
  },
  HALT: {
    schema: kind.flag,
    fallback: 'false',
    about:
      'Change nothing, whatever else is set: every run only observes. `portcullis halt` does the same without a restart.',
  },
} as const satisfies Settings;
