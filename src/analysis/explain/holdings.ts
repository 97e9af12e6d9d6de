import type { AccessContext } from '../../domain/access_context.ts';
import type { AccessRequest } from '../../domain/access_request.ts';
import type { RunRecord } from '../../domain/run_record.ts';
import { Holdings } from '../../policy/conflicts.ts';

/** What the person has or waits for by other requests of the run. */
export type Held = {
  readonly requestId: string;
  readonly status: string;
  readonly entitlement: string | null;
  readonly until: number | null;
};

/** As the run saw it, with the entitlements that the policy of `standings` gives. */
export function heldByPerson(
  request: AccessRequest,
  { reviewed, startedAt }: Pick<RunRecord, 'reviewed' | 'startedAt'>,
  accessContexts: ReadonlyMap<string, AccessContext>,
): Held[] {
  const dossiers = reviewed.map(({ dossier }) => dossier);
  const requests = new Map(dossiers.map((dossier) => [dossier.request.id, dossier.request]));
  const holdings = new Holdings((dossier) => {
    const accessContext = accessContexts.get(dossier.request.id);
    const classes = accessContext?.classes ?? [];
    return {
      entitlement: accessContext?.entitlement ?? null,
      classes,
      bySpecificity: classes,
      assetKnown: accessContext?.assetKnown ?? false,
    };
  }, startedAt);
  for (const dossier of dossiers) holdings.add(dossier);
  return holdings.others(request).map(({ requestId, entitlement }) => {
    const other = requests.get(requestId);
    return { requestId, entitlement, status: other?.status ?? 'unknown', until: other?.requestedTo ?? null };
  });
}
