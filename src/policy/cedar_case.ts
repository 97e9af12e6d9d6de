import type { EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import { HOUR_MS } from '../kit/durations.ts';
import type { Dossier } from '../request/dossier.ts';
import type { PolicyCase } from '../request/policy_case.ts';
import { RISKS, type Risk } from '../request/risk.ts';

/** A case in Cedar's words. What each of them means is written in `policy/portcullis.cedarschema`. */
export type CedarCase = {
  readonly principal: EntityJson;
  readonly resource: EntityJson;
  readonly context: Record<string, Values>;
};

type Value = boolean | number | string | string[];
type Values = Record<string, Value>;
type Facts = Readonly<Record<string, boolean | number | string | readonly string[] | null>>;

/**
 * What a policy may look at. INVARIANT: no text that the requestor wrote is in here, and no name: only what screening found
 * in them. A policy cannot be talked to.
 */
export function cedarCase(facts: PolicyCase, identitiesDefined: boolean): CedarCase {
  const { dossier, standing, assessment, text, settings, history } = facts;
  const { request } = dossier;
  const { requestor } = request;
  const scored = assessment.kind === 'scored';
  return {
    principal: {
      uid: { type: 'Requestor', id: requestor.id ?? requestor.name ?? requestor.displayName ?? '' },
      attrs: given({
        named:
          !dossier.gaps.some(({ what }) => what === 'requestor') && Object.values(requestor).some((n) => n !== null),
        known: standing.person.known,
        roles: standing.person.roles,
        department: standing.person.department,
        manager: standing.person.manager,
      }),
      parents: [],
    },
    resource: {
      uid: { type: 'Request', id: request.id },
      attrs: {
        ...given({
          status: request.status,
          operation: request.operation,
          entityType: request.entityType,
          formName: request.form?.name ?? null,
          formType: request.form?.type ?? null,
          exclusive: request.exclusive ?? false,
          windowHours: whole(dossier.facts.requestedHours),
          approvalsRecorded: request.approvals.length,
        }),
        asset: given({
          read: dossier.asset !== null,
          id: dossier.asset?.id ?? null,
          type: dossier.asset?.type ?? null,
          container: dossier.asset?.containerPath ?? null,
          tags: dossier.asset?.tags ?? [],
        }),
      },
      parents: [],
    },
    context: {
      standing: given({
        entitlement: standing.entitlement,
        classes: standing.classes,
        neverAuto: standing.neverAuto,
        privileged: standing.privileged,
        assetKnown: standing.assetKnown,
        identitiesDefined,
        rolesDefined: standing.rolesDefined,
        inRole: standing.inRole,
        conflicts: standing.sodConflicts.map(({ pair }) => pair),
        maxHours: whole(standing.maxHours),
        owner: standing.owner,
        approvalsRequired: standing.approvals.required,
        approvalsMissing: standing.approvals.missing,
        onlySelfApproved: standing.approvals.onlySelf,
        breakGlass: standing.breakGlass,
      }),
      assessment: given({
        scored,
        understood: scored && !assessment.normalised,
        risk: facts.risk === null ? null : rank(facts.risk),
        modelRisk: scored ? rank(assessment.risk) : null,
        floor: rank(facts.floor),
        flags: scored ? assessment.flags : [],
      }),
      text: given({
        given: /[\p{L}\p{N}]/u.test(request.justification),
        contentFree: text.contentFree,
        suspicious: text.suspicious,
        flags: text.flags,
      }),
      time: given({
        offHours: dossier.facts.offHours,
        daysSinceCreated: whole(dossier.facts.daysSinceCreated),
        daysSinceApproved: whole(dossier.facts.daysSinceApproved),
        hoursGranted: hoursGranted(dossier),
      }),
      history: given({
        requestorFrequency: whole(dossier.facts.requestorFrequency),
        firstForAsset: history.firstForAsset,
        requestsInHour: whole(history.requestsInHour),
      }),
      settings: given({
        approveUpTo: rank(settings.approveUpTo),
        rejectFrom: rank(settings.rejectFrom),
        staleDays: whole(settings.staleDays),
        closeExpired: settings.closeExpired,
      }),
    },
  };
}

/** What is null is left out: the schema marks it optional, and Cedar refuses a policy that reads it without asking. */
function given(facts: Facts): Values {
  const values: Values = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value !== null) values[name] = typeof value === 'object' ? [...value] : value;
  }
  return values;
}

const rank = (risk: Risk): number => RISKS.indexOf(risk);

/** Cedar has whole numbers only. Rounded up: too long a window asks a person, too short a one does not. */
function whole(value: number | null): number | null {
  if (value === null) return null;
  return Number.isFinite(value) ? Math.max(-MOST, Math.min(MOST, Math.ceil(value))) : MOST;
}
const MOST = 1_000_000_000;

/**
 * For how long the access has been usable, at least: whole days since it was approved, without the time before its window
 * began. Too few hours leave a grant open until the next day, too many would close one that nobody could use yet.
 */
function hoursGranted({ request, facts }: Dossier): number | null {
  if (facts.daysSinceApproved === null || request.approved === null) return null;
  const wait = Math.max(0, (request.requestedFrom ?? request.approved) - request.approved) / HOUR_MS;
  return Math.max(0, Math.min(MOST, Math.floor(facts.daysSinceApproved * 24 - wait)));
}
