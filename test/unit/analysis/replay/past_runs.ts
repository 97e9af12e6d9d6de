/** Recorded runs as real ones leave them: classified and decided with the real code, written and read by the real archive. */

import { agreeingConfirmation } from '../../../../src/analysis/replay/replay.ts';
import { type ActionPolicy, decide, type Subject } from '../../../../src/decide/decide.ts';
import type { Action } from '../../../../src/domain/action.ts';
import type { Assessment } from '../../../../src/domain/assessment.ts';
import { CONFIRMED_BY, type Confirmation, type ConfirmedAction } from '../../../../src/domain/confirmation.ts';
import type { CapReached, Outcome } from '../../../../src/domain/decision.ts';
import type { Dossier } from '../../../../src/domain/dossier.ts';
import type { Reviewed, RunRecord } from '../../../../src/domain/run_record.ts';
import type { Policy } from '../../../../src/policy/load.ts';
import { openRunArchive, type RunArchive } from '../../../../src/store/run_archive.ts';
import { DAY_MS, HOUR_MS } from '../../../../src/util/durations.ts';
import { type DossierParts, dossierOf, NOON, rated, request, tempFolder } from '../../../helpers/requests.ts';

export const SWITCHED_ON: ActionPolicy = {
  autoApprove: true,
  autoReject: true,
  autoCloseStale: true,
  autoCloseExpired: false,
  approveUpTo: 'low',
  rejectFrom: 'critical',
  confidenceNeeded: 0.85,
  staleDays: 7,
};

export type Story = {
  readonly id: string;
  readonly status?: string;
  readonly by?: string;
  readonly container?: string;
  readonly tags?: readonly string[];
  readonly type?: string;
  readonly operation?: string;
  readonly assessment?: Assessment;
  readonly grantedDaysAgo?: number;
  readonly part?: DossierParts;
  /** What the confirmation says, where one is asked for; left out, it agrees. */
  readonly confirmation?: Assessment;
  readonly heldBack?: CapReached;
  readonly actedBefore?: readonly Action[];
  readonly outcome?: Outcome;
  readonly request?: Partial<Dossier['request']>;
};

/** A workstation request of an ordinary person, unless the story says otherwise. */
export function dossierFor(story: Story, at: number): Dossier {
  const { id, status = 'Active', by = 'anna.berg', grantedDaysAgo } = story;
  const approved = grantedDaysAgo === undefined ? null : at - grantedDaysAgo * DAY_MS;
  const about = request({
    id,
    status,
    created: (approved ?? at) - HOUR_MS,
    approved,
    requestedFrom: approved ?? at,
    requestedTo: at + 30 * DAY_MS,
    operation: story.operation ?? 'AssetUnlock',
    asset: { id: `asset of ${id}`, name: 'WS-1001' },
    requestor: { id: `id of ${by}`, name: by, displayName: null },
    ...story.request,
  });
  return dossierOf(about, {
    asset: {
      id: `asset of ${id}`,
      name: 'WS-1001',
      type: story.type ?? 'Workstation',
      containerPath: story.container ?? '/Workstations',
      tags: story.tags ?? [],
    },
    ...story.part,
    facts: { daysSinceCreated: 0, daysSinceApproved: grantedDaysAgo ?? null, ...story.part?.facts },
  });
}

export function pastRun(
  policy: Policy,
  stories: readonly Story[],
  { at = NOON, settings = SWITCHED_ON }: { at?: number; settings?: ActionPolicy } = {},
): RunRecord {
  const dossiers = stories.map((story) => dossierFor(story, at));
  const accessContexts = policy.classify(dossiers, at);
  const reviewed = stories.map((story, i): Reviewed => {
    const dossier = dossiers[i];
    const accessContext = accessContexts.get(story.id);
    if (dossier === undefined || accessContext === undefined) throw new Error('a story has no dossier');
    const subject: Subject = { dossier, accessContext, assessment: story.assessment ?? rated('low') };
    const how = {
      policy: settings,
      engine: policy,
      acted: (_id: string, action: Action) => story.actedBefore?.includes(action) === true,
    };
    const { verdict } = decide(subject, null, how);
    const kind = CONFIRMED_BY[verdict as ConfirmedAction];
    const confirmation: Confirmation | null =
      kind === undefined
        ? null
        : story.confirmation === undefined
          ? agreeingConfirmation(kind, how)
          : { kind, assessment: story.confirmation };
    const voted = decide(subject, { confirmation: confirmation ?? undefined, heldBack: null }, how);
    // As in a run: a cap holds back what everything else lets through.
    const capped = voted.verdict !== 'hold' && story.heldBack !== undefined;
    const decision = capped
      ? decide(subject, { confirmation: confirmation ?? undefined, heldBack: story.heldBack }, how)
      : voted;
    const outcome = story.outcome ?? { kind: 'skipped', why: 'this run only observes', reason: 'observing' };
    return { ...subject, confirmation, decision, outcome: decision.verdict === 'hold' ? null : outcome, comment: null };
  });
  return {
    runId: new Date(at).toISOString().replace(/[-:.]/g, ''),
    version: '0.1.0',
    mode: 'observing',
    dryRun: true,
    observingBecause: 'dry run',
    halt: null,
    ledger: null,
    costMet: [],
    startedAt: at,
    finishedAt: at + 1000,
    verdict: 'done',
    agentUser: 'svc-portcullis',
    planId: null,
    approvedBy: null,
    vaultUrl: 'https://vault.example',
    window: { from: at - 30 * DAY_MS, to: at, days: 30 },
    gate: [
      { setting: 'AUTO_APPROVE_LOW_RISK', value: String(settings.autoApprove) },
      { setting: 'RISK_THRESHOLD_APPROVE', value: settings.approveUpTo },
      { setting: 'AUTO_REJECT_HIGH_RISK', value: String(settings.autoReject) },
      { setting: 'RISK_THRESHOLD_REJECT', value: settings.rejectFrom },
      { setting: 'CONFIDENCE_THRESHOLD', value: String(settings.confidenceNeeded) },
      { setting: 'AUTO_CLOSE_STALE', value: String(settings.autoCloseStale) },
      { setting: 'STALE_REQUEST_DAYS', value: String(settings.staleDays) },
      { setting: 'AUTO_CLOSE_EXPIRED', value: String(settings.autoCloseExpired) },
    ],
    deepAnalysis: true,
    digests: { policy: policy.digest, prompts: 'prompts' },
    warnings: [],
    reviewed,
    malformed: [],
    breakGlass: [],
    recovered: [],
    usage: { model: 'test', calls: 0, promptTokens: 0, completionTokens: 0 },
    steps: [],
    problems: [],
  };
}

/** An archive on disk that holds these runs. */
export async function archiveOf(records: readonly RunRecord[], stateDir = tempFolder()): Promise<RunArchive> {
  const archive = openRunArchive(stateDir, 1000);
  for (const record of records) await archive.save(record);
  return archive;
}
