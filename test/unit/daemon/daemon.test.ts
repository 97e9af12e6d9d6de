import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Bell, type DaemonOptions, runDaemon } from '../../../src/daemon/daemon.ts';
import type { LogEvent } from '../../../src/util/log.ts';

const NOON = Date.parse('2026-05-04T12:00:00Z');
const HOUR = 3_600_000;
const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: NOON }));
afterEach(() => void vi.useRealTimers());

/** A daemon on fake time, and a list of what happened. `work` is one cycle. */
function daemon(options: Partial<DaemonOptions> & { cron?: string; timeZone?: string } = {}) {
  const happened: string[] = [];
  const controller = new AbortController();
  const say = (event: LogEvent) => void happened.push(event);
  let cycles = 0;
  const ended = runDaemon({
    schedule: { cron: options.cron ?? '0 */4 * * *', timeZone: options.timeZone ?? 'UTC' },
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    log: { info: say, warn: say, error: say },
    lastRun: null,
    now: false,
    signal: controller.signal,
    ...options,
    cycle: async () => {
      cycles++;
      happened.push(`cycle at ${new Date(Date.now()).toISOString().slice(0, 19)}`);
      await options.cycle?.();
    },
  });
  return {
    happened,
    cycles: () => cycles,
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    /** The machine sleeps: time passes and no timer fires. */
    sleep: (ms: number) => vi.setSystemTime(Date.now() + ms),
    stop: async () => {
      controller.abort();
      await vi.advanceTimersByTimeAsync(0);
      await ended;
    },
  };
}

describe('the schedule', () => {
  test('nothing runs before the first moment, and then a cycle at each', async () => {
    const one = daemon();
    await one.pass(4 * HOUR - 1_000);
    expect(one.cycles()).toBe(0);
    await one.pass(8 * HOUR + 2 * MINUTE);
    expect(one.cycles()).toBe(3);
    await one.stop();
    expect(one.happened[0]).toBe('daemon.started');
    expect(one.happened.at(-1)).toBe('daemon.stopped');
  });

  test('--now runs one at once, and the schedule goes on after it', async () => {
    const one = daemon({ now: true, lastRun: NOON - 100 * HOUR });
    await one.pass(MINUTE);
    expect(one.cycles()).toBe(1);
    await one.pass(4 * HOUR);
    expect(one.cycles()).toBe(2);
    await one.stop();
  });

  test('runs that were due while the daemon was not running are made up for by one', async () => {
    const one = daemon({ lastRun: NOON - 30 * HOUR - MINUTE });
    await one.pass(MINUTE);
    expect(one.cycles()).toBe(1);
    await one.stop();
  });

  test('a restart right after a run does not run again', async () => {
    const one = daemon({ lastRun: NOON + 2_000 });
    await one.pass(3 * HOUR);
    expect(one.cycles()).toBe(0);
    await one.stop();
  });

  test('a machine that slept over several moments makes up for them with one run, soon after it woke', async () => {
    const one = daemon();
    one.sleep(13 * HOUR);
    await one.pass(20_000);
    expect(one.cycles()).toBe(1);
    expect(one.happened).toContain('daemon.missed');
    await one.pass(HOUR);
    expect(one.cycles()).toBe(1);
    await one.stop();
  });

  test('the hour that a clock change leaves out is made up for', async () => {
    vi.setSystemTime(Date.parse('2026-03-28T23:00:00Z'));
    const one = daemon({ cron: '30 2 * * *', timeZone: 'Europe/Berlin' });
    await one.pass(3 * HOUR);
    expect(one.cycles()).toBe(1);
    await one.stop();
  });

  test('the hour that a clock change brings twice runs once', async () => {
    vi.setSystemTime(Date.parse('2026-10-24T22:00:00Z'));
    const one = daemon({ cron: '30 2 * * *', timeZone: 'Europe/Berlin' });
    await one.pass(6 * HOUR);
    expect(one.cycles()).toBe(1);
    await one.stop();
  });

  test('a snapshot from the future, written while the clock was wrong, does not silence the schedule', async () => {
    const one = daemon({ lastRun: NOON + 365 * 24 * HOUR });
    await one.pass(4 * HOUR + MINUTE);
    expect(one.cycles()).toBe(1);
    await one.stop();
  });

  test('a clock that is put back by a day does not silence the schedule', async () => {
    const one = daemon();
    await one.pass(4 * HOUR + MINUTE);
    expect(one.cycles()).toBe(1);
    one.sleep(-24 * HOUR);
    await one.pass(8 * HOUR + MINUTE);
    expect(one.cycles()).toBeGreaterThanOrEqual(2);
    expect(one.cycles()).toBeLessThanOrEqual(4);
    await one.stop();
  });

  test('a clock that is put back by a second right after a run does not run it again', async () => {
    const one = daemon();
    await one.pass(4 * HOUR + 100);
    expect(one.cycles()).toBe(1);
    one.sleep(-1_000);
    await one.pass(MINUTE);
    expect(one.cycles()).toBe(1);
    await one.stop();
  });
});

