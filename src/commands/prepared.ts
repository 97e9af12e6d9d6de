import type { Config } from '../config/config.ts';
import { loadConfig, unknownSettings } from '../config/load.ts';
import { systemClock } from '../kit/clock.ts';
import { createLog, type Log } from '../kit/log.ts';
import { type Progress, silentProgress, terminalProgress } from '../kit/progress.ts';
import type { Surroundings } from './surroundings.ts';

/** What every command with a configuration starts from. @throws {ConfigError} */
export function prepared({ env, fileNames }: Surroundings): { config: Config; log: Log; progress: Progress } {
  const config = loadConfig(env);
  const output = outputs(config.logLevel);
  const unknown = unknownSettings(fileNames);
  if (unknown.length > 0) output.log.warn('config.unknown', { names: unknown });
  return { config, ...output };
}

/** Logs and progress go to stderr; readable and with a moving line when that is a terminal. */
export function outputs(logLevel: string): { log: Log; progress: Progress } {
  const terminal = process.stderr.isTTY === true;
  const progress =
    terminal && logLevel !== 'silent' ? terminalProgress(process.stderr, systemClock.now) : silentProgress;
  return { log: createLog(logLevel, terminal, process.stderr, progress), progress };
}
