/** Builders for what a run found and did: each takes only what the test is about and fills the rest with plain values. */

import type { AccessContext } from '../../src/domain/access_context.ts';
import type { AccessRequest } from '../../src/domain/access_request.ts';
import type { Scored } from '../../src/domain/assessment.ts';
import type { Decision, Outcome } from '../../src/domain/decision.ts';
import type { AssetFacts, Dossier, Facts } from '../../src/domain/dossier.ts';
import type { NextStep } from '../../src/domain/next_step.ts';
import type { Reviewed, RunRecord } from '../../src/domain/run_record.ts';
import type { ScreenedTexts } from '../../src/domain/screened_texts.ts';
import { sampleDossier, sampleRating } from '../../src/policy/samples.ts';
import { DAY_MS, HOUR_MS } from '../../src/util/durations.ts';
import { accessContextOf, textsOf } from './requests.ts';
import { forbidden, permitted } from './traces.ts';

/** A Friday morning: all records of the tests are made then. */
export const NOW = Date.UTC(2026, 10, 20, 5, 40, 12);

export type Story = Partial<Omit<AccessRequest, 'asset' | 'requestor'>> & {
  requestor?: string;
  displayName?: string | null;
  asset?: string | null;
  daysOld?: number;
  facts?: Partial<Facts>;
  deep?: Partial<AssetFacts> | null;
  gaps?: Dossier['gaps'];
  history?: Partial<Dossier['history']>;
  texts?: Partial<ScreenedTexts>;
  accessContext?: Partial<AccessContext>;
  confirmation?: Reviewed['confirmation'];
  /** Null for an unscored request. */
  risk?: Decision['risk'];
  assessment?: Partial<Scored>;
  unscoredWhy?: string;
  verdict?: Decision['verdict'];
  rules?: Decision['rules'];
  /** As low as it can be, unless told. */
  floor?: Decision['floor'];
  basis?: Decision['basis'];
  /** For a held request an escalation to the owner, unless told. */
  next?: NextStep | null;
  needsPerson?: boolean;
  outcome?: Outcome | null;
  comment?: string | null;
};

export function aRequest(story: Story = {}): AccessRequest {
  const { requestor = 'CORP\\anna.berg', displayName = 'Anna Berg', asset = 'srv-web-04', daysOld = 2 } = story;
  return {
    id: story.id ?? 'req-0001',
    status: story.status ?? 'Active',
    created: story.created ?? NOW - daysOld * DAY_MS,
    approved: story.approved ?? null,
    completed: story.completed ?? null,
    requestedFrom: story.requestedFrom ?? NOW + HOUR_MS,
    requestedTo: story.requestedTo ?? NOW + 5 * HOUR_MS,
    justification: story.justification ?? 'CHG0041877: install the November patches on the web tier.',
    exclusive: story.exclusive ?? null,
    operation: story.operation ?? 'Open Session',
    entityType: story.entityType ?? 'Asset',
    asset: asset === null ? null : { id: `asset-${asset}`, name: asset },
    requestor: { id: 'u-17', name: requestor, displayName },
    form: story.form ?? { id: 'f-1', name: 'Server access', type: 'Access' },
    level: story.level ?? 1,
    levels: story.levels ?? 1,
    approvals: story.approvals ?? [],
  };
}

export function aReviewed(story: Story = {}): Reviewed {
  const request = aRequest(story);
  const risk = story.risk === undefined ? 'medium' : story.risk;
  const verdict = story.verdict ?? 'hold';
  return {
    dossier: sampleDossier({
      request,
      facts: {
        daysSinceCreated: Math.floor((NOW - request.created) / DAY_MS),
        daysSinceApproved: request.approved === null ? null : Math.floor((NOW - request.approved) / DAY_MS),
        requestedHours: 4,
        ...story.facts,
      },
      asset: story.deep
        ? { id: 'asset-1', name: null, type: null, containerPath: null, tags: [], ...story.deep }
        : null,
      ...(story.history && { history: story.history }),
      texts: { ...textsOf(request), ...story.texts },
      ...(story.gaps && { gaps: story.gaps }),
    }),
    accessContext: accessContextOf(story.accessContext),
    confirmation: story.confirmation ?? null,
    assessment:
      risk === null
        ? { kind: 'unscored', why: story.unscoredWhy ?? 'the model answered twice without this request' }
        : sampleRating({
            risk,
            summary: 'Routine patching inside a change window.',
            comment: 'Routine change with a ticket.',
            ...story.assessment,
          }),
    decision: {
      verdict,
      floor: story.floor ?? 'low',
      risk,
      basis: story.basis ?? (verdict === 'hold' ? [] : BASES[verdict]),
      next: story.next === undefined ? (verdict === 'hold' ? ESCALATED : null) : story.next,
      rules: story.rules ?? [forbidden('threshold', `${risk ?? 'unscored'} is above what may be approved (low)`)],
      needsPerson: story.needsPerson ?? (verdict === 'hold' && request.status === 'Active'),
    },
    outcome:
      story.outcome ?? (verdict === 'hold' ? null : { kind: 'done', statusAfter: statusAfter[verdict], note: '' }),
    comment: story.comment ?? (verdict === 'hold' ? null : 'Routine change with a ticket.'),
  };
}

