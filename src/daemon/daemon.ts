import cron from 'node-cron';
import type { Clock } from '../util/clock.ts';
import { describeError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import { lastDue, nextDue, type Schedule } from './due.ts';

export type DaemonOptions = {
  readonly schedule: Schedule;
  readonly clock: Clock;
  readonly log: Log;
  /** When the last run finished, milliseconds since the epoch; null on the first start ever. */
  readonly lastRun: number | null;
  /** One whole cycle. What it throws is logged, and the daemon goes on. */
  readonly cycle: () => Promise<void>;
  /** Run once at the start, whatever the schedule says. */
  readonly now: boolean;
  /** Whoever may ask for a cycle between those of the schedule rings it. */
  readonly bell?: Bell | undefined;
  readonly signal: AbortSignal;
};

/** Remembers that somebody rang until a cycle begins, so that nobody who rang before the daemon listened is forgotten. */
export class Bell {
  #rung = false;
  #listener: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#listener();
  }
  get rung(): boolean {
    return this.#rung;
  }
  /** A cycle begins: it serves everybody who rang so far. */
  answered(): void {
    this.#rung = false;
  }
  heardBy(listener: () => void): void {
    this.#listener = listener;
  }
}

/** Whoever asks within this time gets one cycle together. */
const TOGETHER_MS = 2_000;

/** How often is looked for a run that the timer missed: sleep of the machine, a daylight-saving gap, a stopped process. */
const WATCH_MS = 15_000;

/** A clock that is corrected by so little was not put back: the moment just handled must not come again. */
const CLOCK_SLACK_MS = 60_000;

/**
 * Runs cycles on the schedule until the signal is aborted; resolves when the cycle under way has ended.
 *
 * node-cron fires on time; a watchdog asks the calendar whether a scheduled moment passed unhandled. Both ask the same
 * question, so that however a moment is noticed, it is handled once.
 * INVARIANT: never two cycles at a time, whoever asks for them, and any number of missed moments is made up for by one.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { schedule, clock, log, cycle, bell, signal } = options;
  let handledUntil = options.lastRun ?? clock.now();
  let running: Promise<void> | null = null;
  let soon: NodeJS.Timeout | undefined;

  const start = (dueAt: number) => {
    handledUntil = dueAt;
    clearTimeout(soon);
    soon = undefined;
    bell?.answered();
    running = cycle()
      .catch((error: unknown) => log.error('daemon.failed', { message: describeError(error) }))
      .finally(() => {
        running = null;
        asked();
      });
  };
  /** Also asked at the end of a cycle: whoever rang during it wants one that begins after. */
  const asked = () => {
    if (bell?.rung !== true || running !== null || soon !== undefined || signal.aborted) return;
    soon = setTimeout(() => {
      log.info('daemon.asked');
      start(clock.now());
    }, TOGETHER_MS);
  };
  const check = (missed: boolean) => {
    const now = clock.now();
    // The clock was put back, or the last run was written while it was ahead: waiting for that time would mean no runs until then.
    if (handledUntil > now + CLOCK_SLACK_MS) handledUntil = now;
    const due = lastDue(schedule, handledUntil, now);
    if (due === null || signal.aborted) return;
    if (running !== null) {
      if (!missed) log.warn('daemon.skipped', { due: new Date(due).toISOString() });
      // The moment passed while a run was looking at the same requests; nothing to make up for.
      handledUntil = due;
      return;
    }
    if (missed && now - due > WATCH_MS) log.warn('daemon.missed', { due: new Date(due).toISOString() });
    start(due);
  };

  const task = cron.schedule(schedule.cron, () => check(false), {
    timezone: schedule.timeZone,
    noOverlap: true,
    // node-cron would print its own lines beside the log.
    logger: { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} },
  });
  const watch = setInterval(() => check(true), WATCH_MS);
  log.info('daemon.started', {
    cron: schedule.cron,
    zone: schedule.timeZone,
    next: isoOrNever(nextDue(schedule, clock.now())),
  });
  if (options.now) start(clock.now());
  else check(true);
  bell?.heardBy(asked);
  asked();

  await aborted(signal);
  clearInterval(watch);
  clearTimeout(soon);
  await task.destroy();
  await running;
  log.info('daemon.stopped');
}

const isoOrNever = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString());

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
