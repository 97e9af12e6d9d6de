import type { Config } from '../../config/config.ts';
import { clearLeftovers } from '../../store/leftovers.ts';
import { type Lock, takeLock } from '../../store/lock.ts';
import type { Clock } from '../../util/clock.ts';
import type { Log } from '../../util/log.ts';

type Waiting = { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

/**
 * Takes the state folder for this process, and clears away what a killed one left in it.
 * @throws {LockedError} when a live process holds it
 * @throws {StorageError} when the folder cannot be used
 */
export async function lockState({ places }: Config, { clock, log, signal }: Waiting): Promise<Lock> {
  const lock = await takeLock(places.state, clock, { signal, onWait: () => log.warn('lock.waiting') });
  const removed = await clearLeftovers(places, clock.now());
  if (removed.length > 0) log.info('leftovers.removed', { removed });
  return lock;
}
