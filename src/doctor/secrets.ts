import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { realDisk } from '../store/disk.ts';
import type { Clock } from '../util/clock.ts';
import { UpstreamError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import { openVault, type Vault } from '../vault/vault.ts';
import type { Secrets } from './world.ts';

type Given = {
  readonly ask: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
};

export type OpenSecrets = Secrets & {
  /** Gives back what was borrowed; what could not be given back, in words. */
  close(): Promise<readonly string[]>;
};

/**
 * The secrets that the vault holds, fetched as a run fetches them, but with a list of open credential requests of its own:
 * the one in the state folder belongs to whoever holds the lock. INVARIANT: without `ask` the vault is not asked for any.
 */
export function openSecrets(config: Config, { ask, clock, log, signal }: Given): OpenSecrets {
  /** Two checks may want the same one: it is asked for once. */
  const asked = new Map<string, Promise<string>>();
  let opened: Promise<{ vault: Vault; folder: string }> | undefined;

  async function open() {
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-doctor-'));
    const places = { ...config.places, state: folder };
    return { vault: openVault({ ...config, places }, { clock, log, disk: realDisk }), folder };
  }

  return {
    ask,
    async of(assetId, what) {
      if (!ask) throw new UpstreamError('vault', 'not-granted', `the vault was not asked for the ${what}`);
      opened ??= open();
      const { vault } = await opened;
      const secret = asked.get(assetId) ?? vault.secret(assetId, `Portcullis tries its ${what} (doctor)`, signal);
      asked.set(assetId, secret);
      return secret;
    },
    async close() {
      if (opened === undefined) return [];
      const { vault, folder } = await opened;
      opened = undefined;
      const left = await vault.release();
      vault.close();
      await rm(folder, { recursive: true, force: true });
      return left;
    },
  };
}
