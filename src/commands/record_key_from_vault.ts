import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onStopSignals } from '../daemon/signals.ts';
import { systemClock } from '../kit/clock.ts';
import { realDisk } from '../state/disk.ts';
import type { RecordKey } from '../state/ledger/seal.ts';
import { recordKey } from '../wiring/record_key.ts';
import { openVault } from '../wiring/vault_parts.ts';
import { prepared } from './prepared.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The key as a run gets it, but with a list of open credential requests of its own: the one in the state folder belongs to
 * whoever holds the lock.
 * @throws {ConfigError}
 * @throws {UpstreamError} when the vault does not give it
 */
export async function recordKeyFromVault(surroundings: Surroundings): Promise<RecordKey | null> {
  const { config, log } = prepared(surroundings);
  const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
  const own = await mkdtemp(join(tmpdir(), 'portcullis-key-'));
  const places = { ...config.places, state: own };
  const vault = openVault({ ...config, places }, { clock: systemClock, log, disk: realDisk });
  try {
    return await recordKey(config.record, vault, 'Portcullis needs the key of its record to check it', stop.signal);
  } finally {
    for (const message of await vault.release()) log.error('run.problem', { where: 'credentials', message });
    vault.close();
    await rm(own, { recursive: true, force: true });
  }
}
