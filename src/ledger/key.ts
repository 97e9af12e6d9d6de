import type { Config } from '../config/config.ts';
import type { SecretReader } from '../domain/secret_reader.ts';
import { ConfigError, describeError, KeyError } from '../util/errors.ts';
import { type LedgerKey, ledgerKeyOf, SHORTEST_KEY } from './seal.ts';

/**
 * The key of the ledger as the settings say: from the vault when an asset is named, else the one in the settings; null
 * when there is none. INVARIANT: a key that is configured and cannot be had is an error, never a ledger without one.
 * @throws {UpstreamError} when the vault does not give it
 * @throws {ConfigError} when what it gives is too short
 */
export async function ledgerKey(
  { keyAssetId, key }: Config['ledger'],
  vault: SecretReader,
  purpose: string,
  signal: AbortSignal,
): Promise<LedgerKey | null> {
  if (keyAssetId === undefined) return key === undefined ? null : keyFrom(key, 'LEDGER_KEY');
  return keyFrom(await vault.secret(keyAssetId, purpose, signal), 'LEDGER_KEY_ASSET_ID');
}

/**
 * The same for a run, which goes on without the ledger and acts on nothing.
 * @throws {KeyError} when the key cannot be had
 */
export async function ledgerKeyForRun(
  settings: Config['ledger'],
  vault: SecretReader,
  runId: string,
  signal: AbortSignal,
): Promise<LedgerKey | null> {
  try {
    return await ledgerKey(settings, vault, `Portcullis needs the key of its ledger for run ${runId}`, signal);
  } catch (error) {
    throw new KeyError('LEDGER_KEY_ASSET_ID', `the key of the ledger could not be had: ${describeError(error)}`);
  }
}

/** @throws {ConfigError} naming where the key came from, never the key */
export function keyFrom(text: string, setting: string): LedgerKey {
  const key = ledgerKeyOf(text);
  if (key !== null) return key;
  const message = `the key of the ledger that it leads to must be at least ${SHORTEST_KEY} characters long`;
  throw new ConfigError([{ setting, message }]);
}
