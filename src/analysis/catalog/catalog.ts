import { UNSAID } from '../../domain/class_mode.ts';
import { type RunRecord, requestorOf } from '../../domain/run_record.ts';
import { hasModes } from '../../policy/classify.ts';
import type { Policy } from '../../policy/load.ts';
import { anyFits } from '../../policy/pattern.ts';
import type { RunArchive } from '../../store/run_archive.ts';

/** One entitlement of the mapping, and what is known about it. */
export type CatalogEntry = {
  readonly entitlement: string;
  readonly privileged: boolean;
  /** Of all rows that give it. */
  readonly classes: readonly string[];
  /** Of its first class; null where no class of the folder has a mode. */
  readonly mode: string | null;
  readonly owners: readonly string[];
  /** For which it is standard. */
  readonly roles: readonly string[];
  /** Who has it in the vault by now, with the request that gave it. */
  readonly holders: readonly { readonly requestor: string; readonly request: string; readonly until: number | null }[];
  readonly waiting: number;
  /** In the window of the run; null for never. */
  readonly lastAsked: number | null;
};

export type Catalog = {
  /** The run whose window it was looked up in; null when none is archived. */
  readonly runId: string | null;
  readonly at: number | null;
  readonly entries: readonly CatalogEntry[];
};

/** How many archived runs are looked at, newest first, for one that saw requests. */
const PATIENCE = 5;

/** What the mapping gives, and who has it by what the last archived run saw. Asks nobody. */
export async function catalogOf(
  policy: Pick<Policy, 'access' | 'classify'>,
  archive: Pick<RunArchive, 'ids' | 'load'>,
  now: number,
): Promise<Catalog> {
  const record = await lastWith(archive);
  const { access } = policy;
  const entries = new Map<string, CatalogEntry>();
  for (const row of access.mapping) {
    if (row.entitlement === null) continue;
    const { entitlement } = row;
    const classes = [...new Set([...(entries.get(entitlement)?.classes ?? []), ...row.classes])].sort();
    const described = classes.flatMap((name) => access.classes.get(name) ?? []);
    entries.set(entitlement, {
      ...{ entitlement, classes, holders: [], waiting: 0, lastAsked: null },
      privileged: anyFits(access.privileged, [entitlement]),
      mode: hasModes(access) ? (described[0]?.mode ?? UNSAID) : null,
      owners: [...new Set(described.flatMap(({ owner }) => owner ?? []))],
      roles: [...access.roles.values()]
        .filter(({ standard }) => anyFits(standard, [entitlement]))
        .map(({ name }) => name),
    });
  }
  if (record !== null) lookUp(policy, record, entries, now);
  return { runId: record?.runId ?? null, at: record?.startedAt ?? null, entries: [...entries.values()].sort(byName) };
}

function lookUp(
  policy: Pick<Policy, 'classify'>,
  record: RunRecord,
  entries: Map<string, CatalogEntry>,
  now: number,
): void {
  const dossiers = record.reviewed.map(({ dossier }) => dossier);
  const contexts = policy.classify(dossiers, record.startedAt);
  for (const { request } of dossiers) {
    const entitlement = contexts.get(request.id)?.entitlement ?? null;
    const entry = entitlement === null ? undefined : entries.get(entitlement);
    if (entry === undefined) continue;
    const until = request.requestedTo;
    const holds = request.status === 'Approved' && (until === null || until > now);
    entries.set(entry.entitlement, {
      ...entry,
      waiting: entry.waiting + (request.status === 'Active' ? 1 : 0),
      lastAsked: Math.max(entry.lastAsked ?? request.created, request.created),
      holders: holds
        ? [...entry.holders, { requestor: requestorOf(request), request: request.id, until }]
        : entry.holders,
    });
  }
}

async function lastWith(archive: Pick<RunArchive, 'ids' | 'load'>): Promise<RunRecord | null> {
  for (const id of [...(await archive.ids())].reverse().slice(0, PATIENCE)) {
    const record = await archive.load(id);
    if (record !== null && record.reviewed.length > 0) return record;
  }
  return null;
}

const byName = (a: CatalogEntry, b: CatalogEntry): number => (a.entitlement < b.entitlement ? -1 : 1);
