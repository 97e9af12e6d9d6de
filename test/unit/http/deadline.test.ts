import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { deadline } from '../../../src/http/upstream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a deadline aborts with a TimeoutError, by whatever clock rules the timers', () => {
  const { signal } = deadline(1000);
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('a deadline that was cleared never aborts, and leaves no timer', () => {
  const { signal, clear } = deadline(1000);
  clear();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(2000);
  expect(signal.aborted).toBe(false);
});
