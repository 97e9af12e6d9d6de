import { tellCoverage } from '../../analysis/lint/coverage.ts';
import { Bell, runDaemon } from '../../daemon/daemon.ts';
import { createFallback } from '../../daemon/fallback.ts';
import { earlierCycles, openWatching } from '../../daemon/watching.ts';
import type { Intake } from '../../intake/intake.ts';
import { readLastRun } from '../../ledger/action_history.ts';
import type { RunResult } from '../../run/cycle.ts';
import { tokenEndNow } from '../../run/token_now.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { findHalt } from '../../store/halt.ts';
import { openRunArchive } from '../../store/run_archive.ts';
import type { CommandContext } from '../context/command_context.ts';
import { fallbackFor, openApp, takeState } from '../context/opened_app.ts';
import { lockState } from '../context/prepared.ts';
import { toldElsewhere } from '../context/told_elsewhere.ts';

/** `portcullis start`: cycles on the schedule until a signal; holds the lock on the state folder all the time. */
export async function startCommand(context: CommandContext, { now }: { now: boolean }): Promise<number> {
  const { opened, ...taken } = await toldElsewhere(context, async () => {
    const opened = await openApp(context);
    return { opened, ...(await takeState(opened)) };
  });
  const { config, clock, log, app } = opened;
  tellCoverage(await app.coverage(), log);
  const { stop } = taken;
  let { lock } = taken;
  const { places, schedule } = config;
  const { version } = context;
  const fallback = createFallback({ ...fallbackFor(config), version, clock, log, signal: stop.signal });
  const watching = await openWatching({
    ...{ settings: config.watching, schedule, clock, log },
    token: () => tokenEndNow(config, clock.now()),
    earlier: await earlierCycles(openRunArchive(places.state, config.historyKeep)),
    halted: () => findHalt({ setting: config.halt, stateDir: places.state }),
  });
  const bell = new Bell();
  let intake: Intake | null = null;
  const asked = async () => (intake === null ? cycle() : intake.around(cycle));
  try {
    if (config.intake !== null) {
      const { startIntake } = await import('./start_intake.ts');
      intake = await startIntake(config.intake, config, { clock, log, signal: stop.signal, begin: () => bell.ring() });
    }
    await runDaemon({
      schedule,
      clock,
      log,
      lastRun: await readLastRun(places.state),
      now,
      bell,
      signal: stop.signal,
      cycle: async () => void (await watching.around(() => fallback.around(asked))),
    });
    return exitCodeOf('stopped', stop.received());
  } finally {
    await intake?.close();
    await watching.close();
    await lock.release();
  }

  async function cycle(): Promise<RunResult> {
    // Nobody is there to be asked: without autonomous mode the daemon only observes.
    // Lost after a long sleep of the machine, say: without a new one every cycle to come would do nothing.
    if (!lock.held()) {
      // Nobody else may have taken it meanwhile: our own mark must not keep us out.
      await lock.release();
      lock = await lockState(config, { clock, log, signal: stop.signal });
    }
    return app.runOnce({ readAnew: true, dryRun: false, ask: null, signal: stop.signal, lockHeld: lock.held });
  }
}
