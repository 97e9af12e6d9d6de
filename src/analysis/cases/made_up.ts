import { SETTINGS } from '../../config/settings.ts';
import type { Subject } from '../../decide/decide.ts';
import type { AccessRequest, Approval } from '../../domain/access_request.ts';
import { hoursUntil, timeGaps, usableHours, wholeDays, windowFault } from '../../domain/access_times.ts';
import type { Assessment } from '../../domain/assessment.ts';
import type { AssetFacts, Dossier, Facts, Gap } from '../../domain/dossier.ts';
import type { ScreenedTexts } from '../../domain/screened_texts.ts';
import type { AccessModel } from '../../policy/access_model.ts';
import { classify } from '../../policy/classify.ts';
import { pathPattern, wordPattern } from '../../policy/pattern.ts';
import { sameAccount } from '../../policy/people.ts';
import { topOf } from '../../policy/place.ts';
import { SAMPLE_TIME, sampleDossier, sampleRating } from '../../policy/samples.ts';
import { DAY_MS, HOUR_MS } from '../../util/durations.ts';
import type { Given, TICKETS } from './case_shape.ts';
import type { ReadCase } from './read_cases.ts';

const PLACE = topOf('made up');
const ASSET: AssetFacts = { id: 'asset-1', name: 'made-up', type: 'Server', containerPath: '/', tags: [] };
/** For cases that do not say what they are about: known, of no class, and nobody minds it. */
const NEUTRAL_CONTAINER = '/made-up-for-a-policy-test';
const NEUTRAL_ENTITLEMENT = 'neutral:read';

/** The request of a case with everything that is known about it, classified by the mapping and the pairs of the policy. */
export function madeUp({ about: { given }, file }: ReadCase, model: AccessModel): Subject {
  const own = modelFor(given, file.roles, model);
  const unsigned = dossierOf(given, []);
  const owner = accessContextOf(unsigned, own).owner;
  const dossier = dossierOf(given, signatures(given, owner, personManager(given, own)));
  const accessContext = accessContextOf(dossier, own);
  const listed = isListed(given, model);
  // Nobody is out of a role that the case says nothing about.
  const inRole = given.roles === undefined && !listed ? true : accessContext.inRole;
  // Whoever is not known is a stranger among others that are listed.
  const identitiesDefined = accessContext.identitiesDefined === true || !given.known;
  return { dossier, accessContext: { ...accessContext, inRole, identitiesDefined }, assessment: ratingOf(given) };
}

function accessContextOf(dossier: Dossier, model: AccessModel) {
  const accessContext = classify([dossier], SAMPLE_TIME, model).get(dossier.request.id);
  if (accessContext === undefined) throw new Error('a made-up request has no access context');
  return accessContext;
}

const isListed = ({ requestor }: Given, { identities }: AccessModel): boolean =>
  identities.some(({ user }) => sameAccount(user, requestor));

/** The policy's model with the person, and where the case says so the roles and the entitlement, of the case. */
function modelFor(given: Given, roles: ReadCase['file']['roles'], model: AccessModel): AccessModel {
  const described = Object.entries(roles).map(
    ([name, { standard }]) => [name, { name, about: null, standard: standard.map(wordPattern), place: PLACE }] as const,
  );
  const others = model.identities.filter(({ user }) => !sameAccount(user, given.requestor));
  const before = model.identities.find(({ user }) => sameAccount(user, given.requestor));
  const person = {
    user: given.requestor,
    roles: given.roles ?? before?.roles ?? [],
    department: given.department ?? before?.department ?? null,
    manager: given.manager ?? before?.manager ?? null,
    entitlements: [...(before?.entitlements ?? []), ...given.holds],
    place: PLACE,
  };
  const row = {
    when: { container: pathPattern(`${NEUTRAL_CONTAINER}/**`) },
    entitlement: given.entitlement ?? NEUTRAL_ENTITLEMENT,
    over: [wordPattern('*')],
    classes: given.classes ?? [],
    reach: given.reach ?? null,
    place: PLACE,
  };
  return {
    ...model,
    roles: new Map([...model.roles, ...described]),
    identities: given.known && given.named ? [...others, person] : others,
    mapping: given.asset === undefined ? [row, ...model.mapping] : model.mapping,
  };
}

