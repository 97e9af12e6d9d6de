import type { Config } from '../../config/config.ts';
import { loadConfig, unknownSettings } from '../../config/load.ts';
import { clearLeftovers } from '../../store/leftovers.ts';
import { type Lock, takeLock } from '../../store/lock.ts';
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
export function prepared({ env, fileNames }: CommandContext): Prepared {
  const config = loadConfig(env);
  const output = outputs(config.logLevel);
  const unknown = unknownSettings(fileNames);
  if (unknown.length > 0) output.log.warn('config.unknown', { names: unknown });
  // A misspelt switch must not stay unnoticed in a log.
  const notice = `The settings file sets names that are no settings, perhaps misspelt: ${unknown.join(', ')}.`;
  return { config, ...output, notices: unknown.length > 0 ? [notice] : [] };
}

/** Logs and progress go to stderr; readable and with a moving line when that is a terminal. */
export function outputs(logLevel: string): { log: Log; progress: Progress } {
  const terminal = process.stderr.isTTY === true;
  const progress =
    terminal && logLevel !== 'silent' ? terminalProgress(process.stderr, systemClock.now) : silentProgress;
  return { log: createLog(logLevel, terminal, process.stderr, progress), progress };
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
