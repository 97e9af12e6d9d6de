import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { onStopSignals } from '../../../src/daemon/signals.ts';
import { graceAfter } from '../../../src/util/clock.ts';

const NAMES = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const listeners = NAMES.map((name) => [name, process.listeners(name)] as const);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const [name, before] of listeners) {
    process.removeAllListeners(name);
    for (const listener of before) process.on(name, listener);
  }
});

describe('a stop signal', () => {
  const begin = () => {
    for (const name of NAMES) process.removeAllListeners(name);
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    const told: string[] = [];
    const stop = onStopSignals((signal) => told.push(signal));
    return { exit, told, stop };
  };

  test('the first one asks for a clean stop and is the one that counts', () => {
    const { exit, told, stop } = begin();
    expect(stop.signal.aborted).toBe(false);
    process.emit('SIGTERM');
    expect(stop.signal.aborted).toBe(true);
    expect([stop.received(), told, exit.mock.calls]).toEqual(['SIGTERM', ['SIGTERM'], []]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('a second one, %s, ends the process at once with %i', (name, code) => {
    const { exit, stop } = begin();
    process.emit('SIGINT');
    vi.advanceTimersByTime(1_000);
    process.emit(name);
    expect(exit.mock.calls).toEqual([[code]]);
    expect(stop.received()).toBe('SIGINT');
  });

  test('one Ctrl-C that arrives twice, from the terminal and from npm, is one signal', () => {
    const { exit, told } = begin();
    process.emit('SIGINT');
    vi.advanceTimersByTime(2);
    process.emit('SIGINT');
    expect(exit).not.toHaveBeenCalled();
    expect(told).toEqual(['SIGINT']);
    vi.advanceTimersByTime(1_000);
    process.emit('SIGINT');
    expect(exit.mock.calls).toEqual([[130]]);
  });
});

describe('the time that is left after a stop', () => {
  test('begins with the stop, also when that was before', () => {
    const controller = new AbortController();
    const grace = graceAfter(controller.signal, 5_000);
    vi.advanceTimersByTime(60_000);
    expect(grace.aborted).toBe(false);
    controller.abort();
    vi.advanceTimersByTime(4_999);
    expect(grace.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(grace.aborted).toBe(true);
    const late = graceAfter(controller.signal, 10);
    vi.advanceTimersByTime(10);
    expect(late.aborted).toBe(true);
  });
});
