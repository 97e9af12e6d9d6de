/** Requests with everything known about them, and what deciding needs besides. Each takes only what the test is about. */
import { resolve } from 'node:path';
import type { ActionPolicy, Confirmed, DecideWith, Subject } from '../../../src/decide/decide.ts';
import type { AccessContext } from '../../../src/domain/access_context.ts';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import { ACTION_NAMES, type Action } from '../../../src/domain/action.ts';
import type { Assessment, Scored } from '../../../src/domain/assessment.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import type { CapReached } from '../../../src/domain/decision.ts';
import type { PolicyEngine } from '../../../src/domain/policy_case.ts';
import type { Risk } from '../../../src/domain/risk.ts';
import { accessContextOf, type DossierParts, dossierOf, granted, rated, request } from '../../helpers/requests.ts';

export const SHIPPED = resolve(import.meta.dirname, '../../../policy');

export const ALL_ON: ActionPolicy = {
  autoApprove: true,
  autoReject: true,
  autoCloseStale: true,
  autoCloseExpired: true,
  approveUpTo: 'low',
  rejectFrom: 'critical',
  confidenceNeeded: 0.85,
  staleDays: 7,
};
export const ALL_OFF: ActionPolicy = {
  ...ALL_ON,
  autoApprove: false,
  autoReject: false,
  autoCloseStale: false,
  autoCloseExpired: false,
};

export type SubjectParts = DossierParts & {
  readonly request?: Partial<AccessRequest>;
  readonly accessContext?: Partial<AccessContext>;
  readonly assessment?: Assessment;
};

/** One that the shipped policies approve. */
export const subject = ({ request: about, accessContext, assessment, ...part }: SubjectParts = {}): Subject => ({
  dossier: dossierOf(request(about), part),
  accessContext: accessContextOf(accessContext),
  assessment: assessment ?? rated('low'),
});

/** Access granted twelve days ago, of no class with a limit, which the shipped policies close as stale. */
export const grantedSubject = ({ request: about, accessContext, assessment, ...part }: SubjectParts = {}): Subject => ({
  dossier: dossierOf(granted(about), part),
  accessContext: accessContextOf({ maxHours: null, ...accessContext }),
  assessment: assessment ?? rated('low'),
});

export const factsOnly = (risk: Risk, part: Partial<Scored> = {}): Confirmation => ({
  kind: 'facts-only',
  assessment: rated(risk, part),
});
export const single = (risk: Risk, part: Partial<Scored> = {}): Confirmation => ({
  kind: 'single',
  assessment: rated(risk, part),
});

export const confirmed = (confirmation: Confirmation | undefined, heldBack: CapReached | null = null): Confirmed => ({
  confirmation,
  heldBack,
});

/** An engine for which only the action matters. */
export const permitting = (...allowed: readonly Action[]): Pick<PolicyEngine, 'authorize'> => ({
  authorize: (action) =>
    allowed.includes(action)
      ? { allowed: true, basis: [`may-${action}`], says: [`one may ${action}`], errors: [] }
      : { allowed: false, basis: [`not-${action}`], says: [`one may not ${action}`], errors: [] },
});
export const permitAll = permitting(...ACTION_NAMES);

export const actedOf =
  (...actions: readonly Action[]): DecideWith['acted'] =>
  (_id, action) =>
    actions.includes(action);
export const never = actedOf();
