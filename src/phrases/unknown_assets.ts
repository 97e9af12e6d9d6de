import type { AccessContext } from '../domain/access_context.ts';
import { type AssetUnknown, assetUnknown } from '../domain/asset_unknown.ts';
import type { Dossier } from '../domain/dossier.ts';

/** What each of the three is called, and where it is mended. */
export const ASSET_UNKNOWN = {
  unreadable: {
    title: 'not readable',
    finding: 'the vault did not tell what its asset is',
    advice: "let Portcullis' account in the vault read this asset and its container; the mapping is not at fault",
  },
  'not-read': {
    title: 'not read',
    finding: 'nobody looked at its asset',
    advice: 'the next run reads it; with DEEP_ANALYSIS=true assets of granted and settled requests are read too',
  },
  unmapped: {
    title: 'not in the mapping',
    finding: 'no row of the mapping fits its asset',
    advice:
      'add a row to the mapping of policy/access.yml; `portcullis policy why` with the id of the request shows what missed by what',
  },
} as const satisfies Record<AssetUnknown, { title: string; finding: string; advice: string }>;

/** Assets that no row fits, as one group where container, type and tags are the same. */
export type UnmappedGroup = {
  readonly container: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly assets: number;
  readonly requests: number;
};

type Known = { readonly dossier: Dossier; readonly accessContext: Pick<AccessContext, 'assetKnown'> };

/** The largest groups first. */
export function unmappedGroups(all: Iterable<Known>): UnmappedGroup[] {
  const groups = new Map<string, { of: Dossier; ids: Set<string>; requests: number }>();
  for (const { dossier, accessContext } of all) {
    if (assetUnknown(dossier, accessContext) !== 'unmapped' || dossier.asset === null) continue;
    const { containerPath, type, tags, id } = dossier.asset;
    const key = JSON.stringify([containerPath, type, [...tags].sort()]);
    const group = groups.get(key) ?? { of: dossier, ids: new Set<string>(), requests: 0 };
    group.ids.add(id);
    group.requests += 1;
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ of: { asset }, ids, requests }) => ({
      container: asset?.containerPath ?? '',
      type: asset?.type ?? '',
      tags: [...(asset?.tags ?? [])].sort(),
      ...{ assets: ids.size, requests },
    }))
    .sort((a, b) => b.requests - a.requests || a.container.localeCompare(b.container, 'en'));
}