function dossierOf(given: Given, approvals: readonly Approval[]): Dossier {
  const { window_hours: hours, granted_days_ago: days, window_begins_in_hours: begins } = given;
  const approved = days === undefined ? null : SAMPLE_TIME - days * DAY_MS;
  const from = begins === undefined ? (approved ?? SAMPLE_TIME) : SAMPLE_TIME + begins * HOUR_MS;
  const asked = given.asked_hours_ago;
  const nobody: Gap[] = given.named ? [] : [{ what: 'requestor', why: 'the vault names no requestor' }];
  const unread: Gap[] = given.asset === 'unread' ? [{ what: 'asset', why: 'it could not be read' }] : [];
  const request: Partial<AccessRequest> = {
    ...{ id: 'request-1', status: given.status, approved, requestedFrom: from, approvals },
    created: asked === undefined ? Math.min(from, approved ?? SAMPLE_TIME) - HOUR_MS : SAMPLE_TIME - asked * HOUR_MS,
    requestedTo: hours === 'unknown' ? null : from + hours * HOUR_MS,
    justification: given.justification === 'missing' ? '' : 'CHG0000001: a case of a policy test',
    ...{ operation: given.operation, entityType: given.entity_type },
    asset: given.asset === 'none' ? null : { id: ASSET.id, name: ASSET.name },
    requestor: given.named
      ? { id: 'person-1', name: given.requestor, displayName: null }
      : { id: null, name: null, displayName: null },
    form: given.form === undefined ? null : { id: null, name: given.form, type: null },
  };
  const whole = sampleDossier({ request }).request;
  return sampleDossier({
    request,
    asset: assetOf(given),
    facts: {
      ...{
        own: given.own === true,
        mayBeOwn: given.own === 'doubtful',
        requestorFrequency: given.requests_in_window,
        offHours: given.off_hours !== false,
      },
      ...{ daysSinceCreated: wholeDays(whole.created, SAMPLE_TIME), daysSinceApproved: days ?? null },
      hoursGranted: usableHours(whole, SAMPLE_TIME),
      requestedHours: hours === 'unknown' ? null : hours,
      times: timesOf(given, whole),
    },
    history: {
      ...{ firstForAsset: given.first_for_asset, requestsInHour: given.requests_in_hour },
      ...(given.refused_by !== undefined && { refusal: refusalBy(given.refused_by) }),
    },
    texts: textsOf(given),
    gaps: [...nobody, ...unread, ...timeGaps(whole, SAMPLE_TIME)],
    ...(given.ticket !== undefined && { tickets: ticketThat(given.ticket) }),
  });
}

const refusalBy = (by: string) => ({ request: 'request-0', by, at: SAMPLE_TIME - HOUR_MS, word: 'Rejected' });

/** As a run would find them, with the default of MAX_DAYS_AHEAD. */
function timesOf(given: Given, request: AccessRequest): NonNullable<Facts['times']> {
  const { window_hours: hours, contiguous_hours: together, off_hours: off } = given;
  return {
    fault: windowFault(request, SAMPLE_TIME, Number(SETTINGS.MAX_DAYS_AHEAD.fallback)),
    beginsInHours: hoursUntil(request.requestedFrom, SAMPLE_TIME),
    contiguousHours: hours === 'unknown' ? null : Math.max(together ?? 0, hours),
    askedOffHours: off === true || off === 'asked',
    windowOffHours: off === true || off === 'window',
  };
}

function assetOf({ asset }: Given): AssetFacts | null {
  if (asset === 'unread' || asset === 'none') return null;
  if (asset === undefined) return { ...ASSET, containerPath: NEUTRAL_CONTAINER };
  const { type, container, name, tags } = asset;
  return { ...ASSET, name: name ?? ASSET.name, type, containerPath: container, tags };
}

const textsOf = ({ justification }: Given): Partial<ScreenedTexts> => ({
  flags: justification === 'suspicious' ? ['lexical'] : justification === 'good' ? [] : ['content_free'],
  suspicious: justification === 'suspicious',
  contentFree: justification === 'missing' || justification === 'empty-words',
});

function ratingOf({ risk, flags, confidence }: Given): Assessment {
  if (risk === 'unscored') return { kind: 'unscored', why: 'the case says so' };
  const normalised = risk === 'guessed';
  return sampleRating({
    risk: normalised ? 'medium' : risk,
    normalised,
    flags,
    confidence: confidence === 'none' ? null : confidence,
  });
}

function personManager({ manager, requestor }: Given, { identities }: AccessModel): string | null {
  return manager ?? identities.find(({ user }) => sameAccount(user, requestor))?.manager ?? null;
}

/** `owner`, `manager` and `self` stand for whoever has that part; a part that nobody has signs nothing. */
function signatures({ approvals, requestor }: Given, owner: string | null, manager: string | null): Approval[] {
  const parts: Readonly<Record<string, string | null>> = { owner, manager, self: requestor };
  return approvals.flatMap((by) => {
    const user = Object.hasOwn(parts, by) ? (parts[by] ?? null) : by;
    return user === null ? [] : [{ level: 1, user, decision: 'Approved', message: null, created: SAMPLE_TIME }];
  });
}

/** A fact that a system cannot tell of a ticket that is not there is false; nothing is told of one that could not be asked about. */
function ticketThat(is: (typeof TICKETS)[number]): NonNullable<Dossier['tickets']> {
  const so = is === 'unknown' ? null : is !== 'not-found';
  return {
    ...{ cited: ['CHG0000001'], unknown: [], found: so, namesAsset: so, windowFits: so },
    open: so === true ? is !== 'closed' : so,
    namesRequestor: so === true ? is !== 'of-another-person' : so,
  };
}
