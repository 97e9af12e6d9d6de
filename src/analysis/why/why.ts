import type { AccessContext } from '../../domain/access_context.ts';
import { type AssetUnknown, assetUnknown, whyUnreadable } from '../../domain/asset_unknown.ts';
import type { AssetFacts, Dossier } from '../../domain/dossier.ts';
import { ASSET_UNKNOWN } from '../../phrases/unknown_assets.ts';
import type { WhenKey } from '../../policy/access_model.ts';
import { onePath } from '../../policy/container_path.ts';
import type { Policy } from '../../policy/load.ts';
import { rowAnswers } from '../../policy/mapping.ts';
import type { RunArchive } from '../../store/run_archive.ts';

/** What the mapping makes of one request, row by row. */
export type Why = {
  readonly run: { readonly id: string; readonly startedAt: number };
  /** The newest one about the asset, where an asset was named. */
  readonly request: { readonly id: string; readonly status: string; readonly operation: string | null };
  readonly asset: (AssetFacts & { /** As patterns see it. */ readonly path: string | null }) | null;
  readonly named: { readonly id: string | null; readonly name: string | null } | null;
  readonly unknown: { readonly kind: AssetUnknown; readonly why: string | null; readonly advice: string } | null;
  readonly result: Pick<
    AccessContext,
    'entitlement' | 'classes' | 'neverAuto' | 'privileged' | 'reach' | 'ambiguous' | 'breakGlass'
  >;
  readonly rows: readonly WhyRow[];
};

export type WhyRow = {
  readonly line: number;
  readonly when: Readonly<Partial<Record<WhenKey, string>>>;
  readonly gives: string;
  readonly fits: 'yes' | 'spelling' | 'no';
  readonly missed: readonly { readonly key: WhenKey; readonly pattern: string; readonly values: readonly string[] }[];
};

export type WhyNotFound = { readonly runs: number; readonly known: readonly string[] };

/**
 * Looks for a request or an asset of that id, newest run first, and holds every row of today's mapping against what that run
 * read. Reads files only.
 */
export async function why(
  archive: Pick<RunArchive, 'ids' | 'load'>,
  policy: Pick<Policy, 'access' | 'classify'>,
  id: string,
): Promise<Why | WhyNotFound> {
  const ids = await archive.ids();
  const known = new Set<string>();
  for (const run of ids.toReversed()) {
    const record = await archive.load(run);
    if (record === null) continue;
    const dossiers = record.reviewed.map(({ dossier }) => dossier);
    const found = dossiers.find(({ request }) => request.id === id) ?? newestAbout(dossiers, id);
    if (found !== undefined) return whyOf(found, dossiers, { id: record.runId, startedAt: record.startedAt }, policy);
    for (const { request } of dossiers) for (const one of [request.id, request.asset?.id ?? '']) known.add(one);
  }
  return { runs: ids.length, known: [...known].filter((one) => one !== '') };
}

/** People know an asset by its name as well. Of several requests the one whose asset was read tells more. */
function newestAbout(dossiers: readonly Dossier[], id: string): Dossier | undefined {
  const about = dossiers.filter(
    ({ request: { asset: named }, asset }) => named !== null && [named.id, named.name, asset?.name].includes(id),
  );
  return about.find(({ asset }) => asset !== null) ?? about[0];
}

function whyOf(
  dossier: Dossier,
  dossiers: readonly Dossier[],
  run: Why['run'],
  policy: Pick<Policy, 'access' | 'classify'>,
): Why {
  const { request, asset } = dossier;
  const context = policy.classify(dossiers, run.startedAt).get(request.id);
  if (context === undefined) throw new Error('the request was classified');
  const kind = assetUnknown(dossier, context);
  const { entitlement, classes, neverAuto, privileged, reach, ambiguous, breakGlass } = context;
  return {
    run,
    request: { id: request.id, status: request.status, operation: request.operation },
    asset:
      asset === null ? null : { ...asset, path: asset.containerPath === null ? null : onePath(asset.containerPath) },
    named: request.asset === null ? null : { id: request.asset.id, name: request.asset.name },
    unknown:
      kind === null
        ? null
        : { kind, why: kind === 'unreadable' ? whyUnreadable(dossier) : null, advice: ASSET_UNKNOWN[kind].advice },
    result: {
      entitlement,
      classes,
      neverAuto,
      privileged,
      reach: reach ?? null,
      ambiguous: ambiguous ?? [],
      breakGlass,
    },
    rows: rowAnswers(dossier, policy.access).map(({ row, fits, missed }) => ({
      line: row.place.line,
      when: Object.fromEntries(Object.entries(row.when).map(([key, pattern]) => [key, pattern.text])),
      gives: [
        ...(row.entitlement === null ? [] : [row.entitlement]),
        ...(row.classes.length === 0 ? [] : [`[${row.classes.join(', ')}]`]),
        ...(row.reach === null ? [] : [`reach ${row.reach}`]),
      ].join(' '),
      ...{ fits, missed },
    })),
  };
}
