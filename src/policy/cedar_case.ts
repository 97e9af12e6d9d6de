import type { EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import { REACHES } from '../domain/access_context.ts';
import type { PolicyCase } from '../domain/policy_case.ts';
import { RISKS, type Risk } from '../domain/risk.ts';
import { countedHours, daysGranted, hoursGranted } from '../phrases/hours_granted.ts';

/** A case in Cedar's words. What each of them means is written in `policy/portcullis.cedarschema`. */
export type CedarCase = {
  readonly principal: EntityJson;
  readonly resource: EntityJson;
  readonly context: Values;
};

type Values = Record<string, boolean | number | string | string[]>;

/**
 * Attributes that folders of 0.1 do not know: their schema stands beside their policies and does not declare them.
 * INVARIANT: only these are left out where a schema does not declare them, so that such a folder goes on being asked. What
 * must hold in every folder is a gate or a risk floor, in code.
 */
export const ADDED_SINCE_01 = {
  principal: [],
  resource: [],
  context: [
    'reach',
    'classFloor',
    'beginsInHours',
    'windowOver',
    'windowEmpty',
    'timesPossible',
    'askedOffHours',
    'windowOffHours',
    'ownWindowHours',
    'refusedByPerson',
    'ticketCited',
    'ticketFound',
    'ticketOpen',
    'ticketNamesRequestor',
    'ticketNamesAsset',
    'ticketWindowFits',
  ],
} as const satisfies Record<'principal' | 'resource' | 'context', readonly string[]>;
type Facts = Readonly<Record<string, boolean | number | string | readonly string[] | null>>;

/**
 * What a policy may look at. INVARIANT: no text that the requestor wrote is in here, and no name: only what screening found
 * in them. A policy cannot be talked to.
 *
 * Flat, and no more than is worth asking about: what Cedar needs for an answer is mostly the reading of these values, and
 * each record around them costs as much as three of them.
 */
export function cedarCase(facts: PolicyCase, identitiesDefined: boolean): CedarCase {
  const { dossier, accessContext, assessment, text, settings, history } = facts;
  const { request } = dossier;
  const { requestor } = request;
  const { times } = dossier.facts;
  const scored = assessment.kind === 'scored';
  const named =
    !dossier.gaps.some(({ what }) => what === 'requestor') && Object.values(requestor).some((name) => name !== null);
  return {
    principal: {
      uid: { type: 'Requestor', id: wellFormed(requestor.id ?? requestor.name ?? requestor.displayName ?? '') },
      attrs: given({
        known: named && (accessContext.person.known || !(accessContext.identitiesDefined ?? identitiesDefined)),
        roles: accessContext.person.roles,
        department: accessContext.person.department,
        manager: accessContext.person.manager,
      }),
      parents: [],
    },
    resource: {
      uid: { type: 'Request', id: wellFormed(request.id) },
      attrs: given({
        operation: request.operation,
        entityType: request.entityType,
        formName: request.form?.name ?? null,
        formType: request.form?.type ?? null,
        exclusive: request.exclusive ?? false,
        windowHours: whole(countedHours(dossier.facts)),
        assetType: dossier.asset?.type ?? null,
        container: dossier.asset?.containerPath ?? null,
        tags: dossier.asset?.tags ?? [],
      }),
      parents: [],
    },
    context: given({
      // AccessContext
      entitlement: accessContext.entitlement,
      classes: accessContext.classes,
      neverAuto: accessContext.neverAuto,
      privileged: accessContext.privileged,
      assetKnown: accessContext.assetKnown,
      inRole: accessContext.inRole || !accessContext.rolesDefined,
      conflicts: accessContext.sodConflicts.map(({ pair }) => pair),
      maxHours: whole(accessContext.maxHours),
      approvalsMissing: accessContext.approvals.missing,
      onlySelfApproved: accessContext.approvals.onlySelf,
      breakGlass: accessContext.breakGlass,
      reach: accessContext.reach ? REACHES.indexOf(accessContext.reach) : null,
      classFloor: rank(accessContext.classFloor ?? 'low'),
      // Assessment
      risk: scored && facts.risk !== null ? rank(facts.risk) : null,
      understood: scored && !assessment.normalised,
      floor: rank(facts.floor),
      modelFlags: scored ? assessment.flags : [],
      // Text
      reasonGiven: /[\p{L}\p{N}]/u.test(request.justification) && !text.contentFree,
      suspicious: text.suspicious,
      textFlags: text.flags,
      // Time and history
      offHours: dossier.facts.offHours,
      askedOffHours: times?.askedOffHours ?? dossier.facts.offHours,
      windowOffHours: times?.windowOffHours ?? dossier.facts.offHours,
      beginsInHours: whole(times?.beginsInHours ?? null),
      ownWindowHours: whole(dossier.facts.requestedHours),
      windowOver: times?.fault === 'over',
      windowEmpty: times?.fault === 'empty',
      timesPossible: !dossier.gaps.some(({ what }) => what === 'times' || what === 'window'),
      daysSinceCreated: whole(dossier.facts.daysSinceCreated),
      daysSinceApproved: whole(daysGranted(dossier)),
      hoursGranted: whole(hoursGranted(dossier)),
      requestorFrequency: whole(dossier.facts.requestorFrequency),
      firstForAsset: history.firstForAsset,
      requestsInHour: whole(history.requestsInHour),
      refusedByPerson: history.refusal !== undefined,
      ticketCited: dossier.tickets !== undefined,
      ticketFound: dossier.tickets?.found ?? null,
      ticketOpen: dossier.tickets?.open ?? null,
      ticketNamesRequestor: dossier.tickets?.namesRequestor ?? null,
      ticketNamesAsset: dossier.tickets?.namesAsset ?? null,
      ticketWindowFits: dossier.tickets?.windowFits ?? null,
      // Settings
      approveUpTo: rank(settings.approveUpTo),
      rejectFrom: rank(settings.rejectFrom),
      staleDays: whole(settings.staleDays),
      closeExpired: settings.closeExpired,
    }),
  };
}

/** What is null is left out: the schema marks it optional, and Cedar refuses a policy that reads it without asking. */
function given(facts: Facts): Values {
  const values: Values = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value === null) continue;
    if (typeof value === 'object') values[name] = value.map(wellFormed);
    else values[name] = typeof value === 'string' ? wellFormed(value) : value;
  }
  return values;
}

// Cedar refuses half a character, and a request that cannot be asked about could be neither rejected nor closed.
const wellFormed = (text: string): string => text.toWellFormed();

const rank = (risk: Risk): number => RISKS.indexOf(risk);

/** Cedar has whole numbers only. Rounded up: too long a window asks a person, too short a one does not. */
function whole(value: number | null): number | null {
  if (value === null) return null;
  return Number.isFinite(value) ? Math.max(-MOST, Math.min(MOST, Math.ceil(value))) : MOST;
}
const MOST = 1_000_000_000;
