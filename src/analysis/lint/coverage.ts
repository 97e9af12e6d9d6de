import { assetRead } from '../../domain/asset_unknown.ts';
import type { Reviewed, RunRecord } from '../../domain/run_record.ts';
import { plural } from '../../phrases/plural.ts';
import { type UnmappedGroup, unmappedGroups } from '../../phrases/unknown_assets.ts';
import type { AccessModel, MappingRow, WhenKey } from '../../policy/access_model.ts';
import type { Policy } from '../../policy/load.ts';
import { rowAnswers } from '../../policy/mapping.ts';
import { anyFits } from '../../policy/pattern.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import type { Log } from '../../util/log.ts';

/** How the mapping met the last window that a run saw. */
export type Coverage = {
  readonly runId: string;
  /** Requests whose asset was read. */
  readonly read: number;
  /** Rows that keep something from being decided without a person, and that fitted none of them. */
  readonly idle: readonly MappingRow[];
  readonly unmapped: readonly UnmappedGroup[];
};

/** Null while no archived run has reviewed anything, or none of its assets was read. */
export async function lastCoverage(
  archive: Pick<RunArchive, 'ids' | 'load'>,
  policy: Pick<Policy, 'access' | 'classify'>,
): Promise<Coverage | null> {
  for (const id of [...(await archive.ids())].reverse().slice(0, PATIENCE)) {
    const record = await archive.load(id);
    if (record === null || record.reviewed.length === 0) continue;
    const dossiers = record.reviewed.map(({ dossier }) => dossier).filter(assetRead);
    const accessContexts = policy.classify(dossiers, record.startedAt);
    const reviewed = dossiers.flatMap((dossier) => {
      const accessContext = accessContexts.get(dossier.request.id);
      return accessContext === undefined ? [] : [{ dossier, accessContext }];
    });
    return coverageOf({ runId: record.runId, reviewed }, policy.access);
  }
  return null;
}

/** The same for what a run has just reviewed by that policy. Null when none of its assets was read. */
export function coverageOf({ runId, reviewed }: Seen, access: AccessModel): Coverage | null {
  const known = reviewed.filter(({ dossier }) => assetRead(dossier));
  if (known.length === 0) return null;
  let idle = access.mapping.filter((row) => protects(row, access));
  for (const { dossier } of known) {
    if (idle.length === 0) break;
    const met = new Set(
      rowAnswers(dossier, { mapping: idle })
        .filter(({ fits }) => fits !== 'no')
        .map(({ row }) => row),
    );
    idle = idle.filter((row) => !met.has(row));
  }
  return { runId, read: known.length, idle, unmapped: unmappedGroups(known) };
}
type Seen = Pick<RunRecord, 'runId'> & {
  readonly reviewed: readonly Pick<Reviewed, 'dossier' | 'accessContext'>[];
};

/** Runs that broke off are passed over. */
const PATIENCE = 5;

const protects = ({ classes, entitlement }: MappingRow, { neverAuto, privileged }: AccessModel): boolean =>
  classes.some((name) => neverAuto.has(name)) || (entitlement !== null && anyFits(privileged, [entitlement]));

/** `line 88 (container /Tier 0/**)`. */
export const rowWords = ({ place, when }: MappingRow): string =>
  `line ${place.line} (${(Object.keys(when) as WhenKey[])
    .filter((key) => !(key === 'operation' && when[key]?.text === '*'))
    .map((key) => `${key} ${when[key]?.text}`)
    .join(', ')})`;

/** `12 requests for 3 assets: Server in /Root/Databases, tagged A, B`. */
export const groupWords = ({ container, type, tags, assets, requests }: UnmappedGroup): string =>
  `${plural(requests, 'request')} for ${plural(assets, 'asset')}: ${type} in ${container}${tags.length === 0 ? ', no tags' : `, tagged ${tags.join(', ')}`}`;

/** A protective row that misses what it was written for fails open, so the log says which rows fitted nothing. */
export function tellCoverage(found: Coverage | null, log: Log): void {
  if (found === null || found.idle.length + found.unmapped.length === 0) return;
  const { runId: run, idle, unmapped } = found;
  log.warn('policy.coverage', {
    run,
    protectiveRowsThatFitNothing: idle.map(rowWords),
    unmapped: unmapped.slice(0, MOST_GROUPS).map(groupWords),
    ...(unmapped.length > MOST_GROUPS && { furtherGroups: unmapped.length - MOST_GROUPS }),
  });
}

/** Of the assets that no row fits; the largest groups come first. */
const MOST_GROUPS = 12;
type Known = { readonly coverage: Coverage | null };

/** A protective row that misses what it was written for fails open, and nobody would see it. */
export const COVERAGE_LINTS = {
  'protective-row-idle': {
    level: 'warning',
    find: ({ coverage }: Known) => (coverage === null || coverage.idle.length === 0 ? [] : [idleFinding(coverage)]),
  },
  'assets-unmapped': {
    level: 'warning',
    find: ({ coverage }: Known) =>
      (coverage?.unmapped ?? [])
        .slice(0, MOST_GROUPS)
        .map((group) => ({ message: `no row of the mapping fits ${groupWords(group)}`, place: null })),
  },
} as const;

const idleFinding = ({ idle, read, runId }: Coverage) => ({
  message: `${plural(idle.length, 'row')} that ${idle.length === 1 ? 'keeps' : 'keep'} things to people (never_auto, privileged) fit nothing of the last window (${plural(read, 'request')} of run ${runId}): ${idle.map(rowWords).join('; ')}. Where something of the kind is in your vault, \`portcullis policy why <asset>\` says what the row misses by`,
  place: idle[0]?.place ?? null,
});
