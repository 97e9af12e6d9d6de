/** Builders and doubles for the tests of the parts that decide, act and keep the ledger. Each takes only what the test is about. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AccessContext } from '../../src/domain/access_context.ts';
import type { AccessRequest } from '../../src/domain/access_request.ts';
import type { Assessment, Scored } from '../../src/domain/assessment.ts';
import type { Dossier } from '../../src/domain/dossier.ts';
import type { Risk } from '../../src/domain/risk.ts';
import type { ScreenedTexts } from '../../src/domain/screened_texts.ts';
import {
  type SampleParts,
  sampleAccessContext,
  sampleDossier,
  sampleRating,
  sampleRequest,
} from '../../src/policy/samples.ts';
import type { Clock } from '../../src/util/clock.ts';
import { DAY_MS, HOUR_MS } from '../../src/util/durations.ts';

export const NOON = Date.UTC(2026, 10, 20, 12);
export const AGENT = 'svc-portcullis';

/** An ordinary request of an ordinary person that waits for its only authorizer. */
export const request = (part: Partial<AccessRequest> = {}): AccessRequest =>
  sampleRequest({
    id: 'req-1',
    created: NOON - 2 * DAY_MS,
    requestedFrom: NOON + HOUR_MS,
    requestedTo: NOON + 5 * HOUR_MS,
    justification: 'CHG0041877: November patches on the web tier.',
    operation: 'AssetUnlock',
    asset: { id: 'asset-7', name: 'srv-web-04' },
    requestor: { id: 'u-17', name: 'CORP\\anna.berg', displayName: 'Anna Berg' },
    form: { id: 'f-1', name: 'Server access', type: 'Interactive' },
    ...part,
  });

/** Access that was granted twelve days ago. */
export const granted = (part: Partial<AccessRequest> = {}): AccessRequest =>
  request({
    ...{ status: 'Approved', created: NOON - 13 * DAY_MS, approved: NOON - 12 * DAY_MS },
    requestedFrom: NOON - 12 * DAY_MS,
    ...part,
  });

export type DossierParts = Omit<SampleParts, 'request' | 'accessContext' | 'assessment'>;

export const dossierOf = (about: AccessRequest, part: DossierParts = {}): Dossier =>
  sampleDossier({
    request: about,
    asset: null,
    ...part,
    facts: {
      daysSinceCreated: Math.floor((NOON - about.created) / DAY_MS),
      daysSinceApproved: about.approved === null ? null : Math.floor((NOON - about.approved) / DAY_MS),
      requestedHours: 4,
      ...part.facts,
    },
    texts: { ...textsOf(about), ...part.texts },
  });

/** Texts in which screening found nothing. */
export const textsOf = ({ justification, requestor, asset, form }: AccessRequest): ScreenedTexts => ({
  flags: [],
  evidence: [],
  suspicious: false,
  contentFree: false,
  scoring: justification,
  names: { requestor: requestor.name ?? requestor.displayName, asset: asset?.name ?? null, form: form?.name ?? null },
});

/** Everyday work on a test system, by somebody for whom it is standard: what policies allow. */
export const accessContextOf = (part: Partial<AccessContext> = {}): AccessContext =>
  sampleAccessContext({
    entitlement: 'test:operate',
    classes: ['test'],
    person: { known: true, roles: ['developer'], department: 'Engineering', manager: 'boss' },
    maxHours: 72,
    owner: 'development-lead',
    ...part,
  });

export const rated = (risk: Risk, part: Partial<Scored> = {}): Assessment =>
  sampleRating({
    risk,
    summary: 'Patching inside a change window.',
    comment: 'Routine change with a ticket.',
    ...part,
  });

export const UNSCORED: Assessment = { kind: 'unscored', why: 'the model did not answer' };

export type FakeClock = Clock & { readonly pauses: readonly number[]; advance(ms: number): void };

/** Time that passes only when somebody sleeps. */
export function fakeClock(start = NOON): FakeClock {
  let now = start;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep: async (ms) => {
      pauses.push(ms);
      now += ms;
    },
  };
}

/** A folder that is gone when the test is. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