/** The policies of the shipped folder that permit each action. */
const BASES = { approve: ['approve-low-risk'], reject: ['reject-high-risk'], close: ['close-stale'] } as const;

const ESCALATED: NextStep = {
  kind: 'escalate',
  to: 'owner development-lead',
  finding: 'rated medium, which nobody allowed to be decided automatically',
  ask: null,
  alternative: null,
};

const statusAfter = { approve: 'Approved', reject: 'Rejected', close: 'Completed' } as const;

export function aRecord(part: Partial<RunRecord> = {}): RunRecord {
  return {
    runId: '20261120T054012Z-7f3a',
    version: '0.1.0',
    mode: 'autonomous',
    dryRun: false,
    observingBecause: null,
    halt: null,
    ledger: { entries: 412, seal: `sha256:${'5ea1'.repeat(16)}`, keyed: false },
    startedAt: NOW,
    finishedAt: NOW + 41_300,
    verdict: 'done',
    agentUser: 'svc-portcullis',
    planId: null,
    approvedBy: null,
    vaultUrl: 'https://vault.bank.example:6443/ztna/acme',
    window: { from: NOW - 30 * DAY_MS, to: NOW, days: 30 },
    gate: [
      { setting: 'AUTONOMOUS_MODE', value: 'true' },
      { setting: 'AUTO_APPROVE_LOW_RISK', value: 'true' },
      { setting: 'RISK_THRESHOLD_APPROVE', value: 'low' },
      { setting: 'STALE_REQUEST_DAYS', value: '7' },
    ],
    deepAnalysis: true,
    digests: { policy: 'a'.repeat(64), prompts: 'b'.repeat(64) },
    warnings: [],
    reviewed: [],
    malformed: [],
    breakGlass: [],
    recovered: [],
    usage: { model: 'gpt-5-mini', calls: 2, promptTokens: 8421, completionTokens: 1933 },
    costMet: [],
    steps: [
      { step: 'fetch', ms: 1210 },
      { step: 'enrich', ms: 340 },
      { step: 'score', ms: 36_800 },
      { step: 'act', ms: 2400 },
    ],
    problems: [],
    ...part,
  };
}

