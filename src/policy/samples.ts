import type { AccessContext } from '../domain/access_context.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { Scored } from '../domain/assessment.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { PolicyCase } from '../domain/policy_case.ts';
import type { ScreenedTexts } from '../domain/screened_texts.ts';
import { HOUR_MS } from '../util/durations.ts';

/**
 * The one builder of sample requests: for the trial of a policy folder when it is loaded, `policy test`, `policy check`,
 * the docs and the tests. What nobody asks for is neutral: everything is known and nothing stands in the way of an
 * approval, so that each change shows what it alone does.
 */
export type Sample = Pick<PolicyCase, 'dossier' | 'accessContext' | 'assessment'>;
export type SampleParts = {
  readonly request?: Partial<AccessRequest>;
  readonly facts?: Partial<Dossier['facts']>;
  readonly asset?: Dossier['asset'];
  readonly history?: Partial<Dossier['history']>;
  readonly texts?: Partial<ScreenedTexts>;
  readonly gaps?: Dossier['gaps'];
  readonly tickets?: Dossier['tickets'];
  readonly accessContext?: Partial<AccessContext>;
  readonly assessment?: PolicyCase['assessment'];
};

/** A Friday at noon: what is tried on samples has to come out the same on every day. */
export const SAMPLE_TIME = Date.UTC(2026, 10, 20, 12);

export const sample = (parts: SampleParts = {}): Sample => ({
  dossier: sampleDossier(parts),
  accessContext: sampleAccessContext(parts.accessContext),
  assessment: parts.assessment ?? sampleRating(),
});

/** The same as policies see it. */
export function sampleCase({
  floor = 'low',
  risk = 'low',
  settings,
  ...parts
}: SampleParts & Partial<Pick<PolicyCase, 'floor' | 'risk' | 'settings'>> = {}): PolicyCase {
  const { dossier, ...rest } = sample(parts);
  return {
    ...{ dossier, ...rest, floor, risk, history: dossier.history, text: dossier.texts },
    settings: settings ?? { approveUpTo: 'low', rejectFrom: 'critical', staleDays: 7, closeExpired: false },
  };
}

export const sampleDossier = ({
  request,
  facts,
  asset,
  history,
  texts,
  gaps = [],
  tickets,
}: SampleParts = {}): Dossier => ({
  request: sampleRequest(request),
  facts: {
    ...{ own: false, requestorFrequency: 3, offHours: false },
    ...{ daysSinceCreated: 0, daysSinceApproved: null, requestedHours: 1 },
    ...facts,
  },
  asset: asset === undefined ? SAMPLE_ASSET : asset,
  history: { firstForAsset: false, requestsInHour: 1, ...history },
  texts: {
    ...{ flags: [], evidence: [], suspicious: false, contentFree: false, scoring: '' },
    names: NOBODY_NAMED,
    ...texts,
  },
  gaps,
  ...(tickets !== undefined && { tickets }),
});

export const sampleRequest = (part: Partial<AccessRequest> = {}): AccessRequest => ({
  ...{ id: 'made-up', status: 'Active', created: SAMPLE_TIME, approved: null, completed: null },
  ...{ requestedFrom: SAMPLE_TIME, requestedTo: SAMPLE_TIME + HOUR_MS },
  ...{ justification: 'CHG0000001: made up', exclusive: false, operation: 'AssetView', entityType: 'Asset' },
  asset: { id: SAMPLE_ASSET.id, name: SAMPLE_ASSET.name },
  requestor: { id: 'person', name: 'made-up', displayName: null },
  ...{ form: null, level: 1, levels: 1, approvals: [] },
  ...part,
});

export const sampleAccessContext = (part: Partial<AccessContext> = {}): AccessContext => ({
  ...{ entitlement: 'made-up:read', classes: [], neverAuto: [], privileged: false, assetKnown: true },
  person: { known: true, roles: [], department: null, manager: 'boss' },
  ...{
    rolesDefined: true,
    identitiesDefined: true,
    inRole: true,
    sodConflicts: [],
    maxHours: 24,
    owner: 'owner',
    breakGlass: false,
  },
  approvals: { required: [], missing: [], onlySelf: false },
  ...part,
});

export const sampleRating = (part: Partial<Scored> = {}): Scored => ({
  ...{ kind: 'scored', risk: 'low', normalised: false, flags: [], confidence: 0.95, summary: '', comment: '' },
  ...part,
});

const SAMPLE_ASSET = { id: 'asset', name: 'made-up', type: 'Server', containerPath: '/made-up', tags: [] };
const NOBODY_NAMED = { requestor: null, asset: null, form: null };
