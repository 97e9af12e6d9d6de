import type { AssetRecord } from '../domain/asset_record.ts';
import { UpstreamError } from '../util/errors.ts';
import { fillUrl } from './fill_url.ts';
import type { Session } from './session.ts';
import { assetFromWire } from './wire_asset.ts';

/**
 * Reads one asset or container (containers are assets too).
 * @throws {UpstreamError}
 */
export async function readAsset(
  session: Session,
  path: string,
  id: string,
  signal?: AbortSignal,
): Promise<AssetRecord> {
  const raw = await session.readJson('read an asset', fillUrl(path, [id]), {}, signal);
  const asset = assetFromWire(raw);
  if (asset === null) throw new UpstreamError('vault', 'wrong-shape', 'the vault answered no asset when asked for one');
  return asset;
}
