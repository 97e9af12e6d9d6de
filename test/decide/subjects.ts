/** Requests with everything known about them, and what deciding needs besides. Each takes only what the test is about. */
import { resolve } from 'node:path';
import type { ActionPolicy, DecideWith, SecondLook, Subject } from '../../src/decide/decide.ts';
import type { AccessRequest } from '../../src/request/access_request.ts';
import { ACTION_NAMES, type Action } from '../../src/request/action.ts';
import type { Assessment, Scored } from '../../src/request/assessment.ts';
import type { PolicyEngine } from '../../src/request/policy_case.ts';
import type { Risk } from '../../src/request/risk.ts';
import type { Standing } from '../../src/request/standing.ts';
import type { Vote } from '../../src/request/vote.ts';
import { type DossierParts, dossierOf, granted, rated, request, standingOf } from '../helpers/requests.ts';

export const SHIPPED = resolve(import.meta.dirname, '../../policy');

export const ALL_ON: ActionPolicy = {
  autoApprove: true,
  autoReject: true,
  autoCloseStale: true,
  autoCloseExpired: true,
  approveUpTo: 'low',
  rejectFrom: 'critical',
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
  readonly standing?: Partial<Standing>;
  readonly assessment?: Assessment;
};

/** One that the shipped policies approve. */
export const subject = ({ request: about, standing, assessment, ...part }: SubjectParts = {}): Subject => ({
  dossier: dossierOf(request(about), part),
  standing: standingOf(standing),
  assessment: assessment ?? rated('low'),
});

/** Access granted twelve days ago, which the shipped policies close as stale. */
export const grantedSubject = ({ request: about, standing, assessment, ...part }: SubjectParts = {}): Subject => ({
  dossier: dossierOf(granted(about), part),
  standing: standingOf(standing),
  assessment: assessment ?? rated('low'),
});

export const blind = (risk: Risk, part: Partial<Scored> = {}): Vote => ({
  kind: 'blind',
  assessment: rated(risk, part),
});
export const solo = (risk: Risk, part: Partial<Scored> = {}): Vote => ({ kind: 'solo', assessment: rated(risk, part) });

export const look = (vote: Vote | undefined, heldBack: string | null = null): SecondLook => ({ vote, heldBack });

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