describe('one cycle at a time', () => {
  test('moments that pass while a cycle is going are skipped, not queued', async () => {
    let finish = () => {};
    const one = daemon({
      cron: '*/10 * * * *',
      now: true,
      cycle: () => new Promise<void>((resolve) => (finish = resolve)),
    });
    await one.pass(35 * MINUTE);
    expect(one.cycles()).toBe(1);
    expect(one.happened.filter((event) => event === 'daemon.skipped').length).toBe(3);
    finish();
    await one.pass(MINUTE);
    expect(one.cycles()).toBe(1);
    await one.pass(5 * MINUTE);
    expect(one.cycles()).toBe(2);
    finish();
    await one.stop();
  });

  test('a cycle that ends with an exception is logged, and the next one comes', async () => {
    const one = daemon({
      now: true,
      cycle: async () => {
        throw new Error('the disk is on fire');
      },
    });
    await one.pass(4 * HOUR + MINUTE);
    expect(one.cycles()).toBe(2);
    expect(one.happened.filter((event) => event === 'daemon.failed')).toHaveLength(2);
    await one.stop();
  });

  test('a stop waits for the cycle in hand and starts no other', async () => {
    let finish = () => {};
    let over = false;
    const one = daemon({ now: true, cycle: () => new Promise<void>((resolve) => (finish = resolve)) });
    const stopped = one.stop().then(() => {
      over = true;
    });
    await one.pass(5 * HOUR);
    expect([over, one.cycles()]).toEqual([false, 1]);
    finish();
    await one.pass(0);
    await stopped;
    expect(one.cycles()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a daemon that is stopped before it begins runs nothing', async () => {
    const controller = new AbortController();
    controller.abort();
    const one = daemon({ signal: controller.signal, lastRun: NOON - 100 * HOUR });
    await one.pass(10 * HOUR);
    expect(one.cycles()).toBe(0);
    await one.stop();
  });
});

describe('cycles that somebody asks for', () => {
  /** A cycle that takes as long as it is told. */
  const slow = (ms: number) => () => new Promise<void>((resolve) => setTimeout(resolve, ms));

  test('all who ask within two seconds get one cycle', async () => {
    const bell = new Bell();
    const one = daemon({ bell });
    bell.ring();
    await one.pass(1_500);
    bell.ring();
    expect(one.cycles()).toBe(0);
    await one.pass(500);
    expect(one.cycles()).toBe(1);
    await one.pass(HOUR);
    expect(one.cycles()).toBe(1);
    expect(one.happened.filter((event) => event === 'daemon.asked')).toHaveLength(1);
    await one.stop();
  });

  test('whoever asks during a cycle gets another one, which begins after it', async () => {
    const bell = new Bell();
    const one = daemon({ bell, now: true, cycle: slow(MINUTE) });
    await one.pass(10_000);
    bell.ring();
    bell.ring();
    await one.pass(50_000);
    expect(one.cycles()).toBe(1);
    await one.pass(2_000);
    expect(one.cycles()).toBe(2);
    await one.pass(HOUR);
    expect(one.cycles()).toBe(2);
    await one.stop();
  });

  test('a scheduled cycle that begins first serves them', async () => {
    const bell = new Bell();
    const one = daemon({ bell, cycle: slow(1_000) });
    await one.pass(4 * HOUR - 1_000);
    bell.ring();
    await one.pass(HOUR);
    expect(one.cycles()).toBe(1);
    await one.stop();
  });

  test('a scheduled moment during such a cycle is skipped, and the schedule goes on', async () => {
    const bell = new Bell();
    const one = daemon({ bell, cron: '*/10 * * * *', cycle: slow(5 * MINUTE) });
    await one.pass(8 * MINUTE);
    bell.ring();
    await one.pass(4 * MINUTE);
    expect([one.cycles(), one.happened.includes('daemon.skipped')]).toEqual([1, true]);
    await one.pass(8 * MINUTE);
    expect(one.cycles()).toBe(2);
    await one.pass(5 * MINUTE);
    await one.stop();
  });

  test('who rang before the daemon listened is heard', async () => {
    const bell = new Bell();
    bell.ring();
    const one = daemon({ bell });
    await one.pass(2_000);
    expect(one.cycles()).toBe(1);
    await one.stop();
  });

  test('after a stop nobody gets one, and no timer is left', async () => {
    const bell = new Bell();
    const one = daemon({ bell });
    bell.ring();
    await one.stop();
    bell.ring();
    await one.pass(HOUR);
    expect(one.cycles()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('never two at a time, however they are asked for', async () => {
    const bell = new Bell();
    let [going, most] = [0, 0];
    const one = daemon({
      bell,
      cron: '*/30 * * * * *',
      cycle: async () => {
        most = Math.max(most, ++going);
        await slow(7_000)();
        going--;
      },
    });
    for (let n = 0; n < 200; n++) {
      await one.pass((n * 797) % 3_000);
      bell.ring();
    }
    expect(most).toBe(1);
    expect(one.cycles()).toBeGreaterThan(10);
    await one.pass(10_000);
    const stopped = one.stop();
    await one.pass(10_000);
    await stopped;
  });
});
