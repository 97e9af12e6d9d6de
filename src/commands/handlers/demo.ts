import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ESTATES, type EstateName } from '../../../simulator/options.ts';
import { startSimulator } from '../../../simulator/simulator.ts';
import { createApp } from '../../app.ts';
import { loadConfig } from '../../config/load.ts';
import { onStopSignals } from '../../daemon/signals.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { takeLock } from '../../store/lock.ts';
import { say, tell } from '../../terminal/say.ts';
import { summary } from '../../terminal/summary.ts';
import { systemClock } from '../../util/clock.ts';
import { ConfigError } from '../../util/errors.ts';
import { processMeter } from '../../util/process_meter.ts';
import type { CommandContext } from '../context/command_context.ts';
import { outputs } from '../context/prepared.ts';

/**
 * `portcullis demo`: the real program against the embedded vault, model and mailbox, with everything switched on. Reads
 * no setting and leaves the user's own state alone.
 */
export async function demoCommand(
  { home, version, look }: CommandContext,
  { out, estate, seed, ...given }: { out: string | null; estate: EstateName; requests: number | null; seed: number },
): Promise<number> {
  const folder = out === null ? mkdtempSync(join(tmpdir(), 'portcullis-demo-')) : newFolder(out);
  const requests = given.requests ?? ESTATES[estate];
  // From here on a Ctrl-C is heard, so that it leaves no certificates behind.
  const stop = onStopSignals(() => {});
  const { log, progress } = outputs(look.readable ? 'error' : 'info', look);
  tell(`Starting a vault with ${requests} requests, a model and a mailbox on this machine …\n`);
  // A real model thinks for a while; without that there would be no progress to see.
  const simulator = await startSimulator({ estate, requests, seed, malformed: 0, model: { delayMs: 150 } });
  try {
    const config = loadConfig({
      ...simulator.settings,
      ...DEMO_SETTINGS,
      STATE_DIR: join(folder, 'state'),
      REPORT_DIR: join(folder, 'reports'),
      PROMPT_DIR: join(home, 'prompts'),
      POLICY_DIR: join(home, 'policy'),
    });
    const app = await createApp({ config, clock: systemClock, log, progress, meter: processMeter, version });
    const lock = await takeLock(config.places.state, systemClock, { signal: stop.signal });
    const { record, files } = await app
      .runOnce({ dryRun: false, ask: null, signal: stop.signal, lockHeld: lock.held })
      .finally(() => lock.release());

    // The mail as it arrived on the other side, not as it was meant.
    const mail = simulator.mailbox.mails.at(-1);
    const mailFile = mail === undefined ? null : join(folder, 'mail.html');
    if (mail !== undefined && mailFile !== null) writeFileSync(mailFile, mail.html);
    say(summary(record, files?.markdown ?? null, mailFile));
    say('\nOpen the mail in a browser and the report in any editor. For your own vault go on with README.md.\n');
    return exitCodeOf(record.verdict, stop.received());
  } finally {
    await simulator.close();
  }
}

/**
 * INVARIANT: never a folder that holds something. It could be the state of a real vault, whose action history would be mixed with
 * an invented one, and whose waiting mails would go to an invented mailbox. @throws {ConfigError}
 */
function newFolder(folder: string): string {
  const refused = (why: string) => new ConfigError([{ setting: '--out', message: `\`${folder}\` ${why}` }]);
  let held: readonly string[];
  try {
    mkdirSync(folder, { recursive: true });
    held = readdirSync(folder);
  } catch (error) {
    throw refused(`cannot be used: ${(error as NodeJS.ErrnoException).code}`);
  }
  if (held.length > 0) throw refused('is not empty; name a new or empty folder, so that nothing real is touched');
  return folder;
}

const DEMO_SETTINGS = {
  AUTONOMOUS_MODE: 'true',
  AUTO_APPROVE_LOW_RISK: 'true',
  AUTO_REJECT_HIGH_RISK: 'true',
  AUTO_CLOSE_STALE: 'true',
  DEEP_ANALYSIS: 'true',
  VAULT_CREDENTIAL_POLL_SECONDS: '0.1',
  OFF_HOURS_TIMEZONE: 'Europe/Berlin',
  // A word of the embedded vault at which nothing is to be done.
  VAULT_OTHER_STATUSES: 'Escalated',
} as const;
