import type { AccessContext } from './access_context.ts';
import type { Dossier } from './dossier.ts';

/**
 * Why nobody knows what a request is about: nobody looked, the vault did not tell, or no row of the mapping fits what it
 * told. Each is mended in another place.
 */
export type AssetUnknown = 'not-read' | 'unreadable' | 'unmapped';

/** Null where it is known, and for a request that is about no asset. */
export function assetUnknown(dossier: Dossier, { assetKnown }: Pick<AccessContext, 'assetKnown'>): AssetUnknown | null {
  if (assetKnown || dossier.request.asset === null) return null;
  if (assetRead(dossier)) return 'unmapped';
  return dossier.asset === null && gapOf(dossier) === undefined ? 'not-read' : 'unreadable';
}

/** Whether everything that the mapping could ask about the asset was read, and about the very asset that was named. */
export const assetRead = (dossier: Dossier): boolean => whyUnreadable(dossier) === null;

/** What is missing of the asset's record; null when nothing is. */
export function whyUnreadable(dossier: Dossier): string | null {
  const { request, asset } = dossier;
  const gap = gapOf(dossier);
  if (gap !== undefined) return `${gap.what}: ${gap.why}`;
  if (asset === null) return 'it was not read';
  if (asset.id !== request.asset?.id) return 'the vault answered about another asset';
  const missing = [asset.type === null ? 'type' : '', asset.containerPath === null ? 'container' : ''].filter(Boolean);
  return missing.length === 0 ? null : `the vault gives no ${missing.join(' and no ')} for it`;
}

const gapOf = ({ gaps }: Dossier) => gaps.find(({ what }) => what === 'asset' || what === 'container');