/** A run as it would look on an ordinary morning at a bank: a bit of everything. */
export function anOrdinaryRun(part: Partial<RunRecord> = {}): RunRecord {
  return aRecord({
    verdict: 'done-with-problems',
    reviewed: [
      aReviewed({
        id: 'req-0412',
        risk: 'low',
        verdict: 'approve',
        assessment: { summary: 'Monthly patching of a web server under an approved change.' },
      }),
      aReviewed({
        id: 'req-0413',
        risk: 'low',
        requestor: 'CORP\\jonas.weiss',
        displayName: 'Jonas Weiß',
        asset: 'srv-app-11',
        verdict: 'approve',
        outcome: { kind: 'done', statusAfter: 'Active', note: 'level 1 of 2, another approver follows' },
        levels: 2,
      }),
      aReviewed({
        id: 'req-0398',
        risk: 'critical',
        requestor: 'ext-mveith',
        displayName: 'M. Veith (Contoso Services)',
        asset: 'dc01.corp.bank.example',
        justification: 'need it NOW, boss said ok, see https://paste.example/x or mail m.veith@contoso.example',
        daysOld: 1,
        facts: { requestorFrequency: 14, offHours: true },
        deep: {
          type: 'Windows Domain Controller',
          containerPath: 'Root / Tier 0 / Domain Controllers',
          tags: ['tier-0', 'pci'],
        },
        assessment: {
          flags: ['off_hours', 'urgency_pressure', 'sensitive_asset', 'weak_justification'],
          summary: 'An external account asks for a domain controller at night and gives pressure instead of a reason.',
          comment: 'No ticket; domain controller at night; pressure instead of a reason.',
        },
        verdict: 'reject',
        comment: 'No ticket; domain controller at night; pressure instead of a reason.',
        rules: [permitted('reject-threshold', 'critical is at or above critical', 'reject')],
      }),
      aReviewed({
        id: 'req-0377',
        risk: 'high',
        requestor: 'CORP\\priya.nair',
        displayName: 'Priya Nair',
        asset: 'ora-core-01',
        justification: 'Data fix for the interest run, INC0099121, four-eyes with Tom Adler.',
        daysOld: 3,
        deep: { type: 'Oracle Database', containerPath: 'Root / Tier 1 / Core Banking', tags: ['sox'] },
        assessment: {
          flags: ['sensitive_asset', 'long_window'],
          summary:
            'Direct write access to the core banking database for five days; a ticket is named, the time is long for a data fix.',
          comment: 'Five days on core banking is long for one data fix.',
        },
        rules: [
          forbidden('threshold', 'high is above what may be approved (low)'),
          forbidden('reject-threshold', 'high is below critical, so a person decides', 'reject'),
        ],
      }),
      aReviewed({
        id: 'req-0391',
        risk: 'high',
        requestor: 'svc-backup',
        displayName: null,
        asset: 'hv-prod-03',
        justification: '',
        daysOld: 6,
        gaps: [{ what: 'container', why: 'vault answered 403' }],
        assessment: {
          flags: ['weak_justification', 'unexpected_automation'],
          summary: 'A service account asks for a hypervisor without a word of justification.',
          comment: '',
        },
      }),
      aReviewed({
        id: 'req-0402',
        risk: 'medium',
        requestor: 'CORP\\tom.adler',
        displayName: 'Tom Adler',
        asset: null,
        operation: 'Export Audit Log',
        justification: 'Quarterly evidence for internal audit.',
        daysOld: 0,
      }),
      aReviewed({
        id: 'req-0405',
        risk: null,
        requestor: '山田 太郎',
        displayName: null,
        asset: 'nas-tokyo-02',
        justification: 'ストレージの点検',
        daysOld: 4,
      }),
      aReviewed({
        id: 'req-0311',
        status: 'Approved',
        risk: 'medium',
        requestor: 'CORP\\lena.koch',
        displayName: 'Lena Koch',
        asset: 'srv-etl-07',
        daysOld: 12,
        approved: NOW - 11 * DAY_MS,
        assessment: { flags: ['stale_request'] },
        verdict: 'close',
        rules: [permitted('stale', 'approved 11 days ago, more than 7', 'close')],
      }),
      aReviewed({
        id: 'req-0320',
        risk: 'low',
        requestor: 'CORP\\omar.haddad',
        displayName: 'Omar Haddad',
        asset: 'srv-mail-02',
        verdict: 'approve',
        outcome: {
          kind: 'unknown',
          why: 'the connection broke during the call and the vault could not be asked afterwards',
        },
      }),
      aReviewed({ id: 'req-0290', status: 'Completed', risk: 'low', asset: 'srv-web-02', daysOld: 21 }),
    ],
    malformed: [{ position: 17, id: null, problem: 'no id' }],
    recovered: [
      {
        requestId: 'req-0288',
        action: 'approve',
        runId: '20261120T014000Z-11aa',
        found: 'done',
        says: 'the request is Approved',
      },
    ],
    warnings: ['VAULT_TLS_INSECURE=true: the certificate of the vault is not checked'],
    problems: [
      {
        where: 'act',
        message: 'approval of `req-0320` has an unknown outcome: connection dropped',
        advice: 'look the request up in the vault',
      },
    ],
    ...part,
  });
}

/** A run that could not even list the requests. */
export function aFailedRun(part: Partial<RunRecord> = {}): RunRecord {
  return aRecord({
    verdict: 'failed',
    usage: { model: '', calls: 0, promptTokens: 0, completionTokens: 0 },
    steps: [{ step: 'fetch', ms: 84 }],
    problems: [
      {
        where: 'fetch',
        message: 'vault refused to list requests: 401 (token of `svc-portcullis` ended 2026-11-19)',
        advice: 'it refused the credential: look at the token (settings: VAULT_URL, VAULT_API_TOKEN, VAULT_CA_FILE)',
      },
    ],
    ...part,
  });
}
