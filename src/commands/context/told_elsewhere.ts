import { loadFallback } from '../../config/load.ts';
import { systemClock } from '../../util/clock.ts';
import type { CommandContext } from './command_context.ts';
import { outputs } from './prepared.ts';

/**
 * What comes before a run. When it fails there will be no report and no mail, so that whoever is behind ALERT_FALLBACK_URL
 * is told, unless somebody sits at a terminal and reads it there. The settings may be what is wrong: those of the receiver
 * are read by themselves.
 */
export async function toldElsewhere<T>({ env, version, look }: CommandContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const receiver = look.readable ? null : loadFallback(env);
    if (receiver !== null) {
      const { createFallback } = await import('../../daemon/fallback.ts');
      const { log } = outputs('info', look);
      await createFallback({ receiver, mails: false, version, clock: systemClock, log }).broken(error);
    }
    throw error;
  }
}
