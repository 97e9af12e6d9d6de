import type { App } from '../../app.ts';
import type { Config } from '../../config/config.ts';
import { onStopSignals } from '../../daemon/signals.ts';
import { type Clock, systemClock } from '../../util/clock.ts';
import type { Log } from '../../util/log.ts';
import { processMeter } from '../../util/process_meter.ts';
import type { CommandContext } from './command_context.ts';
import { lockState, prepared } from './prepared.ts';

/** What every command that runs cycles starts from. */
export type OpenedApp = { readonly config: Config; readonly clock: Clock; readonly log: Log; readonly app: App };

/** @throws {ConfigError} about the settings or the policy folder, before anything is locked or asked for. */
export async function openApp(context: CommandContext): Promise<OpenedApp> {
  const clock = systemClock;
  const { version } = context;
  const { config, log, progress, notices } = prepared(context);
  // Loaded when the settings are right, so that wrong ones are told at once.
  const { createApp } = await import('../../app.ts');
  const app = await createApp({ config, clock, log, progress, notices, meter: processMeter, version });
  return { config, clock, log, app };
}

/** Who is told when the mail cannot tell, and whether there is any. */
export const fallbackFor = ({ watching, mail, triggers }: Config) => ({
  receiver: watching.fallback,
  mails: mail !== null && Object.values(triggers).some((on) => on),
});

/**
 * Listens to signals from now on, and takes the state folder, waiting for it where it is held.
 * @throws {LockedError} when a live process holds it
 * @throws {StorageError} when the folder cannot be used
 */
export async function takeState({ config, clock, log }: OpenedApp) {
  const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
  return { stop, lock: await lockState(config, { clock, log, signal: stop.signal }) };
}
