import { isDeepStrictEqual } from 'node:util';
import { saidByPerson } from '../../decide/run_mode.ts';
import type { AccessContext } from '../../domain/access_context.ts';
import type { AccessRequest } from '../../domain/access_request.ts';
import { ACTION_NAMES } from '../../domain/action.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Reviewed, RunRecord } from '../../domain/run_record.ts';
import { toldRule } from '../../phrases/rule_words.ts';
import { Holdings } from '../../policy/conflicts.ts';
import type { Policy } from '../../policy/load.ts';
import type { PastActions, PlacedEntry } from '../replay/past_actions.ts';
import { heedsFlags, recordedOf, settingsOfRun } from '../replay/replay.ts';
import { type Check, checksOf } from './checks.ts';
import { type Counterfactual, counterfactuals } from './counterfactual.ts';
import type { Found } from './find.ts';
import { decidedIn, type World } from './world.ts';

export type Explanation = {
  readonly run: Pick<RunRecord, 'runId' | 'startedAt' | 'mode' | 'dryRun' | 'version' | 'approvedBy'>;
  /** As the run recorded it. */
  readonly reviewed: Reviewed;
  readonly policy: {
    /** Whether today's folder is the one that the run decided with; otherwise checks and ways are today's. */
    readonly same: boolean;
    readonly dir: string;
    readonly ofRun: string;
    readonly ofToday: string;
  };
  /** By the policy folder of today, on the facts of then. */
  readonly today: Decision;
  /** Whether deciding again gave exactly what the run decided; always false when the policy changed what is decided. */
  readonly replayed: boolean;
  readonly accessContext: AccessContext;
  readonly checks: readonly Check[];
  readonly holds: readonly Held[];
  readonly counterfactuals: readonly Counterfactual[];
  /** What the ledger says about it. */
  readonly ledger: {
    readonly folder: string;
    readonly entries: readonly PlacedEntry[];
    readonly unreadable: string | null;
  };
};

/** As one JSON document. */
export const explanationJson = ({ reviewed, today, ...about }: Explanation) => ({
  ...about,
  reviewed: { ...reviewed, decision: told(reviewed.decision) },
  today: told(today),
});

const told = (decision: Decision) => ({ ...decision, rules: decision.rules.map(toldRule) });

/** Everything about one decision. Pure but for what is handed in: nothing is asked of the vault or the model. */
export function explain({ record, reviewed }: Found, policy: Policy, past: Omit<PastActions, 'bindings'>): Explanation {
  const { runId, startedAt, mode, dryRun, version, approvedBy, digests } = record;
  const { id } = reviewed.dossier.request;
  const same = digests.policy === policy.digest;
  const accessContexts = same
    ? new Map(record.reviewed.map(({ dossier, accessContext }) => [dossier.request.id, accessContext]))
    : policy.classify(
        record.reviewed.map(({ dossier }) => dossier),
        startedAt,
      );
  const accessContext = accessContexts.get(id) ?? reviewed.accessContext;
  // A run that could not trust its ledger decided as if nothing had been done before.
  const withoutHistory = ['ledger', 'memory', 'key', 'storage'].includes(record.observingBecause ?? '');
  const world: World = {
    subject: { dossier: reviewed.dossier, assessment: reviewed.assessment, accessContext },
    recorded: recordedOf(reviewed),
    policy: settingsOfRun(record),
    approver: approvedBy,
    byPerson: saidByPerson(record),
    flagsHeeded: heedsFlags(record),
    acted: withoutHistory ? [] : ACTION_NAMES.filter((action) => past.actedBefore(runId, id, action)),
  };
  const today = decidedIn(world, policy).decision;
  return {
    run: { runId, startedAt, mode, dryRun, version, approvedBy },
    reviewed,
    policy: { same, dir: policy.dir, ofRun: digests.policy, ofToday: policy.digest },
    today,
    replayed: isDeepStrictEqual(comparable(today), comparable(reviewed.decision)),
    accessContext,
    checks: checksOf(world, policy),
    holds: heldByPerson(reviewed.dossier.request, record, accessContexts),
    counterfactuals: counterfactuals(world, policy),
    ledger: { folder: past.folder, entries: past.entries(id), unreadable: past.unreadable },
  };
}

/** As JSON has it, and without the end of the access, which goes by the clock of then. */
const comparable = (decision: Decision): unknown => JSON.parse(JSON.stringify({ ...decision, expires: undefined }));

/** What the person has or waits for by other requests of the run. */
export type Held = {
  readonly requestId: string;
  readonly status: string;
  readonly entitlement: string | null;
  readonly until: number | null;
};

/** As the run saw it, with the entitlements that `accessContexts` say. */
function heldByPerson(
  request: AccessRequest,
  { reviewed, startedAt }: Pick<RunRecord, 'reviewed' | 'startedAt'>,
  accessContexts: ReadonlyMap<string, AccessContext>,
): Held[] {
  const dossiers = reviewed.map(({ dossier }) => dossier);
  const requests = new Map(dossiers.map((dossier) => [dossier.request.id, dossier.request]));
  const holdings = new Holdings(({ request: { id } }) => {
    const { entitlement = null, ambiguous = [] } = accessContexts.get(id) ?? {};
    return { entitlement, ambiguous };
  }, startedAt);
  for (const dossier of dossiers) holdings.add(dossier);
  return holdings.others(request).map(({ requestId, entitlement }) => {
    const other = requests.get(requestId);
    return { requestId, entitlement, status: other?.status ?? 'unknown', until: other?.requestedTo ?? null };
  });
}
