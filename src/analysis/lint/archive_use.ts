import { type ActionPolicy, policyCase } from '../../decide/decide.ts';
import { ACTION_NAMES, ACTIONS } from '../../domain/action.ts';
import type { Policy } from '../../policy/load.ts';
import { mapped } from '../../policy/mapping.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import { type ArchiveSpan, archivedRuns } from '../replay/archived_runs.ts';

/** What the policies would have done to the requests of the recorded runs, each at its newest state. */
export type ArchiveUse = {
  readonly runs: number;
  /** Waiting requests. */
  readonly active: number;
  readonly granted: number;
  /** Policies that fitted any of them, also where they were outweighed. */
  readonly fitted: ReadonlySet<string>;
  /** Policies that were part of an answer. */
  readonly decided: ReadonlySet<string>;
  /** Permit → how many waiting requests it would have approved. */
  readonly approves: ReadonlyMap<string, number>;
  /** Rows of the mapping, by position, that fit any request at all. */
  readonly rows: ReadonlySet<number>;
  /** Entitlements that contradict each other → how many waiting or granted requests got them. */
  readonly ambiguous: ReadonlyMap<string, number>;
};

export async function archiveUse(
  archive: Pick<RunArchive, 'ids' | 'load'>,
  span: ArchiveSpan,
  policy: Policy,
  settings: ActionPolicy,
): Promise<ArchiveUse> {
  const seen = new Set<string>();
  const [fitted, decided, rows] = [new Set<string>(), new Set<string>(), new Set<number>()];
  const approves = new Map<string, number>();
  const ambiguous = new Map<string, number>();
  const counts = { Active: 0, Approved: 0 };
  let runs = 0;
  const { access } = policy;
  for await (const { reviewed, startedAt } of archivedRuns(archive, span, 'newest first')) {
    runs += 1;
    const dossiers = reviewed.map(({ dossier }) => dossier);
    const accessContexts = policy.classify(dossiers, startedAt);
    for (const { dossier, assessment, accessContext: recorded } of reviewed) {
      const { id, status } = dossier.request;
      if (seen.has(`${status} ${id}`)) continue;
      seen.add(`${status} ${id}`);
      for (const [at, row] of access.mapping.entries()) {
        if (rows.has(at)) continue;
        const { entitlement, classes } = mapped(dossier, { ...access, mapping: [row] });
        if (entitlement !== null || classes.length > 0) rows.add(at);
      }
      if (status !== 'Active' && status !== 'Approved') continue;
      counts[status] += 1;
      const subject = { dossier, assessment, accessContext: accessContexts.get(id) ?? recorded };
      const several = (subject.accessContext.ambiguous ?? []).join(', ');
      if (several !== '') ambiguous.set(several, (ambiguous.get(several) ?? 0) + 1);
      const facts = policyCase(subject, settings);
      for (const action of ACTION_NAMES.filter((one) => ACTIONS[one].from === status)) {
        for (const one of policy.matching(action, facts).policies) fitted.add(one.id);
        const { allowed, basis } = policy.authorize(action, facts);
        for (const policyId of basis) decided.add(policyId);
        if (!allowed || action !== 'approve') continue;
        for (const policyId of basis) approves.set(policyId, (approves.get(policyId) ?? 0) + 1);
      }
    }
  }
  return { runs, active: counts.Active, granted: counts.Approved, fitted, decided, approves, rows, ambiguous };
}
