import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onStopSignals } from '../../daemon/signals.ts';
import { ledgerKey } from '../../ledger/key.ts';
import type { LedgerKey } from '../../ledger/seal.ts';
import { realDisk } from '../../store/disk.ts';
import { systemClock } from '../../util/clock.ts';
import { openVault } from '../../vault/vault.ts';
import type { CommandContext } from './command_context.ts';
import { prepared } from './prepared.ts';

/**
 * The key as a run gets it, but with a list of open credential requests of its own: the one in the state folder belongs to
 * whoever holds the lock.
 * @throws {ConfigError}
 * @throws {UpstreamError} when the vault does not give it
 */
export async function ledgerKeyFromVault(context: CommandContext): Promise<LedgerKey | null> {
  const { config, log } = prepared(context);
  const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
  const own = await mkdtemp(join(tmpdir(), 'portcullis-key-'));
  const places = { ...config.places, state: own };
  const vault = openVault({ ...config, places }, { clock: systemClock, log, disk: realDisk });
  try {
    return await ledgerKey(config.ledger, vault, 'Portcullis needs the key of its ledger to check it', stop.signal);
  } finally {
    for (const message of await vault.release()) log.error('run.problem', { where: 'credentials', message });
    vault.close();
    await rm(own, { recursive: true, force: true });
  }
}
