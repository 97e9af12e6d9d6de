import { strangeNames } from '../../config/strange_names.ts';
import { onStopSignals } from '../../daemon/signals.ts';
import { diagnose } from '../../doctor/doctor.ts';
import { doctorText } from '../../doctor/doctor_text.ts';
import { openSecrets } from '../../doctor/secrets.ts';
import { usableConfig } from '../../doctor/usable_config.ts';
import { lookAtVault } from '../../doctor/vault_look.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { say, tell } from '../../terminal/say.ts';
import { jsonText } from '../../text/json.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { systemClock } from '../../util/clock.ts';
import type { CommandContext } from '../context/command_context.ts';
import { outputs } from '../context/prepared.ts';

/**
 * `portcullis doctor`: takes no lock and writes nothing, so that it may be asked beside a daemon. Gives the exit code: 4
 * when a check fails, or something that was borrowed could not be given back.
 */
export async function doctorCommand(
  { env, fileNames, remarks, look, version }: CommandContext,
  { ask, sendTestMail, json }: { readonly ask: boolean; readonly sendTestMail: boolean; readonly json: boolean },
): Promise<number> {
  const clock = systemClock;
  const usable = usableConfig(env);
  // What is worth a line here is that somebody has to grant a request; the rest is in the table.
  const { log } = outputs('warn', look);
  const stop = onStopSignals((name) => log.warn('daemon.stopping', { signal: name }));
  const { signal } = stop;
  const vault = lookAtVault(usable.config, clock, signal);
  const secrets = openSecrets(usable.config, { ask, clock, log, signal });
  const strange = [...strangeNames(fileNames, env), ...remarks];
  try {
    const world = {
      ...usable,
      strange,
      sendTestMail,
      clock,
      nodeVersion: process.versions.node,
      signal,
      vault,
      secrets,
    };
    const diagnosis = await diagnose(world, version);
    say(json ? jsonText(diagnosis) : doctorText(diagnosis));
    const left = await secrets.close();
    for (const message of left) tell(`! ${terminalLine(message)}\n`);
    if (stop.received() !== null) return exitCodeOf('stopped', stop.received());
    return (diagnosis.state === 'fail' || left.length > 0 ? EXITS['done-with-problems'] : EXITS.done).code;
  } finally {
    await secrets.close();
    vault.close();
  }
}
