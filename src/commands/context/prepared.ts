import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { strangeNames } from '../../config/strange_names.ts';
import { clearLeftovers } from '../../store/leftovers.ts';
import { type Lock, takeLock } from '../../store/lock.ts';
import type { Look } from '../../terminal/look.ts';
import { type Clock, systemClock } from '../../util/clock.ts';
import { createLog, type Log } from '../../util/log.ts';
import { type Progress, silentProgress, terminalProgress } from '../../util/progress.ts';
import type { CommandContext } from './command_context.ts';

/** What every command with a configuration starts from. */
export type Prepared = {
  readonly config: Config;
  readonly log: Log;
  readonly progress: Progress;
  /** What the reader of the reports should know about the settings. */
  readonly notices: readonly string[];
};

/** @throws {ConfigError} */
export function prepared({ env, fileNames, remarks, look }: CommandContext): Prepared {
  const strange = [...strangeNames(fileNames, env), ...remarks];
  const config = loadConfig(env, undefined, strange);
  const output = outputs(config.logLevel, look);
  if (strange.length > 0) output.log.warn('config.unknown', { names: strange.map(({ setting }) => setting) });
  // A misspelt switch must not stay unnoticed in a log.
  return { config, ...output, notices: strange.map(({ setting, message }) => `${setting}: ${message}.`) };
}

/** Logs and progress go to stderr; readable and with a moving line when that is a terminal that can. */
export function outputs(logLevel: string, { readable, colour, moving }: Look): { log: Log; progress: Progress } {
  const progress = moving && logLevel !== 'silent' ? terminalProgress(process.stderr, systemClock.now) : silentProgress;
  return { log: createLog(logLevel, readable, process.stderr, progress, colour), progress };
}

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
